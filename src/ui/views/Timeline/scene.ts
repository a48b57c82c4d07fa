import { upperBound, upperBoundNear } from './columns.ts';
import { arrowsOf, pointsOf, type ArrowMark, type PointMark } from './crowds.ts';
import { EVERYTHING, kindOfBar, kindOfMark, type Filter } from './filter.ts';
import type { TimelineHistory } from './history.ts';
import type { Lane, Level } from './lane.ts';
import {
  foldsOf,
  lookAt,
  ticksOf,
  timeAt,
  xOf,
  type FoldMark,
  type Look,
  type Tick,
  type View,
} from './scale.ts';

/** Places are pixels; `lane` is the index of the CPU. `count` > 1: that many in one mark. */
export interface BarMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  readonly level: number;
  readonly mode: number;
  readonly kernel: number;
  readonly pc: number;
  readonly vector: number;
  readonly start: number;
  readonly end: number;
  readonly count: number;
}
export interface StepMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  /** It runs in an interrupt, so that what is under it is dark. */
  readonly solid: boolean;
  readonly pc: number;
}
export interface WaitMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  readonly vector: number;
}
export interface OwnerMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  readonly kernel: number;
}
export interface Scene {
  readonly bars: readonly BarMark[];
  readonly steps: readonly StepMark[];
  readonly arrows: readonly ArrowMark[];
  readonly waits: readonly WaitMark[];
  readonly points: readonly PointMark[];
  readonly owners: readonly OwnerMark[];
  readonly folds: readonly FoldMark[];
  readonly ticks: readonly Tick[];
  readonly count: number;
}

/** A step narrower than this has no room for words. */
const STEP_MIN_PX = 7;
/**
 * Everything to draw of one view. Marks that share a pixel are one mark with a count. `owners` are
 * the kernels of the CPUs now: for CPUs that never changed hands.
 */
export function layOut(
  history: TimelineHistory,
  view: View,
  owners: readonly number[] = [],
  filter: Filter = EVERYTHING,
): Scene {
  const look = lookAt(view, history.time);
  const hides = new Set(filter.hidden);
  const lanes = new Set(lanesShown(history, owners, filter));
  const shows = (cpu: number): boolean => lanes.has(cpu);
  const isOf = (cpu: number, time: number): boolean =>
    filter.kernel < 0 || kernelAt(history, cpu, time, owners) === filter.kernel;
  const bars: BarMark[] = [];
  const steps: StepMark[] = [];
  const waits: WaitMark[] = [];
  const stretches: OwnerMark[] = [];
  for (const cpu of lanes) {
    const lane = history.lanes[cpu]!;
    lane.levels.forEach((level, index) => {
      barsOf(level, look, { lane: cpu, level: index }, bars, (mode, time) => {
        const kernel = ownerAt(lane, time, owners[cpu] ?? 0);
        const shown = !hides.has(kindOfBar(mode));
        return shown && (filter.kernel < 0 || kernel === filter.kernel) ? kernel : undefined;
      });
    });
    if (!hides.has('tasks')) stepsOf(lane, look, cpu, steps);
    if (!hides.has('interrupts')) waitsOf(lane, look, cpu, waits);
    ownersOf(lane, look, cpu, owners[cpu] ?? 0, stretches);
  }
  const arrows = hides.has('ipis') ? [] : arrowsOf(history, look, shows);
  const points = pointsOf(
    history,
    look,
    (cpu, kind, time) =>
      !hides.has(kindOfMark(kind)) && (cpu < 0 || (shows(cpu) && isOf(cpu, time))),
  );
  const count = bars.length + steps.length + waits.length + arrows.length + points.length;
  const [folds, ticks] = [foldsOf(look, history.since), ticksOf(look)];
  return { bars, steps, arrows, waits, points, owners: stretches, folds, ticks, count };
}

/** CPUs that have a lane: those that are named, of those that ever were the kernel's. */
export function lanesShown(
  { lanes }: TimelineHistory,
  now: readonly number[],
  { cpus, kernel }: Filter,
): readonly number[] {
  const all = lanes.map((_, cpu) => cpu);
  return all.filter((cpu) => {
    if (cpus.length > 0 && !cpus.includes(cpu)) return false;
    if (kernel < 0) return true;
    const { at, length } = lanes[cpu]!.owners;
    const first = length > 0 ? 0 : (now[cpu] ?? 0);
    return first === kernel || at.kernel.subarray(0, length).includes(kernel);
  });
}

/** Whose a CPU was at a time; -1 is nobody's. */
const kernelAt = (
  { lanes }: TimelineHistory,
  cpu: number,
  time: number,
  now: readonly number[],
): number => (lanes[cpu] ? ownerAt(lanes[cpu], time, now[cpu] ?? 0) : -1);

/** A mark while it is being counted. */
type Crowd<Mark> = { -readonly [Name in keyof Mark]: Mark[Name] };

function barsOf(
  table: Level,
  look: Look,
  place: { readonly lane: number; readonly level: number },
  out: BarMark[],
  /** The kernel whose it is; undefined: it is not shown. */
  kernelOf: (mode: number, time: number) => number | undefined,
): void {
  const { view, scale, first, last } = look;
  const { start, end, mode, pc, vector } = table.at;
  const { length } = table;
  let before: Crowd<BarMark> | undefined;
  let i = upperBound(end, first, 0, length);
  while (i < length && start[i]! <= last) {
    const x = xOf(view, scale, start[i]!);
    let width = xOf(view, scale, end[i]!) - x;
    let next = i + 1;
    if (width < 1) {
      // The rest of this pixel at once: what is seen costs, not what happened.
      const until = timeAt(view, scale, Math.floor(x) + 1);
      if (next < length && start[next]! < until) next = upperBoundNear(start, until, next, length);
      width = 1;
    }
    const kernel = kernelOf(mode[i]!, end[i]!);
    const count = next - i;
    if (count > 1 && before && before.kernel === kernel && joins(before, mode[i]!, x)) {
      before.width = x + 1 - before.x;
      before.end = end[next - 1]!;
      before.count += count;
    } else if (kernel !== undefined) {
      before = {
        ...{ x, width, ...place, mode: mode[i]!, pc: pc[i]!, vector: vector[i]! },
        ...{ start: start[i]!, end: end[next - 1]!, count, kernel },
      };
      out.push(before);
    }
    i = next;
  }
}

/** Whether a crowd of bars goes on the crowd just before it. */
const joins = (bar: BarMark, mode: number, x: number): boolean =>
  bar.count > 1 && bar.mode === mode && x - (bar.x + bar.width) < 1;

function stepsOf({ steps, levels }: Lane, look: Look, lane: number, out: StepMark[]): void {
  const { view, scale, first, last } = look;
  const { start, end, pc } = steps.at;
  const begin = upperBound(end, first, 0, steps.length);
  const until = upperBound(start, last, begin, steps.length);
  // Too many to have room for words: then none has.
  if ((until - begin) * STEP_MIN_PX > view.width) return;
  for (let i = begin; i < until; i++) {
    const x = xOf(view, scale, start[i]!);
    const width = xOf(view, scale, end[i]!) - x;
    out.push({ x, width, lane, solid: inInterrupt(levels, start[i]!), pc: pc[i]! });
  }
}

function inInterrupt(levels: readonly Level[], time: number): boolean {
  return levels.some(({ at, length }) => {
    const i = upperBound(at.start, time, 0, length) - 1;
    return i >= 0 && at.end[i]! > time && at.vector[i]! > 0;
  });
}

function waitsOf(lane: Lane, look: Look, cpu: number, out: WaitMark[]): void {
  const { view, scale, first, last } = look;
  for (const [vector, waits] of lane.waits) {
    const { start, end } = waits.at;
    let i = upperBound(end, first, 0, waits.length);
    while (i < waits.length && start[i]! <= last) {
      const x = xOf(view, scale, start[i]!);
      const width = xOf(view, scale, end[i]!) - x;
      if (width >= 1) {
        out.push({ x, width, lane: cpu, vector });
        i++;
      } else {
        // Whatever ends within a pixel from here is no wider either.
        i = Math.max(i + 1, upperBoundNear(end, timeAt(view, scale, x + 1), i, waits.length));
      }
    }
  }
  for (const [vector, since] of lane.waiting) {
    if (since > last) continue;
    const x = xOf(view, scale, since);
    out.push({ x, width: Math.max(1, view.width - x), lane: cpu, vector });
  }
}

/** Whose a CPU was at a time. */
function ownerAt({ owners }: Lane, time: number, now: number): number {
  const index = upperBound(owners.at.time, time, 0, owners.length) - 1;
  // Before it ever changed hands a CPU was the host's.
  return index >= 0 ? owners.at.kernel[index]! : owners.length > 0 ? 0 : now;
}

function ownersOf(lane: Lane, look: Look, cpu: number, now: number, out: OwnerMark[]): void {
  const { view, scale, first } = look;
  const { time } = lane.owners.at;
  const { length } = lane.owners;
  let i = upperBound(time, first, 0, length);
  let x = 0;
  let kernel = ownerAt(lane, first, now);
  for (; x < view.width; i++) {
    const next = i < length ? Math.min(view.width, xOf(view, scale, time[i]!)) : view.width;
    if (next > x) out.push({ x, width: next - x, lane: cpu, kernel });
    if (i >= length) return;
    kernel = lane.owners.at.kernel[i]!;
    x = Math.max(x, next);
  }
}
