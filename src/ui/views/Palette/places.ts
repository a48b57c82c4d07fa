import { tick } from 'svelte';
import type { Place } from '../../kit/keys.ts';
import type { Panes, SideTab } from '../../state/panes.svelte.ts';

/** What takes the focus in each part of the page, best first. */
const INSIDE: Readonly<Record<Place, string>> = {
  stage: '[data-testid=stage] :is([tabindex="0"], button)',
  memory: '[data-testid=memory] :is([tabindex="0"], button)',
  timeline: '[data-testid=timeline] [role=slider]',
  inspector: '[data-testid=inspector] [role=tab][aria-selected=true]',
  console: '[data-testid=consoles] [role=tabpanel]:not(.away) textarea',
  tour: '[data-testid=tour] footer button:enabled:last-child',
};

const SIDE: Readonly<Partial<Record<Place, SideTab>>> = {
  inspector: 'inspector',
  console: 'consoles',
  tour: 'tour',
};

/** Brings a part of the page to the front and puts the focus into it. */
export async function goTo(panes: Panes, place: Place): Promise<void> {
  const side = SIDE[place];
  if (side) panes.sideTab = side;
  await tick();
  document.querySelector<HTMLElement>(INSIDE[place])?.focus();
}
