/** A moment that can be returned to. */
export interface Mark<State> {
  readonly step: number;
  readonly state: State;
}

/** A mark, and the bytes it adds to the one before it. */
interface Kept<State> extends Mark<State> {
  readonly bytes: number;
}

/** Most marks kept, and most bytes: beyond either, every second mark goes and the distance doubles. */
export const MARKS_MAX = 1024;
export const MARK_BYTES_MAX = 96 * 1024 * 1024;
/** Work between marks at first. */
const DISTANCE_FIRST = 512;

/**
 * Checkpoints of a run at growing distances: with replay from the nearest one before, any step can
 * be reached again, and a run of any length keeps a bounded number of them in bounded memory.
 *
 * Distances are in work, a number that grows with the run: a step counts 1, one that is costlier to
 * repeat more, so that no replay takes long.
 */
export class History<State> {
  #marks: Kept<State>[] = [];
  #bytes = 0;
  #distance = DISTANCE_FIRST;
  #next = 0;
  readonly #bytesOf: (state: State, before: State | undefined) => number;

  /** `bytesOf` tells what a state needs that does not share its memory with the state before it. */
  constructor(bytesOf: (state: State, before: State | undefined) => number = () => 0) {
    this.#bytesOf = bytesOf;
  }

  /** Whether a mark is due after that much work; then give it to {@link keep}. */
  due(work: number): boolean {
    return work >= this.#next;
  }

  keep(step: number, state: State, work = step): void {
    const bytes = this.#bytesOf(state, this.#marks.at(-1)?.state);
    this.#marks.push({ step, state, bytes });
    this.#bytes += bytes;
    const many = this.#marks.length > MARKS_MAX || this.#bytes > MARK_BYTES_MAX;
    if (many && this.#marks.length > 2) this.#thin();
    this.#next = work + this.#distance;
  }

  /** Lets every second mark go, but for the first and the last. */
  #thin(): void {
    const last = this.#marks.length - 1;
    const left = this.#marks.filter((_, i) => i % 2 === 0 || i === last);
    this.#marks = left.map((mark, i) => ({
      ...mark,
      bytes: this.#bytesOf(mark.state, left[i - 1]?.state),
    }));
    this.#distance *= 2;
    this.#sum();
  }

  #sum(): void {
    this.#bytes = this.#marks.reduce((sum, mark) => sum + mark.bytes, 0);
  }

  /** Bytes of all marks, as told. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#marks.length;
  }

  /** The mark of the beginning. */
  get first(): Mark<State> | undefined {
    return this.#marks[0];
  }

  /** The last mark at or before a step. */
  before(step: number): Mark<State> | undefined {
    return this.#marks.findLast((mark) => mark.step <= step);
  }

  /** Forgets what lies after a step: another future begins there, after that much work. */
  cut(step: number, work = step): void {
    this.#marks = this.#marks.filter((mark) => mark.step <= step);
    this.#sum();
    this.#next = Math.min(this.#next, work + this.#distance);
  }
}
