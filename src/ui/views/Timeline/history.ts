import { OUTCOME, ROW } from '../../../sim/base/record.ts';
import { DeliveryMode } from '../../../sim/machine/lapic.regs.ts';
import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { MULTIKERNEL_VECTOR } from '../../../sim/kernel/mk.layout.ts';
import type { Rows } from '../../../worker/protocol.ts';
import { Columns, Order, upperBound } from './columns.ts';
import { FoldedTime } from './folded-time.ts';
import { last, newLane, openBar, reset, stepped, taken, type Lane } from './lane.ts';
import { StepTimes } from './step-times.ts';

/** How a flight ended. */
export const END = { flying: 0, arrived: 1, merged: 2, dropped: 3 } as const;

/** What a mark tells of, from quiet to loud. */
export const MARK = { log: 0, outcome: 1, hazard: 2 } as const;

const FLIGHT = {
  ...({ sent: 'f64', done: 'f64', from: 'i16', to: 'i16', vector: 'u8', delivery: 'u8' } as const),
  ...({ end: 'u8', type: 'i32', subtype: 'i32', serial: 'i32' } as const),
} as const;
const MARKED = {
  ...({ time: 'f64', cpu: 'i16', kind: 'u8', a: 'f64', b: 'i32', c: 'i32', d: 'i32' } as const),
} as const;

/** The flights from one CPU to another that have ended, by when they were sent. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly all: Order;
  readonly merged: Order;
  readonly dropped: Order;
  /** Longest of them: how far back an arrow can begin that is still in view. */
  longest: number;
}

/**
 * What the timeline draws, told row by row: bars, flights, marks. Everything is in typed columns
 * sorted by time, so that a view of any stretch costs what is visible, not what happened.
 */
export class TimelineHistory {
  readonly lanes: Lane[] = [];
  readonly flights = new Columns(FLIGHT);
  /** Flights that have ended, by where from and where to: see {@link lineKey}. */
  readonly lines = new Map<number, Line>();
  readonly marks = new Columns(MARKED);
  /** Marks by CPU, kind and loudness: see {@link markKey}. */
  readonly rows = new Map<number, Order>();
  readonly time = new FoldedTime();
  /** When each step of the run began, acceptances of interrupts included. */
  readonly steps = new StepTimes();
  /** Since when it knows the run: 0 from its beginning, more when older rows were no longer kept. */
  since = 0;
  /** When the last thing ends. */
  end = 0;
  /** Number of the row that is digested next. */
  next = 0;
  /** The message that stands in each slot, those that were read, and those that never were. */
  readonly #slots = new Map<number, number>();
  readonly #read = new Set<number>();
  readonly #lost = new Set<number>();
  /** Flights under way, by serial. */
  readonly flying = new Map<number, number>();
  readonly #announced = new Map<number, { time: number; type: number; subtype: number }>();

  constructor(cpus: number) {
    for (let cpu = 0; cpu < cpus; cpu++) this.lanes.push(newLane());
  }

  /** Takes in rows `[next, to)` of a batch that has them. */
  digest(rows: Rows, to = rows.from + rows.kind.length): void {
    const late = this.next > 0 && this.end === 0;
    if (late && this.next < to) this.since = rows.time[this.next - rows.from]!;
    for (let n = this.next; n < to; n++) {
      const i = n - rows.from;
      const time = rows.time[i]!;
      const cpu = rows.cpu[i]!;
      this.time.event(time);
      if (time > this.end) this.end = time;
      const a = rows.a[i]!;
      const b = rows.b[i]!;
      const c = rows.c[i]!;
      const d = rows.d[i]!;
      const kind = rows.kind[i]!;
      const lane = this.lanes[cpu];
      if (lane) this.#onLane(lane, kind, time, cpu, a, b, c);
      this.#onBus(kind, time, cpu, a, b, c, d);
    }
    this.next = Math.max(this.next, to);
  }

  /** Number of the flight with a serial, -1 when it is not known. They leave in order of serial. */
  flightOf(serial: number): number {
    const { at, length } = this.flights;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at.serial[middle]! < serial) low = middle + 1;
      else high = middle;
    }
    return low < length && at.serial[low] === serial ? low : -1;
  }

  /** When it was decided what becomes of a message; undefined while it is not. */
  outcomeOf(serial: number): number | undefined {
    const { at, length } = this.marks;
    for (let i = length - 1; i >= 0; i--)
      if (at.kind[i] === MARK.outcome && at.d[i] === serial) return at.time[i];
    return undefined;
  }

  /** When a CPU begins something next, after a time. */
  nextOn(cpu: number, after: number): number | undefined {
    const starts = this.lanes[cpu]?.levels.flatMap(({ at, length }) => {
      const i = upperBound(at.start, after, 0, length);
      return i < length ? [at.start[i]!] : [];
    });
    return starts && starts.length > 0 ? Math.min(...starts) : undefined;
  }

  /** Index of the first step that begins after `time`. */
  stepAfter(time: number): number {
    return this.steps.after(time);
  }

  /** The program counter of the step that a CPU was in at `time`, or -1. */
  pcAt(time: number, cpu: number): number {
    const steps = this.lanes[cpu]?.steps;
    if (!steps) return -1;
    const index = upperBound(steps.at.start, time, 0, steps.length) - 1;
    return index < 0 || steps.at.end[index]! < time ? -1 : steps.at.pc[index]!;
  }

  #onLane(
    lane: Lane,
    kind: number,
    time: number,
    cpu: number,
    a: number,
    b: number,
    c: number,
  ): void {
    switch (kind) {
      case ROW.begin:
        lane.open.length = 0;
        openBar(lane, time, lane.booting ? MODE.boot : MODE.task, b, 0);
        lane.booting = false;
        return;
      case ROW.step:
        this.steps.push(time);
        stepped(lane, time, time + a, b, c);
        if (time + a > this.end) this.end = time + a;
        return;
      case ROW.take: {
        this.steps.push(time);
        taken(lane, time, b);
        return;
      }
      case ROW.end:
        lane.open.length = 0;
        return;
      case ROW.mode:
        if (lane.open.length === 1 && b === MODE.boot) last(lane.levels[0]!, 'mode', b);
        return;
      case ROW.owner:
        lane.owners.push({ time, kernel: b });
        return;
      default:
    }
  }

  #onBus(
    kind: number,
    time: number,
    cpu: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): void {
    switch (kind) {
      case ROW.sent:
        this.#announced.set(cpu, { time, type: b, subtype: c });
        this.#occupy(a, time, cpu, d);
        return;
      case ROW.send:
        this.#depart(time, cpu, a, b, c, d);
        return;
      case ROW.arrive:
      case ROW.merge:
      case ROW.drop:
        this.#land(kind, time, cpu, b, d);
        return;
      case ROW.outcome:
        if (b === OUTCOME.overwritten && this.#lost.has(d)) return;
        this.#read.add(d);
        this.#mark(MARK.outcome, time, cpu, a, b, c, d);
        return;
      case ROW.hazard:
        this.#mark(MARK.hazard, time, cpu, a, b, c, d);
        return;
      case ROW.log:
        this.#mark(MARK.log, time, cpu, a, b, c, d);
        return;
      default:
    }
  }

  /** A message stands in a slot. One that stood there and was never read is lost. */
  #occupy(slot: number, time: number, cpu: number, serial: number): void {
    const before = this.#slots.get(slot);
    this.#slots.set(slot, serial);
    if (before === undefined || before === serial || this.#read.delete(before)) return;
    this.#lost.add(before);
    this.#mark(MARK.outcome, time, cpu, 0, OUTCOME.overwritten, 0, before);
  }

  #depart(time: number, from: number, done: number, b: number, apic: number, serial: number): void {
    const note = this.#announced.get(from);
    const vector = b & 0xff;
    const named = note?.time === time && vector === MULTIKERNEL_VECTOR;
    const flight = this.flights.add();
    const { at } = this.flights;
    at.sent[flight] = time;
    at.done[flight] = done;
    at.from[flight] = from;
    // Until it lands, its destination is known by APIC id only; that is the CPU in most machines.
    at.to[flight] = apic >= 0 && apic < this.lanes.length ? apic : -1;
    at.vector[flight] = vector;
    at.delivery[flight] = (b >> 8) & 7;
    at.end[flight] = END.flying;
    at.type[flight] = named ? note.type : 0;
    at.subtype[flight] = named ? note.subtype : 0;
    at.serial[flight] = serial;
    this.flying.set(serial, flight);
  }

  #land(kind: number, time: number, cpu: number, b: number, serial: number): void {
    const flight = this.flying.get(serial);
    const lane = this.lanes[cpu];
    const startup = b >> 8 === DeliveryMode.startup;
    if (lane && kind === ROW.arrive && b >> 8 === DeliveryMode.init) reset(lane);
    if (lane && kind === ROW.arrive && startup) lane.booting = true;
    if (lane && kind === ROW.arrive && b < 256) lane.waiting.set(b, time);
    if (flight === undefined) return;
    this.flying.delete(serial);
    const { at } = this.flights;
    at.done[flight] = time;
    at.to[flight] = cpu;
    at.end[flight] =
      kind === ROW.arrive ? END.arrived : kind === ROW.merge ? END.merged : END.dropped;
    this.#arrive(flight, time - at.sent[flight]!);
  }

  /** A flight has ended: from now on it is found by where it went. */
  #arrive(flight: number, took: number): void {
    const { from, to, sent, end } = this.flights.at;
    const key = lineKey(from[flight]!, to[flight]!);
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = newLine(from[flight]!, to[flight]!)));
    if (took > line.longest) line.longest = took;
    line.all.enter(sent[flight]!, flight);
    if (end[flight] === END.merged) line.merged.enter(sent[flight]!, flight);
    else if (end[flight] === END.dropped) line.dropped.enter(sent[flight]!, flight);
  }

  #mark(kind: number, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    const mark = this.marks.add();
    const { at } = this.marks;
    at.time[mark] = time;
    at.cpu[mark] = cpu;
    at.kind[mark] = kind;
    at.a[mark] = a;
    at.b[mark] = b;
    at.c[mark] = c;
    at.d[mark] = d;
    const key = markKey(cpu, kind, isLoud(kind, b));
    let row = this.rows.get(key);
    if (!row) this.rows.set(key, (row = new Order()));
    row.enter(time, mark);
  }
}

/** Number of the line between two CPUs; -1 is nobody. */
const lineKey = (from: number, to: number): number => (from + 1) * 65_536 + to + 1;

/** Number of a row of marks; the CPU is -1 when none is meant. */
const markKey = (cpu: number, kind: number, loud: boolean): number =>
  (cpu + 1) * 8 + kind * 2 + (loud ? 1 : 0);

/** Whether a mark must be seen. */
export const isLoud = (kind: number, b: number): boolean =>
  kind === MARK.hazard || (kind === MARK.outcome && isLoss(b));

/** Whether an outcome is one that nobody wanted. */
const isLoss = (outcome: number): boolean => outcome !== OUTCOME.whole;

const newLine = (from: number, to: number): Line => ({
  ...{ from, to, longest: 0 },
  ...{ all: new Order(), merged: new Order(), dropped: new Order() },
});
