import { tick } from 'svelte';
import type { Place } from '../../kit/keys.ts';
import type { Panes, SideTab } from '../../state/panes.svelte.ts';

/** What takes the focus in each part of the page, best first. */
const INSIDE: Readonly<Record<Place, string>> = {
  stage: '[data-testid=stage] :is([tabindex="0"], button)',
  memory: '[data-testid=memory] :is([tabindex="0"], button)',
  timeline: '[data-testid=timeline] [role=slider]',
  find: '[data-testid=timeline-find]',
  inspector: '[data-testid=inspector] [role=tab][aria-selected=true]',
  breaks: '[data-testid=add-breakpoint] input',
  console: '[data-testid=consoles] [role=tabpanel]:not(.away) textarea',
  tour: '[data-testid=tour] footer button:enabled:last-child',
};

const SIDE: Readonly<Partial<Record<Place, SideTab>>> = {
  inspector: 'inspector',
  breaks: 'inspector',
  console: 'consoles',
  tour: 'tour',
};

/** Frames a part is waited for. */
const FRAMES_MAX = 60;

/** Brings a part of the page to the front and puts the focus into it. */
export async function goTo(panes: Panes, place: Place): Promise<void> {
  const side = SIDE[place];
  if (side) panes.sideTab = side;
  if (side && panes.layout === 'phone') panes.sheet = true;
  await tick();
  // Some parts come as chunks of their own.
  for (let n = 0; n < FRAMES_MAX && !document.querySelector(INSIDE[place]); n++)
    await new Promise((resolve) => requestAnimationFrame(resolve));
  document.querySelector<HTMLElement>(INSIDE[place])?.focus();
}
