import type { MemorySnapshot } from './moments.ts';
import { bytesApart } from './pages.ts';
import type { Routine } from './routine.ts';

/** How long things take that no step stands for, in ns. */
export interface Timing {
  /** From the ICR write to the IRR bit of another CPU. */
  readonly ipi: number;
  /** Up to this much more, drawn from the run's generator. */
  readonly ipiJitter: number;
  /** From the ICR write to the own IRR bit. */
  readonly selfIpi: number;
  /** From the IRR bit to the first instruction of the handler. */
  readonly take: number;
}

/** What the board asks of whoever put software on it. */
export interface Software {
  /** The routine a vector leads to on that CPU. */
  vectorEntry(cpu: number, vector: number): Routine<never>;
  /** INIT reached the CPU: nothing of its kernel's state on it is left. */
  initialised(cpu: number): void;
  /** SIPI with a start page reached a CPU that waited for it. */
  started(cpu: number, page: number): void;
  /** The stack of a CPU became empty. */
  taskEnded(cpu: number, task: number, result: number): void;
  /** An IPI folded into a pending bit. */
  merged(cpu: number, vector: number): void;
  /** No local APIC took an IPI; `cpu` is -1 when none has the id. */
  dropped(cpu: number, vector: number): void;
}

/** Everything the board is at one moment, but for memory a few kilobytes. */
export interface MachineSnapshot {
  readonly H: Int32Array;
  /** Per CPU: its numbers, null while nothing runs there. */
  readonly D: readonly (Float64Array | null)[];
  readonly ready: Float64Array;
  readonly flights: Float64Array;
  readonly scalars: readonly [
    now: number,
    steps: number,
    random: number,
    flight: number,
    task: number,
  ];
  readonly instant: boolean;
  readonly memory: MemorySnapshot;
}

/** Bytes of a moment that it does not share with another one; roughly, for limits. */
export const bytesBetween = (moment: MachineSnapshot, other: MachineSnapshot | undefined): number =>
  moment.H.byteLength +
  moment.D.reduce((sum, each) => sum + (each?.byteLength ?? 0), moment.flights.byteLength) +
  bytesApart(moment.memory.tables, other?.memory.tables ?? []);
