import type { FoldedTime } from './folded-time.ts';

/** Which stretch is seen: in nanoseconds of the (folded) scale, and of pixels. */
export interface View {
  /** Place on the scale of the left edge. */
  readonly first: number;
  /** Scale a pixel. */
  readonly perPx: number;
  readonly width: number;
}

/** A view of a scale, and the times at its edges. */
export interface Look {
  readonly view: View;
  readonly scale: FoldedTime;
  readonly first: number;
  readonly last: number;
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

/** Folds closer than this would be a pattern, not a sign. */
const FOLD_MIN_PX = 5;
const TICK_PX = 104;

export const xOf = (view: View, scale: FoldedTime, time: number): number =>
  (scale.shown(time) - view.first) / view.perPx;
export const timeAt = (view: View, scale: FoldedTime, x: number): number =>
  scale.time(view.first + x * view.perPx);

export const lookAt = (view: View, scale: FoldedTime): Look => ({
  ...{ view, scale, first: timeAt(view, scale, -2), last: timeAt(view, scale, view.width) },
});

/** Folds in view, of what lies behind `since`. */
export function foldsOf({ view, scale, first, last }: Look, since = 0): FoldMark[] {
  const out: FoldMark[] = [];
  // All are as wide as each other: where none has room there is nothing to look for.
  if (scale.foldWidth / view.perPx < FOLD_MIN_PX) return out;
  const [begin, end] = scale.foldsIn(first, last);
  for (let i = begin; i < end; i++) {
    const { from, to } = scale.fold(i);
    if (to <= since) continue;
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
export function ticksOf({ view, scale }: Look): Tick[] {
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
