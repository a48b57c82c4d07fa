import { ROW } from '../base/record.ts';
import type { TraceRow } from './trace.ts';

/** Program counters of a CPU's frames, outermost first. */
export type Stack = readonly number[];

interface Rows {
  readonly begin: number;
  readonly head: number;
  at(index: number): TraceRow | undefined;
}

/**
 * The stacks at some rows of the trace, by row. A frame whose routine has not taken a step inside
 * the window is unknown and left out. What a step does stands before the step's own row, so a row's
 * stack is known when its CPU's next step is.
 */
export function stacksAt(rows: Rows, wanted: ReadonlySet<number>): Map<number, Stack> {
  const found = new Map<number, Stack>();
  /** By CPU; a frame that has not taken a step yet has no place. */
  const stacks = new Map<number, (number | undefined)[]>();
  const waiting = new Map<number, number[]>();
  for (let index = rows.begin; index < rows.head && found.size < wanted.size; index++) {
    const { kind, cpu, b: pc, d: depth } = rows.at(index)!;
    if (wanted.has(index)) waiting.set(cpu, [...(waiting.get(cpu) ?? []), index]);
    if (kind !== ROW.step) continue;
    const stack = stacks.get(cpu) ?? [];
    stacks.set(cpu, stack);
    stack.length = Math.min(stack.length, depth);
    stack[depth - 1] = pc;
    for (const row of waiting.get(cpu) ?? [])
      found.set(
        row,
        stack.slice(0, depth).filter((frame) => frame !== undefined),
      );
    waiting.delete(cpu);
  }
  return found;
}
