import { createSubscriber } from 'svelte/reactivity';

const themeChanges = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

let known = new Map<string, string>();
let theme: string | undefined;

/**
 * Reads design tokens where CSS cannot reach: canvases and terminals. Whoever reads them inside an
 * effect or attachment runs again when the theme changes.
 */
export function tokenReader(): (name: string) => string {
  themeChanges();
  // Asking for a style makes the browser lay out what has changed: once a theme is enough.
  const now = document.documentElement.dataset.theme;
  if (now !== theme) known = new Map();
  theme = now;
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      // Before the style sheet is there nothing is said yet.
      if (value !== '') known.set(name, value);
    }
    return value;
  };
}
