import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { IRQ_WORK_VECTOR } from '../../../sim/kernel/mk.layout.ts';
import { Columns } from './columns.ts';

/** Newest steps of a CPU that are kept one by one: at least so many. */
const LANE_STEPS_MIN = 1 << 18;

const BAR = { start: 'f64', end: 'f64', mode: 'u8', pc: 'i32', vector: 'u8' } as const;
const STEP = { start: 'f64', end: 'f64', pc: 'i32' } as const;
const WAIT = { start: 'f64', end: 'f64' } as const;
const OWNER = { time: 'f64', kernel: 'i32' } as const;
/** Bars of one level of a lane, in order of time and without overlap. */
export type Level = Columns<typeof BAR>;

/** One CPU: what ran at the bottom of its stack, and above it one level for each interrupt. */
export interface Lane {
  readonly levels: Level[];
  /** The steps that ran here, the newest of them: the text inside bars when there is room. */
  readonly steps: Columns<typeof STEP>;
  /** Stack depth at which each level that is open began, -1 before its first step. */
  readonly open: number[];
  /** Vectors stayed pending: from arrival to acceptance, in order for each vector. */
  readonly waits: Map<number, Columns<typeof WAIT>>;
  readonly waiting: Map<number, number>;
  readonly owners: Columns<typeof OWNER>;
  /** The task that begins next is the start-up of a kernel. */
  booting: boolean;
}

export const newLane = (): Lane => ({
  levels: [],
  steps: new Columns(STEP, 64),
  open: [],
  waits: new Map(),
  waiting: new Map(),
  owners: new Columns(OWNER, 4),
  booting: false,
});

/** Writes a column of the newest bar. */
export function last(bars: Level, column: keyof typeof BAR, value: number): void {
  if (bars.length > 0) bars.at[column][bars.length - 1] = value;
}

/** A bar begins, on top of those that are open. */
export function openBar(lane: Lane, start: number, mode: number, pc: number, vector: number): void {
  const level = lane.open.length;
  lane.open.push(-1);
  const bars = (lane.levels[level] ??= new Columns(BAR, 64));
  const bar = bars.add();
  const { at } = bars;
  at.start[bar] = start;
  at.end[bar] = start;
  at.mode[bar] = mode;
  at.pc[bar] = pc;
  at.vector[bar] = vector;
}

/** An interrupt is taken. They do not nest: its gate turns them off, so the one before is over. */
export function taken(lane: Lane, time: number, vector: number): void {
  while (lane.open.length > 0 && lastBar(lane, 'vector') !== 0) lane.open.pop();
  openBar(lane, time, vector === IRQ_WORK_VECTOR ? MODE.irqWork : MODE.interrupt, -1, vector);
  const since = lane.waiting.get(vector);
  if (since !== undefined) {
    let waits = lane.waits.get(vector);
    if (!waits) lane.waits.set(vector, (waits = new Columns(WAIT, 64)));
    const wait = waits.add();
    waits.at.start[wait] = since;
    waits.at.end[wait] = time;
  }
  lane.waiting.delete(vector);
}

/** A column of the bar on top of those that are open. */
function lastBar(lane: Lane, column: keyof typeof BAR): number {
  const bars = lane.levels[lane.open.length - 1]!;
  return bars.at[column][bars.length - 1]!;
}

/** A step ran at `depth`: interrupts that began deeper are over, the bars below go on to its end. */
export function stepped(lane: Lane, start: number, end: number, pc: number, depth: number): void {
  if (lane.steps.length >= 2 * LANE_STEPS_MIN) lane.steps.drop(LANE_STEPS_MIN);
  const step = lane.steps.add();
  const { at } = lane.steps;
  at.start[step] = start;
  at.end[step] = end;
  at.pc[step] = pc;
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
export function reset(lane: Lane): void {
  lane.open.length = 0;
  lane.waiting.clear();
}
