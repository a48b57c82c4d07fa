import { isStepRow, type Row } from '../../sim/base/record.ts';
import type { Trace, TraceRow } from '../../sim/engine/trace.ts';

/** Whether a row is one of the steps a run counts. */
export const isStep = ({ kind, c }: TraceRow): boolean => isStepRow(kind, c);

/** Rows of a kind from the newest to the oldest, each with the number of steps of the run before it. */
export function* rowsBack(
  trace: Trace,
  kind: Row,
  steps: number,
): Generator<readonly [TraceRow, number]> {
  for (const [row, since] of trace.back(new Set([kind]))) yield [row, steps - since];
}

/**
 * Rows from the oldest to the newest, each with the number of steps of the run before it; from a
 * time on when one is given.
 */
export function* rowsOn(
  trace: Trace,
  steps: number,
  since = -Infinity,
): Generator<readonly [TraceRow, number]> {
  const first = trace.firstAt(since);
  let taken = 0;
  for (let index = first; index < trace.head; index++) if (isStep(trace.at(index)!)) taken++;
  let before = steps - taken;
  for (let index = first; index < trace.head; index++) {
    const row = trace.at(index)!;
    yield [row, before];
    if (isStep(row)) before++;
  }
}
