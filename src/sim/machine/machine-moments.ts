import type { Core } from './core.ts';
import { CPU, CPU_D } from './cpu.layout.ts';
import type { Machine } from './machine.ts';
import type { MachineSnapshot } from './software.ts';

/** A moment of all there is on the board: cores, APICs, what flies, the clock, memory. */
export function saveMachine<X extends Core>(machine: Machine<X>): MachineSnapshot {
  const { now, steps, random, flightSerial, taskSerial } = machine;
  const D: (Float64Array | null)[] = [];
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    const busy = machine.H[cpu * CPU.stride + CPU.depth]! > 0;
    D.push(busy ? machine.D.slice(cpu * CPU_D.stride, (cpu + 1) * CPU_D.stride) : null);
  }
  return {
    H: machine.H.slice(),
    D,
    ready: machine.ready.slice(),
    flights: machine.flights.save(),
    scalars: [now, steps, random, flightSerial, taskSerial],
    instant: machine.instant,
    memory: machine.mem.snapshot(),
  };
}

/** Back (or forward) to a moment of this machine. */
export function restoreMachine<X extends Core>(machine: Machine<X>, to: MachineSnapshot): void {
  machine.H.set(to.H);
  to.D.forEach((numbers, cpu) => {
    if (numbers) machine.D.set(numbers, cpu * CPU_D.stride);
  });
  to.ready.forEach((at, cpu) => {
    machine.stop(cpu);
    machine.wake(cpu, at);
  });
  machine.flights.load(to.flights);
  [machine.now, machine.steps, machine.random, machine.flightSerial, machine.taskSerial] =
    to.scalars;
  machine.instant = to.instant;
  machine.mem.restore(to.memory);
}
