import { END } from './history.ts';
import type { ArrowMark } from './crowds.ts';

const LANE_LEAST = 11;
const LANE_MOST = 30;
const GAP = 0.26;

/** Where lanes are, in pixels from the top. */
export interface LaneBox {
  readonly count: number;
  readonly laneHeight: number;
  readonly height: number;
  /** Top and height of a bar; bars on top of others are a little lower. */
  readonly barTop: (lane: number) => number;
  readonly barHeight: number;
  readonly middle: (lane: number) => number;
  /** The CPU whose lane is at a height, -1 for none. */
  readonly laneAt: (y: number) => number;
  /** Whether a CPU has a lane. */
  readonly shows: (cpu: number) => boolean;
}

/**
 * As high as the room allows, but no lane so low that its number could not be read. `cpus` says
 * whose lanes there are, when it is not those of all of them.
 */
export function laneBox(count: number, room: number, cpus?: readonly number[]): LaneBox {
  const rows = cpus && new Map(cpus.map((cpu, row) => [cpu, row]));
  const rowOf = (cpu: number): number => (rows ? (rows.get(cpu) ?? -1) : cpu);
  const even = count === 0 ? LANE_MOST : room / count;
  const laneHeight = Math.max(LANE_LEAST, Math.min(LANE_MOST, even));
  const gap = Math.round(laneHeight * GAP);
  return {
    count,
    laneHeight,
    height: laneHeight * count,
    barHeight: Math.max(4, Math.round(laneHeight - gap)),
    barTop: (cpu) => Math.round(rowOf(cpu) * laneHeight + gap / 2),
    middle: (cpu) => (rowOf(cpu) + 0.5) * laneHeight,
    laneAt: (y) => {
      const row = Math.floor(y / laneHeight);
      return row >= 0 && row < count ? (cpus?.[row] ?? row) : -1;
    },
    shows: (cpu) => rowOf(cpu) >= 0 && rowOf(cpu) < count,
  };
}

/** Where an arrow begins and ends. What nobody takes falls down between two lanes. */
export function arrowPoints(
  arrow: ArrowMark,
  box: LaneBox,
): { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } {
  const lost = arrow.to < 0 || (arrow.end === END.dropped && arrow.to === arrow.from);
  // To and from a lane that is not shown an arrow is only seen to leave or to come.
  const away = box.laneHeight * (arrow.to > arrow.from ? 0.8 : -0.8);
  const y1 = box.shows(arrow.from) ? box.middle(arrow.from) : box.middle(arrow.to) - away;
  const y2 = lost
    ? y1 + box.laneHeight * 0.8
    : box.shows(arrow.to)
      ? box.middle(arrow.to)
      : y1 + away;
  const half = box.barHeight / 2;
  const down = y2 >= y1 ? 1 : -1;
  const self = arrow.to === arrow.from && !lost;
  // From edge to edge of the bars, so that both ends are seen.
  return {
    x1: arrow.x1,
    y1: y1 + (self ? half : half * down),
    x2: arrow.x2,
    y2: self ? y1 + half : lost ? y2 : y2 - half * down,
  };
}

/** The path of an arrow: an S whose ends stand straight, or a little loop to the own lane. */
export function arrowPath(arrow: ArrowMark, box: LaneBox): string {
  const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
  if (arrow.from === arrow.to) {
    const low = y1 + box.laneHeight * 0.32;
    return `M${px(x1)} ${px(y1)}C${px(x1)} ${px(low)} ${px(x2)} ${px(low)} ${px(x2)} ${px(y2)}`;
  }
  const bend = (y2 - y1) * 0.38;
  return `M${px(x1)} ${px(y1)}C${px(x1)} ${px(y1 + bend)} ${px(x2)} ${px(y2 - bend)} ${px(x2)} ${px(y2)}`;
}

/** Half-pixels are enough, and make short attributes. */
export const px = (value: number): number => Math.round(value * 2) / 2;
