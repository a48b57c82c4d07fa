import { ROW } from '../base/record.ts';
import { newClocks } from './clocks.ts';
import { newShadow, type Shadow } from './shadow.ts';
import { stacksAt, type Stack } from './stacks.ts';
import type { TraceRow } from './trace.ts';

/** Pairs of steps that are told apart; a run with more has said enough. */
export const RACES_MAX = 200;

/** What the detector reads. */
export interface RaceSource {
  /** A window of rows by number. */
  readonly rows: {
    readonly begin: number;
    readonly head: number;
    at(index: number): TraceRow | undefined;
  };
  /** Steps of the run at the present moment. */
  readonly steps: number;
  /** The lock that a step takes or gives back, by its program counter; '' for none. */
  readonly lockOf: (pc: number) => string;
}

/** One side of a race. */
export interface RacingAccess {
  /** Number of its row in the trace. */
  readonly row: number;
  /** Steps of the run before the one that did it. */
  readonly step: number;
  readonly time: number;
  readonly cpu: number;
  readonly write: boolean;
  readonly addr: number;
  readonly bytes: number;
  /** Program counters of the CPU's frames at that moment, outermost first; the last is the step's. */
  readonly stack: Stack;
}

/** Two accesses to the same bytes, one of them a write, that nothing orders. */
export interface Race {
  readonly first: RacingAccess;
  readonly second: RacingAccess;
  /** The bytes both touched. */
  readonly addr: number;
  readonly bytes: number;
  /** How often the same two steps raced, this time included. */
  readonly count: number;
}

export interface RaceReport {
  /** By the moment of the first one of each pair of steps. */
  readonly races: readonly Race[];
  /** Rows looked at: from the begin of the window, or of the run, to the present moment. */
  readonly from: number;
  readonly to: number;
  /** False when rows had fallen out of the window, or {@link RACES_MAX} was reached. */
  readonly complete: boolean;
}

interface Pair {
  readonly first: number;
  readonly second: number;
  count: number;
}

/** Small enough for a key of two program counters and two directions. */
const PC_MAX = 65536;

/**
 * The data races of a run: pairs of accesses to the same bytes by two CPUs, at least one a write,
 * that happens-before does not order. Order comes from each CPU's own program, from a kernel's locks,
 * and from IPIs: what the sender did before it wrote the ICR happens before the target takes the
 * vector, or starts. An irq_work runs on the CPU that queued it.
 *
 * Every access through the machine's shared accessors counts; each pair of steps is reported once.
 */
export function findRaces(source: RaceSource): RaceReport {
  const { rows } = source;
  const search = new Search(source);
  for (let index = rows.begin; index < rows.head; index++) search.take(rows.at(index)!);
  return search.report();
}

class Search {
  readonly #rows: RaceSource['rows'];
  readonly #steps: number;
  readonly #lockOf: RaceSource['lockOf'];
  /** Whose each CPU is, by index of the kernel: a lock is one kernel's. At first all are the host's. */
  readonly #owner = new Map<number, number>();
  readonly #clocks = newClocks();
  readonly #shadow: Shadow = newShadow((earlier, later) => this.#check(earlier, later));
  /** Accesses of a step come before its row: they wait here, by CPU, for its program counter. */
  readonly #waiting = new Map<number, number[]>();
  /** By access: its row, the CPU's clock then, steps before it, its step's program counter once known. */
  readonly #row: number[] = [];
  readonly #clock: number[] = [];
  readonly #before: number[] = [];
  readonly #pc: number[] = [];
  readonly #suspects: { readonly earlier: number; readonly later: number }[] = [];
  readonly #pairs = new Map<number, Pair>();
  #full = false;
  /** Steps taken in the rows so far: the acceptance of an interrupt is one. */
  #taken = 0;

  constructor({ rows, steps, lockOf }: RaceSource) {
    this.#rows = rows;
    this.#steps = steps;
    this.#lockOf = lockOf;
  }

  take(row: TraceRow): void {
    switch (row.kind) {
      case ROW.read:
      case ROW.write:
        return this.#access(row);
      case ROW.step:
        return this.#step(row);
      case ROW.send:
        return this.#clocks.send(row.cpu, row.d);
      case ROW.arrive:
      case ROW.merge:
        return this.#clocks.arrive(row.cpu, row.b, row.d);
      case ROW.take:
        this.#taken++;
        return this.#clocks.take(row.cpu, row.b);
      case ROW.owner:
        this.#owner.set(row.cpu, row.b);
        return;
      default:
    }
  }

  #access({ index, kind, cpu, a: addr, b: bytes }: TraceRow): void {
    if (bytes <= 0 || cpu < 0) return;
    const id = this.#row.length;
    this.#row.push(index);
    this.#clock.push(this.#clocks.now(cpu));
    this.#before.push(this.#taken);
    this.#pc.push(-1);
    const waiting = this.#waiting.get(cpu);
    if (waiting) waiting.push(id);
    else this.#waiting.set(cpu, [id]);
    this.#shadow.access(id, cpu, kind === ROW.write, addr, bytes);
  }

  /** Told by the shadow: two accesses of different CPUs to the same bytes, one a write. */
  #check(earlier: number, later: number): void {
    const { cpu } = this.#rows.at(this.#row[earlier]!)!;
    const now = this.#rows.at(this.#row[later]!)!.cpu;
    if (this.#clocks.ordered(cpu, this.#clock[earlier]!, now)) return;
    this.#suspects.push({ earlier, later });
  }

  /** A step is over: its accesses have their program counter, and its suspects can be told apart. */
  #step({ cpu, b: pc }: TraceRow): void {
    this.#taken++;
    const lock = this.#lockOf(pc);
    if (lock !== '') this.#clocks.lock(cpu, `${this.#owner.get(cpu) ?? 0} ${lock}`);
    for (const id of this.#waiting.get(cpu)?.splice(0) ?? []) this.#pc[id] = pc;
    for (let i = this.#suspects.length - 1; i >= 0; i--) {
      const { earlier, later } = this.#suspects[i]!;
      if (this.#pc[earlier]! < 0 || this.#pc[later]! < 0) continue;
      this.#suspects.splice(i, 1);
      this.#count(earlier, later);
    }
  }

  #count(earlier: number, later: number): void {
    const key = this.#pc[earlier]! * PC_MAX + this.#pc[later]!;
    const known = this.#pairs.get(key);
    if (known) known.count++;
    else if (this.#pairs.size >= RACES_MAX) this.#full = true;
    else this.#pairs.set(key, { first: earlier, second: later, count: 1 });
  }

  report(): RaceReport {
    const pairs = [...this.#pairs.values()].sort(
      (one, other) => this.#row[one.second]! - this.#row[other.second]!,
    );
    const wanted = new Set(
      pairs.flatMap((pair) => [this.#row[pair.first]!, this.#row[pair.second]!]),
    );
    const stacks = stacksAt(this.#rows, wanted);
    const side = (id: number): RacingAccess => {
      const { index, time, cpu, kind, a, b } = this.#rows.at(this.#row[id]!)!;
      const stack = stacks.get(index) ?? [this.#pc[id]!];
      const step = this.#steps - this.#taken + this.#before[id]!;
      return { row: index, step, time, cpu, write: kind === ROW.write, addr: a, bytes: b, stack };
    };
    const races = pairs.map((pair) => {
      const first = side(pair.first);
      const second = side(pair.second);
      const addr = Math.max(first.addr, second.addr);
      const end = Math.min(first.addr + first.bytes, second.addr + second.bytes);
      return { first, second, addr, bytes: end - addr, count: pair.count };
    });
    const complete = this.#rows.begin === 0 && !this.#full;
    return { races, from: this.#rows.begin, to: this.#rows.head, complete };
  }
}
