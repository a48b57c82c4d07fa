import type { Run } from './run.ts';

/** What stands beside what: the same number of steps from the start, or from the start of a stop. */
export type Align = 'step' | 'stop';

/** A stretch of the common axis: both runs begin it together; the shorter one waits at its end. */
export interface Stretch {
  /** Where it begins on the axis, and how long it is there. */
  readonly at: number;
  readonly length: number;
  /** Steps of each run before it, and in it. */
  readonly fromA: number;
  readonly fromB: number;
  readonly stepsA: number;
  readonly stepsB: number;
}

/** Steps of a run at the end of each of `count` stops; one that is not over ends with the run. */
const endsOf = ({ state, step }: Run, count: number): readonly number[] =>
  Array.from(
    { length: count },
    (_, stop) => state.stops.find((each) => each.stop === stop)?.steps ?? step,
  );

/**
 * The axis of two runs that are at their ends, stretch by stretch. By stop there is one a stop, and
 * one more for what was typed behind the last.
 */
export function stretchesOf(a: Run, b: Run, by: Align): readonly Stretch[] {
  const count = by === 'step' ? 0 : Math.max(a.scenario.stops.length, b.scenario.stops.length);
  const [endsA, endsB] = [
    [...endsOf(a, count), a.step],
    [...endsOf(b, count), b.step],
  ];
  const stretches: Stretch[] = [];
  let [at, fromA, fromB] = [0, 0, 0];
  for (const [i, endA] of endsA.entries()) {
    const stepsA = endA - fromA;
    const stepsB = endsB[i]! - fromB;
    const length = Math.max(stepsA, stepsB);
    stretches.push({ at, length, fromA, fromB, stepsA, stepsB });
    [at, fromA, fromB] = [at + length, endA, endsB[i]!];
  }
  return stretches;
}

/** The stretch a place of the axis is in: the last one that begins at or before it. */
export function stretchAt(stretches: readonly Stretch[], place: number): number {
  const found = stretches.findLastIndex(({ at, length }) => at <= place && length > 0);
  return Math.max(0, found);
}
