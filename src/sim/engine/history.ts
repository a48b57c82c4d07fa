/** A moment that can be returned to. */
export interface Mark<State> {
  readonly step: number;
  readonly state: State;
}

/** Marks kept at most; beyond, every second one goes and the distance doubles. */
export const MARKS_MAX = 256;
/** Steps between marks at first. */
const DISTANCE_FIRST = 512;

/**
 * Checkpoints of a run at growing distances: with replay from the nearest one before, any step can
 * be reached again, and a run of any length keeps at most {@link MARKS_MAX} of them.
 */
export class History<State> {
  #marks: Mark<State>[] = [];
  #distance = DISTANCE_FIRST;

  /** Whether a mark is due at that step; then give it to {@link keep}. */
  due(step: number): boolean {
    const last = this.#marks.at(-1);
    return last === undefined || step >= last.step + this.#distance;
  }

  keep(step: number, state: State): void {
    this.#marks.push({ step, state });
    if (this.#marks.length <= MARKS_MAX) return;
    this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
    this.#distance *= 2;
  }

  /** The mark of the beginning. */
  get first(): Mark<State> | undefined {
    return this.#marks[0];
  }

  /** The last mark at or before a step. */
  before(step: number): Mark<State> | undefined {
    return this.#marks.findLast((mark) => mark.step <= step);
  }

  /** Forgets what lies after a step: another future begins there. */
  cut(step: number): void {
    this.#marks = this.#marks.filter((mark) => mark.step <= step);
  }
}
