import { Columns, upperBound } from './columns.ts';

/** Every so many steps one is remembered for ever; of the newest ones each is. */
const SPARSE = 256;
/** Newest steps whose times are known exactly: at least so many. */
export const STEPS_EXACT = 1 << 19;

/**
 * When each step of a run began. Ten million steps need no more room than two: the older ones are
 * known to within {@link SPARSE} steps.
 */
export class StepTimes {
  length = 0;
  readonly #sparse = new Columns({ time: 'f64' }, 256);
  readonly #exact = new Columns({ time: 'f64' }, 1024);
  /** Number of the first step of `#exact`. */
  #from = 0;

  push(time: number): void {
    if (this.length % SPARSE === 0) this.#sparse.push({ time });
    if (this.#exact.length >= 2 * STEPS_EXACT) {
      this.#exact.drop(STEPS_EXACT);
      this.#from += STEPS_EXACT;
    }
    const step = this.#exact.add();
    this.#exact.at.time[step] = time;
    this.length++;
  }

  /** When step number `index` began; for older ones when one shortly before did. */
  at(index: number): number | undefined {
    return index >= this.#from
      ? this.#exact.at.time[index - this.#from]
      : this.#sparse.at.time[Math.floor(index / SPARSE)];
  }

  /** Number of the first step that begins after `time`. */
  after(time: number): number {
    const exact = this.#exact;
    if (this.#from === 0 || time >= exact.at.time[0]!)
      return this.#from + upperBound(exact.at.time, time, 0, exact.length);
    const sparse = this.#sparse;
    const next = upperBound(sparse.at.time, time, 0, sparse.length);
    if (next === 0) return 0;
    const before = sparse.at.time[next - 1]!;
    const behind = next < sparse.length ? sparse.at.time[next]! : exact.at.time[0]!;
    const share = behind > before ? (time - before) / (behind - before) : 1;
    return Math.min(this.#from, Math.floor((next - 1 + share) * SPARSE) + 1);
  }
}
