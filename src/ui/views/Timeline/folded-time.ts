import { Columns, upperBound } from './columns.ts';

/** Nothing may happen for this long before the stretch is folded, in ns. */
export const FOLD_MIN_NS = 2500;
/** What a folded stretch takes on the scale, in ns. */
export const FOLD_SHOWN_NS = 250;

/** A stretch in which nothing happens. */
export interface Fold {
  readonly from: number;
  readonly to: number;
}

/**
 * A scale of time on which stretches without events are short. Position is in "shown" nanoseconds:
 * real ones, less what the folds before took away. Both ways are monotonous and continuous.
 */
export class FoldedTime {
  /** `cut`: ns taken away by this fold and those before it. */
  readonly #folds = new Columns({ from: 'f64', to: 'f64', cut: 'f64' });
  #last = 0;
  #folding: boolean;

  constructor(folding = true) {
    this.#folding = folding;
  }

  /** Whether stretches are folded at all. */
  get folding(): boolean {
    return this.#folding;
  }
  set folding(on: boolean) {
    this.#folding = on;
  }

  /** What each fold takes on the scale, in ns; 0 while nothing is folded. */
  get foldWidth(): number {
    return this.#folding ? FOLD_SHOWN_NS : 0;
  }

  get count(): number {
    return this.#folding ? this.#folds.length : 0;
  }

  fold(index: number): Fold {
    const { from, to } = this.#folds.at;
    return { from: from[index]!, to: to[index]! };
  }

  /** Tells of something that happens at `time`; times that go back a little do no harm. */
  event(time: number): void {
    const gap = time - this.#last;
    if (gap > FOLD_MIN_NS) {
      const count = this.#folds.length;
      const before = count === 0 ? 0 : this.#folds.at.cut[count - 1]!;
      this.#folds.push({ from: this.#last, to: time, cut: before + gap - FOLD_SHOWN_NS });
    }
    if (gap > 0) this.#last = time;
  }

  /** Where on the scale a time is. */
  shown(time: number): number {
    if (!this.#folding) return time;
    const { from, to, cut } = this.#folds.at;
    const index = upperBound(from, time, 0, this.#folds.length) - 1;
    if (index < 0) return time;
    const start = from[index]!;
    const end = to[index]!;
    if (time >= end) return time - cut[index]!;
    const before = index === 0 ? 0 : cut[index - 1]!;
    return start - before + ((time - start) / (end - start)) * FOLD_SHOWN_NS;
  }

  /** The time at a place on the scale: the inverse of {@link shown}. */
  time(shown: number): number {
    if (!this.#folding) return shown;
    const index = this.#foldBefore(shown);
    if (index < 0) return shown;
    const { from, to, cut } = this.#folds.at;
    const before = index === 0 ? 0 : cut[index - 1]!;
    const into = shown - (from[index]! - before);
    if (into >= FOLD_SHOWN_NS) return shown + cut[index]!;
    return from[index]! + (into / FOLD_SHOWN_NS) * (to[index]! - from[index]!);
  }

  /** The last fold that begins at or before a place on the scale, -1 for none. */
  #foldBefore(shown: number): number {
    const { from, cut } = this.#folds.at;
    let low = 0;
    let high = this.#folds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const before = middle === 0 ? 0 : cut[middle - 1]!;
      if (from[middle]! - before > shown) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  /** Numbers of the folds that touch a range of times: `[first, end)`. */
  foldsIn(first: number, last: number): readonly [first: number, end: number] {
    if (!this.#folding) return [0, 0];
    const { from, to } = this.#folds.at;
    const begin = upperBound(to, first, 0, this.#folds.length);
    return [begin, Math.max(begin, upperBound(from, last, begin, this.#folds.length))];
  }
}
