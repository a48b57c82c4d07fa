import { STAT } from '../kernel/observer.ts';
import type { World } from '../world/world.ts';

/** Statistics of a run, as `stats` of the expression language and the page show them. */
export interface Stats {
  readonly sent: number;
  readonly handled: number;
  readonly whole: number;
  readonly lost: number;
  readonly torn: number;
  readonly phantom: number;
  readonly duplicated: number;
  readonly merged: number;
  readonly hazards: number;
}

/** A message counts as lost while no handler has had it whole. */
export function statsOf({ observer }: World): Stats {
  const sent = observer.stat(STAT.sent);
  const whole = observer.stat(STAT.whole);
  return {
    sent,
    handled: observer.stat(STAT.handled),
    whole,
    lost: sent - whole,
    torn: observer.stat(STAT.torn),
    phantom: observer.stat(STAT.phantom),
    duplicated: observer.stat(STAT.duplicated),
    merged: observer.stat(STAT.merged),
    hazards: observer.hazardCount(0),
  };
}
