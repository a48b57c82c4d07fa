import { Refused } from '../base/assert.ts';
import { hex } from '../base/hex.ts';
import { isStepRow, ROW, type Row } from '../base/record.ts';
import { stretchAt, stretchesOf, type Align, type Stretch } from './alignment.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { flightDiffs, type FlightDiff } from './flight-diff.ts';
import { findParting, type Parting } from './start-again.ts';
import { sharedDiff, stateDiff, type StateDiff } from './state-diff.ts';
import type { Run } from './run.ts';

/** Rows of the trace read at once. */
const CHUNK_ROWS = 100_000;
/** In the place of a program counter: the vector that was taken, counted down from here. */
const TAKEN = -3;
/** There as well: a store left its CPU's buffer. */
const DRAINED = -2;
/** Steps listed before and after a moment. */
const AROUND = 8;

/** The words of a CPU that are registers of its local APIC: they follow each other. */
const APIC_WORDS = Array.from({ length: CPU.svr + 1 - CPU.irr }, (_, i) => CPU.irr + i);

/** The steps of a run, by number: whose they were and what they did. */
interface Steps {
  readonly cpu: Int16Array;
  readonly pc: Int32Array;
  readonly count: number;
}

/** What each run did at the same place of the axis. */
export interface StepPair {
  readonly step: number;
  /** The step for people, from 1: `12`, or `3·12`, the twelfth of stop 3. */
  readonly label: string;
  /** '' where the run is over. */
  readonly a: string;
  readonly b: string;
  readonly isSame: boolean;
}

/** Both runs at a place of the axis: after as many steps, of the run or of a stop. */
export interface Moment {
  readonly step: number;
  readonly label: string;
  /** Steps each has taken there. */
  readonly stepA: number;
  readonly stepB: number;
  /** Where each is: less than `step` when it is over before. Simulated ns. */
  readonly timeA: number;
  readonly timeB: number;
  readonly steps: readonly StepPair[];
  readonly diff: StateDiff;
}

/** What is different between two runs at the end of one stop. */
export interface StopEnd {
  /** From 0. */
  readonly stop: number;
  readonly title: string;
  /** Steps each run took in it. */
  readonly stepsA: number;
  readonly stepsB: number;
  /** Registers of CPUs, bytes of slots and bytes of other memory that differ. */
  readonly registers: number;
  readonly shared: number;
  readonly others: number;
  /** IPIs under way that are not in both, or not at the same time. */
  readonly flights: number;
}

/** Which CPUs took steps in each of `bins` equal stretches. */
export interface Lanes {
  /** Numbers of the CPUs that did anything in either run. */
  readonly cpus: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly bins: number;
  /** By CPU and bin: 1 when it took a step. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/**
 * Two runs side by side. Aligned by step, the same number of steps after the start is beside each
 * other, which is also the same number after the point where they part; aligned by stop, the same
 * number after the beginning of the same stop. Both must have gone to their ends, with a trace.
 */
export class Comparison {
  readonly a: Run;
  readonly b: Run;
  /** The first thing one does that the other does not; undefined when they do the same. */
  readonly parting: Parting | undefined;
  /**
   * The step after which bytes or registers differ, while what the two do is still the same;
   * undefined when they do not before the runs part.
   */
  readonly bytesDiffer: number | undefined;
  /** The step after which anything that is shown differs; undefined when nothing does. */
  readonly #differs: number | undefined;
  /** What the axis is made of. */
  align: Align = 'step';
  readonly #axes: Readonly<Record<Align, readonly Stretch[]>>;
  readonly #stepsA: Steps;
  readonly #stepsB: Steps;

  constructor(a: Run, b: Run) {
    this.a = a;
    this.b = b;
    this.#stepsA = stepsOf(a);
    this.#stepsB = stepsOf(b);
    this.parting = findParting(a.world, b.world);
    this.#axes = { step: stretchesOf(a, b, 'step'), stop: stretchesOf(a, b, 'stop') };
    this.bytesDiffer = this.#firstDifferent(this.parting?.step ?? this.end);
    this.#differs = this.bytesDiffer ?? (this.parting && this.#seenAt(this.parting.step));
  }

  get stepsA(): number {
    return this.#stepsA.count;
  }
  get stepsB(): number {
    return this.#stepsB.count;
  }

  /** Stretches of the axis, in the order of time. */
  get stretches(): readonly Stretch[] {
    return this.#axes[this.align];
  }
  /** Length of the axis. */
  get end(): number {
    const last = this.stretches.at(-1)!;
    return last.at + last.length;
  }

  /** Takes both to a place of the axis; one whose stretch is shorter waits at the end of that. */
  #seek(place: number): readonly [stepA: number, stepB: number] {
    const { at, fromA, fromB, stepsA, stepsB } = this.stretches[stretchAt(this.stretches, place)]!;
    const there = [
      fromA + Math.min(place - at, stepsA),
      fromB + Math.min(place - at, stepsB),
    ] as const;
    this.a.seek(there[0]);
    this.b.seek(there[1]);
    return there;
  }

  /** The step that is taken next at a place, of each run; -1 where it waits or is over. */
  #next(place: number): readonly [stepA: number, stepB: number] {
    const { at, fromA, fromB, stepsA, stepsB } = this.stretches[stretchAt(this.stretches, place)]!;
    const offset = place - at;
    return [offset < stepsA ? fromA + offset : -1, offset < stepsB ? fromB + offset : -1];
  }

  /** Where the runs part on the axis. */
  get parted(): number | undefined {
    return this.parting && this.#placeOf(this.parting.step);
  }

  /** The place of the axis at which both have taken that many steps, while they do the same. */
  #placeOf(step: number): number {
    const stretch = this.stretches.findLast((each) => each.fromA <= step && each.length > 0);
    return stretch ? stretch.at + step - stretch.fromA : 0;
  }

  /** A place for people: how many steps were taken, in all or in its stop. */
  #label(place: number, more: number): string {
    if (this.align === 'step') return String(place + more);
    const index = stretchAt(this.stretches, place);
    return `${index + 1}·${place - this.stretches[index]!.at + more}`;
  }

  /** Both runs after that many steps, and all that is different there. */
  at(wish: number): Moment {
    const step = Math.min(Math.max(0, Math.round(wish)), this.end);
    const [stepA, stepB] = this.#seek(step);
    const from = Math.max(0, step - AROUND);
    const to = Math.min(this.end, step + AROUND);
    return {
      ...{ step, stepA, stepB, label: this.#label(step, 0) },
      timeA: this.a.world.machine.now,
      timeB: this.b.world.machine.now,
      steps: Array.from({ length: to - from }, (_, i) => this.#pair(from + i)),
      diff: stateDiff(this.a.world, this.b.world),
    };
  }

  /** The first step up to the last one after which the states differ, by halving. */
  #firstDifferent(last: number): number | undefined {
    const isDifferent = (step: number): boolean => {
      this.#seek(step);
      const { cpus, shared, others } = stateDiff(this.a.world, this.b.world);
      return cpus.length + shared.length + others.length > 0;
    };
    if (!isDifferent(last)) return undefined;
    let same = -1;
    let found = last;
    while (found - same > 1) {
      const middle = Math.floor((same + found) / 2);
      if (isDifferent(middle)) found = middle;
      else same = middle;
    }
    return found;
  }

  /** The first moment at which anything differs. */
  get first(): number | undefined {
    const step = this.#differs;
    return step === undefined ? undefined : Math.min(this.#placeOf(step), this.end);
  }

  /** The step after which a parting is seen: an IPI is under way as soon as the step has sent it. */
  #seenAt(step: number): number {
    this.#seek(this.#placeOf(step));
    return flightDiffs(this.a.world, this.b.world).length > 0 ? step : step + 1;
  }

  #pair(step: number): StepPair {
    const [stepA, stepB] = this.#next(step);
    const [a, b] = [textOf(this.a, this.#stepsA, stepA), textOf(this.b, this.#stepsB, stepB)];
    return { step, label: this.#label(step, 1), a, b, isSame: a === b };
  }

  /**
   * The next step after which something else is different in shared memory, in a local APIC or
   * among the IPIs under way; undefined when there is none before the end. `goOn` ends the search early.
   */
  nextChange(after: number, goOn: () => boolean = () => true): number | undefined {
    this.#seek(after);
    const before = this.#signature();
    for (let step = after + 1; step <= this.end && goOn(); step++) {
      this.#seek(step);
      if (this.#signature() !== before) return step;
    }
    return undefined;
  }

  /** What is different now, as text that is the same when the same is. */
  #signature(): string {
    const { a, b } = this;
    const apics: number[] = [];
    const cpus = Math.min(a.world.machine.cpus, b.world.machine.cpus);
    const [one, two] = [a.world.machine.H, b.world.machine.H];
    for (let cpu = 0; cpu < cpus; cpu++)
      for (const word of APIC_WORDS) {
        const at = cpu * CPU.stride + word;
        if (one[at] !== two[at]) apics.push(at, one[at]!, two[at]!);
      }
    const shared = sharedDiff(a.world, b.world).map((each) => [each.name, ...each.a, ...each.b]);
    const flights = flightDiffs(a.world, b.world).map(waySigned);
    return [apics.join(), ...flights, ...shared.map((each) => each.join())].join('|');
  }

  /** What is different at the end of each stop of the lesson. */
  stopEnds(): readonly StopEnd[] {
    return this.#axes.stop.slice(0, this.#stops).map(({ fromA, fromB, stepsA, stepsB }, stop) => {
      this.a.seek(fromA + stepsA);
      this.b.seek(fromB + stepsB);
      const { cpus, shared, others, flights } = stateDiff(this.a.world, this.b.world);
      return {
        ...{ stop, stepsA, stepsB },
        title: (this.a.scenario.stops[stop] ?? this.b.scenario.stops[stop])?.title ?? '',
        registers: cpus.flatMap(({ registers }) => registers.filter((each) => each.a !== each.b))
          .length,
        shared: shared.reduce((sum, { a, b }) => sum + countDifferent(a, b), 0),
        others: others.reduce((sum, { bytes }) => sum + bytes, 0),
        flights: flights.length,
      };
    });
  }

  get #stops(): number {
    return Math.max(this.a.scenario.stops.length, this.b.scenario.stops.length);
  }

  /** Who took steps when, for a picture. */
  lanes(from: number, to: number, bins: number): Lanes {
    if (!(bins > 0 && bins <= 4096 && from < to)) throw new Refused('there is nothing to draw');
    const busy = new Set([...busyCpus(this.#stepsA), ...busyCpus(this.#stepsB)]);
    const cpus = [...busy].sort((one, two) => one - two);
    const fill = (steps: Steps, side: 0 | 1): Uint8Array => {
      const cells = new Uint8Array(cpus.length * bins);
      const lane = new Map(cpus.map((cpu, i) => [cpu, i]));
      for (let place = from; place < to; place++) {
        const row = lane.get(steps.cpu[this.#next(place)[side]] ?? -1);
        const bin = Math.floor(((place - from) / (to - from)) * bins);
        if (row !== undefined) cells[row * bins + bin] = 1;
      }
      return cells;
    };
    return { cpus, from, to, bins, a: fill(this.#stepsA, 0), b: fill(this.#stepsB, 1) };
  }
}

/** Reads the steps of a run at its end out of its trace; those that fell out of it are nobody's. */
function stepsOf({ world, step: count }: Run): Steps {
  const { trace } = world;
  if (!trace) throw new Refused('both runs must keep a trace');
  const cpu = new Int16Array(count).fill(-1);
  const pc = new Int32Array(count).fill(-1);
  // From the end backwards: rows are lost at the front.
  let step = count;
  for (let to = trace.head; to > trace.begin && step > 0; to -= CHUNK_ROWS) {
    const rows = trace.slice(Math.max(trace.begin, to - CHUNK_ROWS), to);
    for (let i = rows.kind.length - 1; i >= 0 && step > 0; i--) {
      if (!isStepRow(rows.kind[i]! as Row, rows.c[i]!)) continue;
      step--;
      cpu[step] = rows.cpu[i]!;
      // What is no step of a routine has a number below them.
      const what = rows.kind[i] === ROW.take ? TAKEN - rows.b[i]! : DRAINED;
      pc[step] = rows.kind[i] === ROW.step ? rows.b[i]! : what;
    }
  }
  return { cpu, pc, count };
}

/** What of an IPI counts as another difference: in which run it is, not that all is a little later. */
const waySigned = ({ what, from, to, a, b }: FlightDiff): string =>
  `${what} ${from} ${to} ${a && b ? 'both' : a ? 'a' : 'b'}`;

const countDifferent = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, byte, i) => sum + (byte === b[i] ? 0 : 1), 0);

const busyCpus = ({ cpu }: Steps): Set<number> => new Set(cpu.filter((each) => each >= 0));

function textOf({ world }: Run, { cpu, pc, count }: Steps, step: number): string {
  if (step < 0 || step >= count) return '';
  const { routines, routineOf, steps } = world.machine.program;
  const at = pc[step]!;
  if (at <= TAKEN) return `cpu${cpu[step]} takes vector ${hex(TAKEN - at, 2)}`;
  if (at === DRAINED) return `cpu${cpu[step]} drains a store`;
  if (at < 0) return 'no longer known';
  return `cpu${cpu[step]} ${routines[routineOf[at]!]?.name ?? ''}: ${steps[at]?.text ?? ''}`;
}

/** Where two runs part, in one sentence. */
export function partingSentence(
  { parting, bytesDiffer }: Pick<Comparison, 'parting' | 'bytesDiffer'>,
  [a, b]: readonly [string, string],
): string {
  const bytes =
    bytesDiffer === undefined
      ? ''
      : bytesDiffer === 0
        ? 'their bytes differ from the start'
        : `their bytes differ from step ${bytesDiffer} on`;
  if (!parting)
    return bytes === ''
      ? `In ${a} and ${b} the machine does the same to the end.`
      : `${a} and ${b} take the same steps to their ends, but ${bytes}.`;
  const { step, before, now, times } = parting;
  const shared =
    step === 0
      ? 'They part at the very start'
      : `They take the same ${step} ${step === 1 ? 'step' : 'steps'}${bytes && `, though ${bytes}`}`;
  const tell = (name: string, text: string): string =>
    text === '' ? `in ${name} nothing more happens` : `in ${name} ${text}`;
  if (times && times[0] !== times[1])
    return `${shared}; then ${now}, in ${a} at ${times[0]} ns and in ${b} at ${times[1]} ns.`;
  return `${shared}; then ${tell(a, before)}, and ${tell(b, now)}.`;
}
