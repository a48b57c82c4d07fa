import { upperBound } from './columns.ts';
import type { FoldedTime } from './folded-time.ts';
import { END, isLoss, MARK, type Lane, type Level, type TimelineHistory } from './history.ts';

/** Which stretch is seen: in nanoseconds of the (folded) scale, and of pixels. */
export interface View {
  /** Place on the scale of the left edge. */
  readonly first: number;
  /** Scale a pixel. */
  readonly perPx: number;
  readonly width: number;
}

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
export interface ArrowMark {
  readonly x1: number;
  readonly x2: number;
  readonly from: number;
  /** -1: nobody has that APIC id. */
  readonly to: number;
  readonly end: number;
  readonly type: number;
  readonly flight: number;
  readonly count: number;
}
export interface WaitMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  readonly vector: number;
}
export interface PointMark {
  readonly x: number;
  readonly lane: number;
  readonly kind: number;
  readonly loud: boolean;
  /** Number in `TimelineHistory.marks`. */
  readonly mark: number;
  readonly count: number;
}
export interface OwnerMark {
  readonly x: number;
  readonly width: number;
  readonly lane: number;
  readonly kernel: number;
}
export interface FoldMark {
  readonly x: number;
  readonly width: number;
  readonly ns: number;
}
export interface Tick {
  readonly x: number;
  readonly time: number;
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
/** Folds closer than this would be a pattern, not a sign. */
const FOLD_MIN_PX = 5;
const TICK_PX = 104;

export const xOf = (view: View, scale: FoldedTime, time: number): number =>
  (scale.shown(time) - view.first) / view.perPx;
export const timeAt = (view: View, scale: FoldedTime, x: number): number =>
  scale.time(view.first + x * view.perPx);

/**
 * Everything to draw of one view. Marks that share a pixel are one mark with a count. `owners` are
 * the kernels of the CPUs now: for CPUs that never changed hands.
 */
export function layOut(
  history: TimelineHistory,
  view: View,
  owners: readonly number[] = [],
): Scene {
  const seen = {
    first: timeAt(view, history.time, -2),
    last: timeAt(view, history.time, view.width),
  };
  const look = { view, scale: history.time, ...seen };
  const bars: BarMark[] = [];
  const steps: StepMark[] = [];
  const waits: WaitMark[] = [];
  const stretches: OwnerMark[] = [];
  history.lanes.forEach((lane, cpu) => {
    lane.levels.forEach((level, index) => {
      barsOf(level, look, { lane: cpu, level: index }, bars, (time) =>
        ownerAt(lane, time, owners[cpu] ?? 0),
      );
    });
    stepsOf(lane, look, cpu, steps);
    waitsOf(lane, look, cpu, waits);
    ownersOf(lane, look, cpu, owners[cpu] ?? 0, stretches);
  });
  const arrows = arrowsOf(history, look);
  const points = pointsOf(history, look);
  const folds = foldsOf(look);
  const ticks = ticksOf(look);
  const count = bars.length + steps.length + waits.length + arrows.length + points.length;
  return { bars, steps, arrows, waits, points, owners: stretches, folds, ticks, count };
}

interface Look {
  readonly view: View;
  readonly scale: FoldedTime;
  readonly first: number;
  readonly last: number;
}

function barsOf(
  table: Level,
  look: Look,
  place: { readonly lane: number; readonly level: number },
  out: BarMark[],
  kernelAt: (time: number) => number,
): void {
  const { view, scale, first, last } = look;
  const { start, end, mode, pc, vector } = table.at;
  const { length } = table;
  let i = upperBound(end, first, 0, length);
  while (i < length && start[i]! <= last) {
    const x = xOf(view, scale, start[i]!);
    const right = xOf(view, scale, end[i]!);
    let next = i + 1;
    let width = right - x;
    if (width < 1) {
      // The rest of this pixel at once: what is seen costs, not what happened.
      const edge = Math.floor(x) + 1;
      const until = timeAt(view, scale, edge);
      if (next < length && start[next]! < until) next = upperBound(start, until, next, length);
      width = 1;
    }
    const count = next - i;
    const before = out.at(-1);
    if (count > 1 && before && joins(before, place, mode[i]!, x)) {
      out[out.length - 1] = {
        ...before,
        width: x + 1 - before.x,
        end: end[next - 1]!,
        count: before.count + count,
      };
    } else {
      out.push({
        ...{ x, width, ...place, mode: mode[i]!, pc: pc[i]!, vector: vector[i]! },
        ...{ start: start[i]!, end: end[next - 1]!, count, kernel: kernelAt(end[i]!) },
      });
    }
    i = next;
  }
}

/** Whether a crowd of bars goes on the crowd just before it. */
const joins = (
  bar: BarMark,
  place: { readonly lane: number; readonly level: number },
  mode: number,
  x: number,
): boolean =>
  bar.count > 1 &&
  bar.lane === place.lane &&
  bar.level === place.level &&
  bar.mode === mode &&
  x - (bar.x + bar.width) < 1;

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

function waitsOf({ waits, waiting }: Lane, look: Look, lane: number, out: WaitMark[]): void {
  const { view, scale, first, last } = look;
  const { start, end, vector } = waits.at;
  const pixel = view.perPx;
  let i = upperBound(end, first, 0, waits.length);
  for (; i < waits.length && start[i]! <= last; i++) {
    // On a scale with folds nothing is longer than it is.
    if (end[i]! - start[i]! < pixel) continue;
    const x = xOf(view, scale, start[i]!);
    const width = xOf(view, scale, end[i]!) - x;
    if (width >= 1) out.push({ x, width, lane, vector: vector[i]! });
  }
  for (const [still, since] of waiting) {
    if (since > last) continue;
    const x = xOf(view, scale, since);
    out.push({ x, width: Math.max(1, view.width - x), lane, vector: still });
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

/** How much an arrow must be seen when it shares its place with another. */
const LOUD = { [END.arrived]: 0, [END.flying]: 1, [END.merged]: 2, [END.dropped]: 3 };
const loudness = (end: number): number => LOUD[end as keyof typeof LOUD];

function arrowsOf({ flights, lanes, longestFlight }: TimelineHistory, look: Look): ArrowMark[] {
  const { view, scale, first, last } = look;
  const { sent, done, from, to, end, type } = flights.at;
  const out: Crowd<ArrowMark>[] = [];
  const cpus = lanes.length;
  const pixels = new Pixels(look, 1);
  let i = upperBound(sent, first - longestFlight, 0, flights.length);
  for (; i < flights.length && sent[i]! <= last; i++) {
    if (done[i]! < first) continue;
    const pair = from[i]! * (cpus + 1) + to[i]! + 1;
    const before = pixels.take(sent[i]!, pair);
    const arrow = out[before];
    if (arrow) {
      arrow.count++;
      if (loudness(end[i]!) > loudness(arrow.end))
        Object.assign(arrow, { end: end[i]!, type: type[i]!, flight: i });
      continue;
    }
    pixels.put(pair, out.length);
    out.push({
      ...{ x1: xOf(view, scale, sent[i]!), x2: xOf(view, scale, done[i]!) },
      ...{ from: from[i]!, to: to[i]!, end: end[i]!, type: type[i]!, flight: i, count: 1 },
    });
  }
  return out;
}

/** A mark while it is being counted. */
type Crowd<Mark> = { -readonly [Name in keyof Mark]: Mark[Name] };

/**
 * Walks along the pixels of a view together with what happened, in order of time, and knows which
 * mark of a kind was put into the present pixel. One look at the scale a pixel, not one a mark.
 */
class Pixels {
  readonly #look: Look;
  readonly #size: number;
  readonly #last = new Map<number, number>();
  #until = -Infinity;

  constructor(look: Look, size: number) {
    this.#look = look;
    this.#size = size;
  }

  /** Number of the mark of that kind which is in the pixel of `time` already, -1 for none. */
  take(time: number, kind: number): number {
    if (time >= this.#until) {
      const { view, scale } = this.#look;
      const pixel = Math.floor(xOf(view, scale, time) / this.#size);
      this.#until = timeAt(view, scale, (pixel + 1) * this.#size);
      this.#last.clear();
    }
    return this.#last.get(kind) ?? -1;
  }

  put(kind: number, mark: number): void {
    this.#last.set(kind, mark);
  }
}

/** Points closer than this are one. */
const POINT_PX = 3;

function pointsOf({ marks }: TimelineHistory, look: Look): PointMark[] {
  const { view, scale, first, last } = look;
  const { time, cpu, kind, b } = marks.at;
  const out: Crowd<PointMark>[] = [];
  const pixels = new Pixels(look, POINT_PX);
  let i = upperBound(time, first, 0, marks.length);
  for (; i < marks.length && time[i]! <= last; i++) {
    const loud = kind[i] === MARK.hazard || (kind[i] === MARK.outcome && isLoss(b[i]!));
    const place = cpu[i]! * 8 + kind[i]! * 2 + (loud ? 1 : 0);
    const before = out[pixels.take(time[i]!, place)];
    if (before) {
      before.count++;
      continue;
    }
    pixels.put(place, out.length);
    out.push({
      ...{ x: xOf(view, scale, time[i]!), lane: cpu[i]!, kind: kind[i]! },
      ...{ loud, mark: i, count: 1 },
    });
  }
  return out;
}

function foldsOf({ view, scale, first, last }: Look): FoldMark[] {
  const [begin, end] = scale.foldsIn(first, last);
  const out: FoldMark[] = [];
  for (let i = begin; i < end; i++) {
    const { from, to } = scale.fold(i);
    const x = xOf(view, scale, from);
    const width = xOf(view, scale, to) - x;
    if (width >= FOLD_MIN_PX) out.push({ x, width, ns: to - from });
  }
  return out;
}

/** The next of 1, 2, 5, 10, 20, … that is not less. */
export function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1e-9)));
  const factor = [1, 2, 5, 10].find((one) => one * power >= atLeast * 0.999) ?? 10;
  return Math.max(1, factor * power);
}

/** Round times about {@link TICK_PX} apart; none inside a fold, where a place says little. */
function ticksOf({ view, scale }: Look): Tick[] {
  const step = niceStep(view.perPx * TICK_PX * 0.6);
  const out: Tick[] = [];
  for (let at = TICK_PX / 2; at < view.width; at += TICK_PX / 2) {
    const time = Math.round(timeAt(view, scale, at) / step) * step;
    const x = xOf(view, scale, time);
    if (time < 0 || Math.abs(x - at) > TICK_PX / 3 || x > view.width - 20) continue;
    if (x - (out.at(-1)?.x ?? -TICK_PX) < TICK_PX * 0.75) continue;
    out.push({ x, time });
  }
  return out;
}
