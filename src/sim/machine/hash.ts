import type { Core } from './core.ts';
import { CPU, CPU_D, FRAME, FRAMES_MAX, LOCALS_MAX, SAVED_RESULT } from './cpu.layout.ts';
import type { Machine } from './machine.ts';
import { mix, mixNumber } from './pages.ts';

/**
 * Mixes all that the board is into two lanes: CPUs with their live frames, flights, clock, memory.
 * What lies above a stack is left over from before and does not count.
 */
export function hashMachine<X extends Core>(lanes: Int32Array, machine: Machine<X>): void {
  const { H, D, program } = machine;
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    const h = cpu * CPU.stride;
    // Which words of IRR and ISR are not 0 is no state of its own: whether any of IRR is stays a word.
    for (let i = 0; i < CPU.pc; i++)
      mix(lanes, i === CPU.pending ? Math.min(1, H[h + i]!) : i === CPU.serving ? 0 : H[h + i]!);
    const depth = H[h + CPU.depth]!;
    const d = cpu * CPU_D.stride;
    if (depth > 0) mixNumber(lanes, D[d + CPU_D.result]!);
    for (let frame = 0; frame < depth; frame++) {
      const pc = H[h + CPU.pc + frame]!;
      mix(lanes, pc);
      mix(lanes, H[h + CPU.pc + FRAMES_MAX + frame]!);
      const { length } = program.routines[program.routineOf[pc]!]!.locals;
      const locals = d + CPU_D.locals + frame * LOCALS_MAX;
      for (let i = 0; i < length; i++) mixNumber(lanes, D[locals + i]!);
      const kind = H[h + CPU.kind + frame]! & 0xff;
      if (kind === FRAME.interrupt) mixNumber(lanes, D[locals + SAVED_RESULT]!);
    }
    mixNumber(lanes, machine.ready[cpu]!);
  }
  for (const flight of machine.flights.list())
    for (const value of Object.values<number>({ ...flight })) mixNumber(lanes, value);
  for (const value of [machine.now, machine.steps, machine.random, machine.flightSerial])
    mixNumber(lanes, value);
  machine.mem.hashInto(lanes);
}
