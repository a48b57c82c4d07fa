import { OUTCOME, ROW } from '../../../sim/base/record.ts';
import { DeliveryMode } from '../../../sim/machine/lapic.regs.ts';
import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { IRQ_WORK_VECTOR, MULTIKERNEL_VECTOR } from '../../../sim/kernel/mk.layout.ts';
import type { Rows } from '../../../worker/protocol.ts';
import { Columns, upperBound } from './columns.ts';
import { FoldedTime } from './folded-time.ts';
import { StepTimes } from './step-times.ts';

/** Newest steps of a CPU that are kept one by one: at least so many. */
const LANE_STEPS_MIN = 1 << 18;

/** How a flight ended. */
export const END = { flying: 0, arrived: 1, merged: 2, dropped: 3 } as const;

/** What a mark tells of, from quiet to loud. */
export const MARK = { log: 0, outcome: 1, hazard: 2 } as const;

type BarColumn = 'start' | 'end' | 'mode' | 'pc' | 'vector';
type FlightColumn =
  'sent' | 'done' | 'from' | 'to' | 'vector' | 'delivery' | 'end' | 'type' | 'subtype' | 'serial';
type MarkColumn = 'time' | 'cpu' | 'kind' | 'a' | 'b' | 'c' | 'd';

/** Bars of one level of a lane, in order of time and without overlap. */
export type Level = Columns<BarColumn>;

/** One CPU: what ran at the bottom of its stack, and above it one level for each interrupt. */
export interface Lane {
  readonly levels: Level[];
  /** The steps that ran here, the newest of them: the text inside bars when there is room. */
  readonly steps: Columns<'start' | 'end' | 'pc'>;
  /** Stack depth at which each level that is open began, -1 before its first step. */
  readonly open: number[];
  /** A vector stayed pending: from its arrival to its acceptance. */
  readonly waits: Columns<'start' | 'end' | 'vector'>;
  readonly waiting: Map<number, number>;
  readonly owners: Columns<'time' | 'kernel'>;
  /** The task that begins next is the start-up of a kernel. */
  booting: boolean;
}

/**
 * What the timeline draws, told row by row: bars, flights, marks. Everything is in typed columns
 * sorted by time, so that a view of any stretch costs what is visible, not what happened.
 */
export class TimelineHistory {
  readonly lanes: Lane[] = [];
  readonly flights = new Columns<FlightColumn>([
    ...(['sent', 'done', 'from', 'to', 'vector'] as const),
    ...(['delivery', 'end', 'type', 'subtype', 'serial'] as const),
  ]);
  readonly marks = new Columns<MarkColumn>(['time', 'cpu', 'kind', 'a', 'b', 'c', 'd']);
  readonly time = new FoldedTime();
  /** When each step of the run began, acceptances of interrupts included. */
  readonly steps = new StepTimes();
  /** Longest flight so far: how far back an arrow can begin that is still in view. */
  longestFlight = 0;
  /** When the last thing ends. */
  end = 0;
  /** Number of the row that is digested next. */
  next = 0;
  /** The message that stands in each slot, those that were read, and those that never were. */
  readonly #slots = new Map<number, number>();
  readonly #read = new Set<number>();
  readonly #lost = new Set<number>();
  readonly #byserial = new Map<number, number>();
  readonly #announced = new Map<number, { time: number; type: number; subtype: number }>();

  constructor(cpus: number) {
    for (let cpu = 0; cpu < cpus; cpu++) this.lanes.push(newLane());
  }

  /** Takes in rows `[next, to)` of a batch that has them. */
  digest(rows: Rows, to = rows.from + rows.kind.length): void {
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
        this.marks.push({ time, cpu, kind: MARK.outcome, a, b, c, d });
        return;
      case ROW.hazard:
        this.marks.push({ time, cpu, kind: MARK.hazard, a, b, c, d });
        return;
      case ROW.log:
        this.marks.push({ time, cpu, kind: MARK.log, a, b, c, d });
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
    this.marks.push({ time, cpu, kind: MARK.outcome, b: OUTCOME.overwritten, d: before });
  }

  #depart(time: number, from: number, done: number, b: number, apic: number, serial: number): void {
    const note = this.#announced.get(from);
    const vector = b & 0xff;
    const named = note?.time === time && vector === MULTIKERNEL_VECTOR;
    const flight = this.flights.push({
      ...{
        sent: time,
        done,
        from,
        to: -1,
        vector,
        delivery: (b >> 8) & 7,
        end: END.flying,
        serial,
      },
      ...(named ? { type: note.type, subtype: note.subtype } : {}),
    });
    // Until it lands, its destination is known by APIC id only; that is the CPU in most machines.
    if (apic >= 0 && apic < this.lanes.length) this.flights.at.to[flight] = apic;
    this.#byserial.set(serial, flight);
    if (done - time > this.longestFlight) this.longestFlight = done - time;
  }

  #land(kind: number, time: number, cpu: number, b: number, serial: number): void {
    const flight = this.#byserial.get(serial);
    const lane = this.lanes[cpu];
    const startup = b >> 8 === DeliveryMode.startup;
    if (lane && kind === ROW.arrive && b >> 8 === DeliveryMode.init) reset(lane);
    if (lane && kind === ROW.arrive && startup) lane.booting = true;
    if (lane && kind === ROW.arrive && b < 256) lane.waiting.set(b, time);
    if (flight === undefined) return;
    this.#byserial.delete(serial);
    const { at } = this.flights;
    at.done[flight] = time;
    at.to[flight] = cpu;
    at.end[flight] =
      kind === ROW.arrive ? END.arrived : kind === ROW.merge ? END.merged : END.dropped;
    if (time - at.sent[flight]! > this.longestFlight) this.longestFlight = time - at.sent[flight]!;
  }
}

/** Whether an outcome is one that nobody wanted. */
export const isLoss = (outcome: number): boolean => outcome !== OUTCOME.whole;

const newLane = (): Lane => ({
  levels: [],
  steps: new Columns(['start', 'end', 'pc'], 64),
  open: [],
  waits: new Columns(['start', 'end', 'vector'], 16),
  waiting: new Map(),
  owners: new Columns(['time', 'kernel'], 4),
  booting: false,
});

function last<Name extends string>(table: Columns<Name>, column: Name, value: number): void {
  if (table.length > 0) table.at[column][table.length - 1] = value;
}

function openBar(lane: Lane, start: number, mode: number, pc: number, vector: number): void {
  const level = lane.open.length;
  lane.open.push(-1);
  const bars = (lane.levels[level] ??= new Columns(['start', 'end', 'mode', 'pc', 'vector'], 64));
  bars.push({ start, end: start, mode, pc, vector });
}

/** An interrupt is taken. They do not nest: its gate turns them off, so the one before is over. */
function taken(lane: Lane, time: number, vector: number): void {
  while (lane.open.length > 0 && lastBar(lane, 'vector') !== 0) lane.open.pop();
  openBar(lane, time, vector === IRQ_WORK_VECTOR ? MODE.irqWork : MODE.interrupt, -1, vector);
  const since = lane.waiting.get(vector);
  if (since !== undefined) lane.waits.push({ start: since, end: time, vector });
  lane.waiting.delete(vector);
}

/** A column of the bar on top of those that are open. */
function lastBar(lane: Lane, column: BarColumn): number {
  const bars = lane.levels[lane.open.length - 1]!;
  return bars.at[column][bars.length - 1]!;
}

/** A step ran at `depth`: interrupts that began deeper are over, the bars below go on to its end. */
function stepped(lane: Lane, start: number, end: number, pc: number, depth: number): void {
  if (lane.steps.length >= 2 * LANE_STEPS_MIN) lane.steps.drop(LANE_STEPS_MIN);
  lane.steps.push({ start, end, pc });
  if (depth === 0) {
    endWith(lane, start, end, pc);
    return;
  }
  while (lane.open.length > 0 && lane.open.at(-1)! > depth) lane.open.pop();
  if (lane.open.length === 0) openBar(lane, start, MODE.task, pc, 0);
  if (lane.open.at(-1) === -1) lane.open[lane.open.length - 1] = depth;
  for (let level = 0; level < lane.open.length; level++) {
    const bars = lane.levels[level]!;
    last(bars, 'end', end);
    if (bars.at.pc[bars.length - 1] === -1) last(bars, 'pc', pc);
  }
}

/** The step that emptied the stack: its row comes behind that of the end. */
function endWith(lane: Lane, start: number, end: number, pc: number): void {
  const bars = lane.levels[0];
  if (bars?.at.end[bars.length - 1] === start) last(bars, 'end', end);
  else openBar(lane, start, MODE.task, pc, 0);
  if (lane.open.length > 0) last(lane.levels[0]!, 'end', end);
  lane.open.length = 0;
}

/** INIT: whatever ran there is gone. */
function reset(lane: Lane): void {
  lane.open.length = 0;
  lane.waiting.clear();
}
