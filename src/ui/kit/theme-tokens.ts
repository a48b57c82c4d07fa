import { createSubscriber } from 'svelte/reactivity';

const themeChanges = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/**
 * Reads design tokens where CSS cannot reach: canvases and terminals. Whoever reads them inside an
 * effect or attachment runs again when the theme changes.
 */
export function tokenReader(): (name: string) => string {
  themeChanges();
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) known.set(name, (value = style.getPropertyValue(name).trim()));
    return value;
  };
}
