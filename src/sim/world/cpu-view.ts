import { CPU, CPU_D, LOCALS_MAX } from '../machine/cpu.layout.ts';
import type { World } from './world.ts';

/** Vectors in a 256-bit set, highest first. */
export function vectorsOf(H: Int32Array, set: number): number[] {
  const vectors: number[] = [];
  for (let vector = 255; vector >= 0; vector--)
    if ((H[set + (vector >>> 5)]! & (1 << (vector & 31))) !== 0) vectors.push(vector);
  return vectors;
}

/** One frame of a CPU's stack; `pc` is its next step. */
export interface FrameView {
  readonly routine: string;
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly pc: number;
  readonly label: string;
  readonly locals: readonly { readonly name: string; readonly value: number }[];
}

/** A CPU's stack, outermost frame first. */
export function stackOf({ machine }: World, cpu: number): FrameView[] {
  const { H, D, program } = machine;
  const h = cpu * CPU.stride;
  return Array.from({ length: H[h + CPU.depth]! }, (_, depth) => {
    const pc = H[h + CPU.pc + depth]!;
    const routine = program.routines[program.routineOf[pc]!]!;
    const locals = cpu * CPU_D.stride + CPU_D.locals + depth * LOCALS_MAX;
    return {
      routine: routine.name,
      source: routine.source,
      start: routine.start,
      end: routine.end,
      pc,
      label: program.steps[pc]!.label,
      locals: routine.locals.map((name, i) => ({ name, value: D[locals + i]! })),
    };
  });
}
