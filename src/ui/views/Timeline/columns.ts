/** Rows of numbers in one typed array a column: grows by doubling, never gives room back. */
export class Columns<Name extends string> {
  length = 0;
  readonly #names: readonly Name[];
  #at: Record<Name, Float64Array>;

  constructor(names: readonly Name[], capacity = 256) {
    this.#names = names;
    // Every name is entered here, so the record is complete.
    this.#at = Object.fromEntries(
      names.map((name) => [name, new Float64Array(capacity)]),
    ) as Record<Name, Float64Array>;
  }

  /** The columns as they are now; a later {@link push} may replace them. */
  get at(): Readonly<Record<Name, Float64Array>> {
    return this.#at;
  }

  /** Adds a row and returns its number. Columns that are not named stay 0. */
  push(row: Partial<Record<Name, number>>): number {
    const index = this.length;
    if (index === this.#at[this.#names[0]!].length) this.#grow();
    for (const name of this.#names) this.#at[name][index] = row[name] ?? 0;
    this.length++;
    return index;
  }

  /** Forgets the first `count` rows: the next one is number 0 then. */
  drop(count: number): void {
    for (const name of this.#names) this.#at[name].copyWithin(0, count, this.length);
    this.length -= count;
  }

  #grow(): void {
    for (const name of this.#names) {
      const bigger = new Float64Array(this.#at[name].length * 2);
      bigger.set(this.#at[name]);
      this.#at[name] = bigger;
    }
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
