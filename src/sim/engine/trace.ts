import type { Recorder, Row } from '../base/record.ts';

/** Rows by which the window grows and moves on. */
export const CHUNK_ROWS = 65536;
/**
 * Rows the window holds, about 140 MB when full; older ones fall out and are rebuilt by replay.
 * A power of two.
 */
const TRACE_EVENTS_MAX = 64 * CHUNK_ROWS;

/** Rows as columns, to be read or transferred. What the columns mean is said in base/record.ts. */
export interface Columns {
  /** Number of the first row. */
  readonly from: number;
  readonly time: Float64Array;
  readonly a: Float64Array;
  readonly kind: Uint8Array;
  readonly cpu: Int16Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
}

/** Doubles of a row (time, a), and words (kind and CPU in one, then b, c, d). */
const DOUBLES = 2;
const WORDS = 4;
const KIND_BITS = 8;
const KIND_MASK = 0xff;

/** One row as an object: for people and tests, not for loops. */
export interface TraceRow {
  readonly index: number;
  readonly kind: Row;
  readonly time: number;
  readonly cpu: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * The record of a run: append-only within a window. Rows are numbered from 0 for ever.
 *
 * A row lies in two arrays, not one a column: each array written costs as much as the row itself.
 */
export class Trace implements Recorder {
  /** Rows taken down so far: the number a new one gets. */
  end = 0;
  /** Rows that have happened at the present moment; fewer than `end` after going back. */
  head = 0;
  #begin = 0;
  /** The rows, by number modulo the rows there is room for: a power of two up to the window. */
  #doubles = new Float64Array(DOUBLES * CHUNK_ROWS);
  #words = new Int32Array(WORDS * CHUNK_ROWS);
  #mask = CHUNK_ROWS - 1;
  readonly #rowsMax: number;

  constructor(rowsMax = TRACE_EVENTS_MAX) {
    this.#rowsMax = 2 * CHUNK_ROWS;
    while (this.#rowsMax < rowsMax) this.#rowsMax *= 2;
  }

  /** First row still in the window. */
  get begin(): number {
    return this.#begin;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    // A replay makes the same rows again: they are counted, not written.
    if (this.head++ < this.end) return;
    if ((this.end & (CHUNK_ROWS - 1)) === 0) this.#turn();
    const i = this.end++ & this.#mask;
    const doubles = this.#doubles;
    const words = this.#words;
    doubles[DOUBLES * i] = time;
    doubles[DOUBLES * i + 1] = a;
    words[WORDS * i] = (cpu << KIND_BITS) | kind;
    words[WORDS * i + 1] = b;
    words[WORDS * i + 2] = c;
    words[WORDS * i + 3] = d;
  }

  /** Makes room for {@link CHUNK_ROWS} more: more of it, or the oldest rows' when the window is full. */
  #turn(): void {
    const room = this.#mask + 1;
    if (this.end >= room && room < this.#rowsMax) {
      const doubles = new Float64Array(2 * DOUBLES * room);
      const words = new Int32Array(2 * WORDS * room);
      doubles.set(this.#doubles);
      words.set(this.#words);
      this.#doubles = doubles;
      this.#words = words;
      this.#mask = 2 * room - 1;
    }
    this.#begin = Math.max(this.#begin, this.end - this.#rowsMax + CHUNK_ROWS);
  }

  at(index: number): TraceRow | undefined {
    if (index < this.#begin || index >= this.end) return undefined;
    const i = index & this.#mask;
    const first = this.#words[WORDS * i]!;
    return {
      index,
      kind: (first & KIND_MASK) as Row, // only row() writes it
      time: this.#doubles[DOUBLES * i]!,
      cpu: first >> KIND_BITS,
      a: this.#doubles[DOUBLES * i + 1]!,
      b: this.#words[WORDS * i + 1]!,
      c: this.#words[WORDS * i + 2]!,
      d: this.#words[WORDS * i + 3]!,
    };
  }

  /** First row of the window whose time is not before `time`. */
  firstAt(time: number): number {
    let low = this.#begin;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#doubles[DOUBLES * (middle & this.#mask)]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Forgets the rows from `end` on, as a run that goes back does. What had fallen out before stays
   * out; an `end` before the window leaves it empty there.
   */
  cut(end: number): void {
    if (end < this.#begin) this.#begin = end;
    this.end = end;
    this.head = end;
  }

  /** Rows `[from, to)` as fresh columns, ready to be transferred. */
  slice(from: number, to: number): Columns {
    const first = Math.max(from, this.#begin);
    const count = Math.max(0, Math.min(to, this.end) - first);
    const out = {
      from: first,
      time: new Float64Array(count),
      a: new Float64Array(count),
      kind: new Uint8Array(count),
      cpu: new Int16Array(count),
      b: new Int32Array(count),
      c: new Int32Array(count),
      d: new Int32Array(count),
    };
    const doubles = this.#doubles;
    const words = this.#words;
    for (let n = 0; n < count; n++) {
      const i = (first + n) & this.#mask;
      out.time[n] = doubles[DOUBLES * i]!;
      out.a[n] = doubles[DOUBLES * i + 1]!;
      out.kind[n] = words[WORDS * i]! & KIND_MASK;
      out.cpu[n] = words[WORDS * i]! >> KIND_BITS;
      out.b[n] = words[WORDS * i + 1]!;
      out.c[n] = words[WORDS * i + 2]!;
      out.d[n] = words[WORDS * i + 3]!;
    }
    return out;
  }
}
