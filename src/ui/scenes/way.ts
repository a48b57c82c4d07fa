import type { Jump } from '../../worker/protocol.ts';

/** Where the run is going, in words. */
export const wayOf = ({ to }: Jump): string =>
  to === null ? 'Running on' : `Going to step ${to.toLocaleString('en')}`;

/** How much of the way is gone, from 0 to 1; undefined when nobody knows how long it is. */
export function goneOf({ from, step, to }: Jump): number | undefined {
  if (to === null || to <= from) return undefined;
  return Math.min(1, Math.max(0, (step - from) / (to - from)));
}
