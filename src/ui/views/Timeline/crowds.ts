import { lowerBound, upperBound, upperBoundNear, type Order } from './columns.ts';
import { isLoud, type Line, type TimelineHistory } from './history.ts';
import { timeAt, xOf, type Look } from './scale.ts';

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
export interface PointMark {
  readonly x: number;
  readonly lane: number;
  readonly kind: number;
  readonly loud: boolean;
  /** Number in `TimelineHistory.marks`. */
  readonly mark: number;
  readonly count: number;
}

/** Points closer than this are one. */
const POINT_PX = 3;
/** Arrows of one view: with many pairs of CPUs those of more than one pixel are one. */
const ARROWS_MOST = 6000;
const ARROW_PX_MOST = 8;

/**
 * Arrows in view. Those of one pair of CPUs that leave in one pixel are one with a count, drawn as
 * the loudest of them: what is seen costs, not what flew.
 */
export function arrowsOf(
  history: TimelineHistory,
  look: Look,
  shows: (cpu: number) => boolean,
): ArrowMark[] {
  const out: ArrowMark[] = [];
  const all = history.lines.size * look.view.width;
  const px = Math.max(1, Math.min(ARROW_PX_MOST, Math.ceil(all / ARROWS_MOST)));
  for (const line of history.lines.values())
    if (shows(line.from) || shows(line.to)) arrowsOnLine(history, line, look, px, out);
  const { sent, from, to } = history.flights.at;
  for (const flight of history.flying.values()) {
    const shown = shows(from[flight]!) || shows(to[flight]!);
    if (shown && sent[flight]! <= look.last) out.push(arrowOf(history, flight, look, 1));
  }
  return out;
}

function arrowOf({ flights }: TimelineHistory, flight: number, look: Look, count: number) {
  const { sent, done, from, to, end, type } = flights.at;
  return {
    x1: xOf(look.view, look.scale, sent[flight]!),
    x2: xOf(look.view, look.scale, done[flight]!),
    ...{ from: from[flight]!, to: to[flight]!, end: end[flight]!, type: type[flight]! },
    ...{ flight, count },
  };
}

function arrowsOnLine(
  history: TimelineHistory,
  { all, merged, dropped, longest }: Line,
  look: Look,
  px: number,
  out: ArrowMark[],
): void {
  const { times, rows, length } = all;
  const { done } = history.flights.at;
  let i = lowerBound(times, look.first - longest, 0, length);
  while (i < length && times[i]! <= look.last) {
    const edge = edgeAfter(times[i]!, look, px);
    const next = Math.max(i + 1, upperBoundNear(times, edge, i, length));
    const [from, to] = [times[i]!, times[next - 1]!];
    const flight = oneIn(dropped, from, to) ?? oneIn(merged, from, to) ?? rows[i]!;
    if (done[flight]! >= look.first || done[rows[next - 1]!]! >= look.first)
      out.push(arrowOf(history, flight, look, next - i));
    i = next;
  }
}

/** Time at the right edge of the pixel (or group of `px`) that a time is in. */
function edgeAfter(time: number, { view, scale }: Look, px: number): number {
  const pixel = Math.floor(xOf(view, scale, time) / px);
  // Just before the next: what is exactly on its edge is in it.
  return timeAt(view, scale, (pixel + 1) * px) - 1e-6;
}

/** The first row of an order between two times, both included. */
function oneIn({ times, rows, length }: Order, from: number, to: number): number | undefined {
  const i = lowerBound(times, from, 0, length);
  return i < length && times[i]! <= to ? rows[i] : undefined;
}

/** Marks in view; those of one kind and CPU that are next to each other are one with a count. */
export function pointsOf(
  { marks, rows }: TimelineHistory,
  look: Look,
  shows: (cpu: number, kind: number, time: number) => boolean,
): PointMark[] {
  const out: PointMark[] = [];
  const { cpu, kind, b } = marks.at;
  for (const row of rows.values()) {
    const one = row.rows[0]!;
    const [lane, what] = [cpu[one]!, kind[one]!];
    const loud = isLoud(what, b[one]!);
    let i = upperBound(row.times, look.first, 0, row.length);
    while (i < row.length && row.times[i]! <= look.last) {
      const time = row.times[i]!;
      const edge = edgeAfter(time, look, POINT_PX);
      const next = Math.max(i + 1, upperBoundNear(row.times, edge, i, row.length));
      if (shows(lane, what, time))
        out.push({
          ...{ x: xOf(look.view, look.scale, time), lane, kind: what, loud },
          ...{ mark: row.rows[i]!, count: next - i },
        });
      i = next;
    }
  }
  return out;
}
