import type { CpuFrame, FrameStack, Legend } from '../../sim/world/frame.ts';

/** One step of a routine's list, and where the routine is. */
export interface StepLine {
  readonly pc: number;
  readonly id: string;
  readonly text: string;
  readonly cost: number;
  readonly local: boolean;
  readonly when: 'done' | 'now' | 'later';
}

/** Every step of a frame's routine; `pc` is the next one. */
export function stepsOf(frame: FrameStack, { steps }: Legend): readonly StepLine[] {
  const lines: StepLine[] = [];
  for (let pc = frame.start; pc < Math.min(frame.end, steps.length); pc++) {
    const { id, text, cost, local } = steps[pc]!;
    const when = pc < frame.pc ? 'done' : pc === frame.pc ? 'now' : 'later';
    lines.push({ pc, id, text, cost, local, when });
  }
  return lines;
}

/** The CPU to show when none is selected: one that does something, else the first. */
export const busiest = (cpus: readonly CpuFrame[]): number =>
  (
    cpus.find(({ mode }) => mode === 'interrupt' || mode === 'irq_work' || mode === 'hung') ??
    cpus.find(({ stack }) => stack.length > 0) ??
    cpus[0]
  )?.id ?? -1;

/** Locals that are addresses read better as such. */
export function localText(value: number): string {
  if (!Number.isInteger(value)) return String(value);
  return value >= 4096 ? `0x${value.toString(16)}` : String(value);
}
