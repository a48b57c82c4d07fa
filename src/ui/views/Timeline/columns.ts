/** How a column keeps its numbers. */
const MAKERS = {
  f64: Float64Array,
  i32: Int32Array,
  i16: Int16Array,
  u8: Uint8Array,
} as const;
type Kind = keyof typeof MAKERS;
type Spec = Readonly<Record<string, Kind>>;
type At<S extends Spec> = { [Name in keyof S]: InstanceType<(typeof MAKERS)[S[Name]]> };

/** Rows of numbers in one typed array a column: grows by doubling, never gives room back. */
export class Columns<S extends Spec> {
  length = 0;
  readonly #spec: S;
  #capacity: number;
  #at: At<S>;

  constructor(spec: S, capacity = 256) {
    this.#spec = spec;
    this.#capacity = capacity;
    this.#at = this.#make(capacity);
  }

  /** The columns as they are now; a later {@link add} may replace them. */
  get at(): Readonly<At<S>> {
    return this.#at;
  }

  /**
   * Makes room for one more row and returns its number. Each of its columns is to be written then:
   * what stands there is 0 only if no row was ever dropped.
   */
  add(): number {
    if (this.length === this.#capacity) this.#grow();
    return this.length++;
  }

  /** Adds a row and returns its number: for rows that are not many. */
  push(row: Readonly<Record<keyof S, number>>): number {
    const index = this.add();
    for (const name in this.#at) this.#at[name][index] = row[name];
    return index;
  }

  /** Forgets the first `count` rows: the next one is number 0 then. */
  drop(count: number): void {
    for (const name in this.#at) this.#at[name].copyWithin(0, count, this.length);
    this.length -= count;
  }

  #make(capacity: number): At<S> {
    // Every name of the description is entered here, so the record is complete.
    return Object.fromEntries(
      Object.entries(this.#spec).map(([name, kind]) => [name, new MAKERS[kind](capacity)]),
    ) as At<S>;
  }

  #grow(): void {
    const before = this.#at;
    this.#capacity *= 2;
    this.#at = this.#make(this.#capacity);
    for (const name in before) this.#at[name].set(before[name]);
  }
}

/** First index in `[from, to)` whose value is greater than `value`; the column must be sorted. */
export function upperBound(column: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First index in `[from, to)` whose value is not less than `value`; the column must be sorted. */
export function lowerBound(column: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** As {@link upperBound}, for an answer that is near: costs what lies between, not what there is. */
export function upperBoundNear(
  column: Float64Array,
  value: number,
  from: number,
  to: number,
): number {
  let low = from;
  let stride = 1;
  while (low + stride < to && column[low + stride]! <= value) {
    low += stride;
    stride *= 2;
  }
  return upperBound(column, value, low, Math.min(to, low + stride + 1));
}

/** Numbers of rows of a table, in the order of one of its columns of times. */
export class Order {
  length = 0;
  /** The times, sorted. */
  times = new Float64Array(16);
  /** The row of each. */
  rows = new Int32Array(16);

  /** Enters a row. Most come in order; one that is late is put where it belongs. */
  enter(time: number, row: number): void {
    if (this.length === this.rows.length) this.#grow();
    let i = this.length++;
    for (; i > 0 && this.times[i - 1]! > time; i--) {
      this.times[i] = this.times[i - 1]!;
      this.rows[i] = this.rows[i - 1]!;
    }
    this.times[i] = time;
    this.rows[i] = row;
  }

  #grow(): void {
    const { times, rows } = this;
    this.times = new Float64Array(2 * times.length);
    this.times.set(times);
    this.rows = new Int32Array(2 * rows.length);
    this.rows.set(rows);
  }
}
