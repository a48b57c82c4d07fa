import type { Recorder, Row } from '../base/record.ts';

/** Rows in one chunk of columns. */
export const CHUNK_ROWS = 65536;
/**
 * Rows the window holds, about 140 MB when full; older ones fall out and are rebuilt by replay.
 * A power of two times {@link CHUNK_ROWS}.
 */
const TRACE_EVENTS_MAX = 64 * CHUNK_ROWS;

/** Columns of {@link CHUNK_ROWS} rows. What the columns mean is said in base/record.ts. */
export interface Chunk {
  readonly time: Float64Array;
  readonly a: Float64Array;
  readonly kind: Uint8Array;
  readonly cpu: Int16Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
}

const newChunk = (): Chunk => ({
  time: new Float64Array(CHUNK_ROWS),
  a: new Float64Array(CHUNK_ROWS),
  kind: new Uint8Array(CHUNK_ROWS),
  cpu: new Int16Array(CHUNK_ROWS),
  b: new Int32Array(CHUNK_ROWS),
  c: new Int32Array(CHUNK_ROWS),
  d: new Int32Array(CHUNK_ROWS),
});

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

/** The columnar record of a run: append-only within a window. Rows are numbered from 0 for ever. */
export class Trace implements Recorder {
  /** Rows taken down so far: the number a new one gets. */
  end = 0;
  /** Rows that have happened at the present moment; fewer than `end` after going back. */
  head = 0;
  #begin = 0;
  readonly #chunks: Chunk[] = [];
  #chunk: Chunk = newChunk();
  readonly #chunksMax: number;

  constructor(rowsMax = TRACE_EVENTS_MAX) {
    this.#chunksMax = Math.max(2, Math.ceil(rowsMax / CHUNK_ROWS));
    this.#chunks.push(this.#chunk);
  }

  /** First row still in the window. */
  get begin(): number {
    return this.#begin;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    // A replay makes the same rows again: they are counted, not written.
    if (this.head++ < this.end) return;
    const i = this.end & (CHUNK_ROWS - 1);
    if (i === 0 && this.end > 0) this.#turn();
    const chunk = this.#chunk;
    chunk.time[i] = time;
    chunk.a[i] = a;
    chunk.kind[i] = kind;
    chunk.cpu[i] = cpu;
    chunk.b[i] = b;
    chunk.c[i] = c;
    chunk.d[i] = d;
    this.end++;
  }

  /** Goes to the next chunk: a new one, or the oldest when the window is full. */
  #turn(): void {
    const slot = (this.end / CHUNK_ROWS) % this.#chunksMax;
    if (slot >= this.#chunks.length) this.#chunks.push(newChunk());
    this.#chunk = this.#chunks[slot]!;
    const first = this.end - (this.#chunksMax - 1) * CHUNK_ROWS;
    this.#begin = Math.max(this.#begin, first);
  }

  /** The chunk a row is in and its place there; undefined outside the window. */
  find(index: number): { chunk: Chunk; i: number } | undefined {
    if (index < this.#begin || index >= this.end) return undefined;
    const slot = Math.floor(index / CHUNK_ROWS) % this.#chunksMax;
    return { chunk: this.#chunks[slot]!, i: index % CHUNK_ROWS };
  }

  at(index: number): TraceRow | undefined {
    const found = this.find(index);
    if (!found) return undefined;
    const { chunk, i } = found;
    return {
      index,
      kind: chunk.kind[i] as Row, // only row() writes the column
      time: chunk.time[i]!,
      cpu: chunk.cpu[i]!,
      a: chunk.a[i]!,
      b: chunk.b[i]!,
      c: chunk.c[i]!,
      d: chunk.d[i]!,
    };
  }

  /** First row of the window whose time is not before `time`. */
  firstAt(time: number): number {
    let low = this.#begin;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.find(middle);
      if (found && found.chunk.time[found.i]! < time) low = middle + 1;
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
    // A full chunk is left as it is: the next row turns to its successor.
    const slot = Math.floor(Math.max(0, end - 1) / CHUNK_ROWS) % this.#chunksMax;
    while (this.#chunks.length <= slot) this.#chunks.push(newChunk());
    this.#chunk = this.#chunks[slot]!;
  }

  /** Rows `[from, to)` as fresh columns, ready to be transferred. */
  slice(from: number, to: number): Chunk & { readonly from: number } {
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
    for (let n = 0; n < count; n++) {
      const { chunk, i } = this.find(first + n)!;
      out.time[n] = chunk.time[i]!;
      out.a[n] = chunk.a[i]!;
      out.kind[n] = chunk.kind[i]!;
      out.cpu[n] = chunk.cpu[i]!;
      out.b[n] = chunk.b[i]!;
      out.c[n] = chunk.c[i]!;
      out.d[n] = chunk.d[i]!;
    }
    return out;
  }
}
