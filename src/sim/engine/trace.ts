import { ROW, type Recorder, type Row } from '../base/record.ts';

/** Entries by which the window grows and moves on. */
export const CHUNK_ENTRIES = 65536;
/**
 * Entries the window holds, 67 MB when full: a row of its own or a run of steps each, so about 4
 * million rows of a usual run. Older ones fall out and are rebuilt by replay. A power of two.
 */
const TRACE_ENTRIES_MAX = 32 * CHUNK_ENTRIES;
/** Of every 64th entry the number of the first row is kept: that is where a search for a row ends. */
const BLOCK_BITS = 6;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;
/** Rows so near to the one looked for last are walked to. */
const NEAR = 256;

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

/** Doubles of an entry (time, a), and words (kind and CPU in one, then b, c, d). */
const DOUBLES = 2;
const WORDS = 4;
const KIND_BITS = 8;
const KIND_MASK = 0xff;
/**
 * The kind of an entry that is a run of steps: b is the first program counter, c how many, d both
 * depths.
 */
const RUN = KIND_MASK;
const DEPTH_BITS = 8;
const DEPTH_MASK = 0xff;

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
 * What lies in the window are entries: a row, or a run of steps that followed each other, which is
 * most of the rows in a quarter of the entries. An entry lies in two arrays, not one a column: each
 * array written costs as much as the entry itself.
 */
export class Trace implements Recorder {
  /** Rows taken down so far: the number a new one gets. */
  end = 0;
  /** Rows that have happened at the present moment; fewer than `end` after going back. */
  head = 0;
  #begin = 0;
  /** Entries so far, and the first one still in the window; counted for ever, like rows. */
  #entries = 0;
  #first = 0;
  /** The entries, by number modulo those there is room for: a power of two up to the window. */
  #doubles = new Float64Array(DOUBLES * CHUNK_ENTRIES);
  #words = new Int32Array(WORDS * CHUNK_ENTRIES);
  #mask = CHUNK_ENTRIES - 1;
  /** Number of the first row of each block of entries. */
  #rows = new Float64Array(CHUNK_ENTRIES >> BLOCK_BITS);
  /** The entry a row was looked for in last, and its first row. */
  #near = 0;
  #nearRow = 0;
  readonly #entriesMax: number;
  /** What all steps before each place of the program cost, in ns. */
  #elapsed: Float64Array = new Float64Array(1);

  constructor(entriesMax = TRACE_ENTRIES_MAX) {
    this.#entriesMax = 2 * CHUNK_ENTRIES;
    while (this.#entriesMax < entriesMax) this.#entriesMax *= 2;
  }

  /** First row still in the window. */
  get begin(): number {
    return this.#begin;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    // A replay makes the same rows again: they are counted, not written.
    if (this.head++ < this.end) return;
    this.#enter(kind, time, cpu, a, b, c, d);
    this.end++;
  }

  steps(
    elapsed: Float64Array,
    time: number,
    cpu: number,
    pc: number,
    count: number,
    after: number,
    before: number,
  ): void {
    const known = this.end - this.head;
    this.head += count;
    if (known >= count) return;
    this.#elapsed = elapsed;
    const from = pc + known;
    const at = time + (elapsed[from]! - elapsed[pc]!);
    this.#enter(RUN, at, cpu, 0, from, count - known, (before << DEPTH_BITS) | after);
    this.end = this.head;
  }

  #enter(
    kind: number,
    time: number,
    cpu: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): void {
    const entry = this.#entries++;
    if ((entry & (CHUNK_ENTRIES - 1)) === 0) this.#turn(entry);
    const i = entry & this.#mask;
    if ((i & BLOCK_MASK) === 0) this.#rows[i >> BLOCK_BITS] = this.end;
    const doubles = this.#doubles;
    const words = this.#words;
    doubles[DOUBLES * i] = time;
    doubles[DOUBLES * i + 1] = a;
    words[WORDS * i] = (cpu << KIND_BITS) | kind;
    words[WORDS * i + 1] = b;
    words[WORDS * i + 2] = c;
    words[WORDS * i + 3] = d;
  }

  /**
   * Makes room for {@link CHUNK_ENTRIES} more from `entry` on: more of it, or the oldest ones' when
   * the window is full.
   */
  #turn(entry: number): void {
    const room = this.#mask + 1;
    if (entry - this.#first > room - CHUNK_ENTRIES && room < this.#entriesMax)
      this.#grow(room, entry);
    const first = entry - this.#entriesMax + CHUNK_ENTRIES;
    if (first <= this.#first) return;
    this.#first = first;
    this.#begin = this.#rows[(first & this.#mask) >> BLOCK_BITS]!;
    this.#nearFirst();
  }

  #nearFirst(): void {
    this.#near = this.#first;
    this.#nearRow = this.#begin;
  }

  #grow(room: number, entry: number): void {
    const doubles = new Float64Array(2 * DOUBLES * room);
    const words = new Int32Array(2 * WORDS * room);
    const rows = new Float64Array((2 * room) >> BLOCK_BITS);
    // What lay at its number modulo the old room goes to its number modulo the new one.
    for (let at = entry - room; at < entry; at += CHUNK_ENTRIES) {
      const from = at & (room - 1);
      const to = at & (2 * room - 1);
      const behind = from + CHUNK_ENTRIES;
      doubles.set(this.#doubles.subarray(DOUBLES * from, DOUBLES * behind), DOUBLES * to);
      words.set(this.#words.subarray(WORDS * from, WORDS * behind), WORDS * to);
      rows.set(this.#rows.subarray(from >> BLOCK_BITS, behind >> BLOCK_BITS), to >> BLOCK_BITS);
    }
    this.#doubles = doubles;
    this.#words = words;
    this.#rows = rows;
    this.#mask = 2 * room - 1;
  }

  /** How many rows an entry stands for. */
  #count(entry: number): number {
    const at = WORDS * (entry & this.#mask);
    return (this.#words[at]! & KIND_MASK) === RUN ? this.#words[at + 2]! : 1;
  }

  /** Sets {@link #near} to the entry in which a row of the window is. */
  #find(row: number): void {
    if (Math.abs(row - this.#nearRow) > NEAR) this.#leap(row);
    let entry = this.#near;
    let first = this.#nearRow;
    while (first > row) first -= this.#count(--entry);
    for (let rows = this.#count(entry); first + rows <= row; rows = this.#count(entry)) {
      first += rows;
      entry++;
    }
    this.#near = entry;
    this.#nearRow = first;
  }

  /** Sets {@link #near} to the first entry of the block in which a row is. */
  #leap(row: number): void {
    const blocks = this.#mask >> BLOCK_BITS;
    let low = Math.floor(this.#first / (BLOCK_MASK + 1));
    let high = Math.floor((this.#entries - 1) / (BLOCK_MASK + 1));
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#rows[middle & blocks]! <= row) low = middle;
      else high = middle - 1;
    }
    const entry = low * (BLOCK_MASK + 1);
    if (entry <= this.#first) return this.#nearFirst();
    this.#near = entry;
    this.#nearRow = this.#rows[low & blocks]!;
  }

  /** Number of the first row of an entry in the window. */
  #rowOf(entry: number): number {
    const block = entry - (entry & BLOCK_MASK);
    const isFirst = block <= this.#first;
    let row = isFirst ? this.#begin : this.#rows[(block & this.#mask) >> BLOCK_BITS]!;
    for (let at = isFirst ? this.#first : block; at < entry; at++) row += this.#count(at);
    return row;
  }

  at(index: number): TraceRow | undefined {
    if (index < this.#begin || index >= this.end) return undefined;
    this.#find(index);
    const i = this.#near & this.#mask;
    const words = this.#words;
    const doubles = this.#doubles;
    const first = words[WORDS * i]!;
    const row = {
      index,
      kind: (first & KIND_MASK) as Row, // only row() and steps() write it
      time: doubles[DOUBLES * i]!,
      cpu: first >> KIND_BITS,
      a: doubles[DOUBLES * i + 1]!,
      b: words[WORDS * i + 1]!,
      c: words[WORDS * i + 2]!,
      d: words[WORDS * i + 3]!,
    };
    return (first & KIND_MASK) === RUN ? this.#stepOf(row, index - this.#nearRow) : row;
  }

  /** The row of a step of a run. */
  #stepOf(run: TraceRow, n: number): TraceRow {
    const elapsed = this.#elapsed;
    const pc = run.b + n;
    return {
      ...run,
      kind: ROW.step,
      time: run.time + (elapsed[pc]! - elapsed[run.b]!),
      a: elapsed[pc + 1]! - elapsed[pc]!,
      b: pc,
      c: run.d & DEPTH_MASK,
      d: run.d >> DEPTH_BITS,
    };
  }

  /** First row of the window whose time is not before `time`. */
  firstAt(time: number): number {
    let low = this.#first;
    let high = this.#entries;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#doubles[DOUBLES * (middle & this.#mask)]! < time) low = middle + 1;
      else high = middle;
    }
    if (low === this.#first) return this.#begin;
    // The entry before begins too early; a step of it need not.
    const { from, time: times } = this.#expand(this.#rowOf(low - 1), this.#count(low - 1));
    const within = times.findIndex((each) => each >= time);
    return from + (within < 0 ? times.length : within);
  }

  /**
   * Forgets the rows from `end` on, as a run that goes back does. What had fallen out before stays
   * out; an `end` before the window leaves it empty there.
   */
  cut(end: number): void {
    if (end <= this.#begin) {
      this.#begin = end;
      this.#first = this.#entries;
      this.#nearFirst();
    } else if (end < this.end) {
      this.#find(end - 1);
      const at = WORDS * (this.#near & this.#mask);
      if ((this.#words[at]! & KIND_MASK) === RUN) this.#words[at + 2] = end - this.#nearRow;
      this.#entries = this.#near + 1;
    }
    this.end = end;
    this.head = end;
  }

  /** Rows `[from, to)` as fresh columns, ready to be transferred. */
  slice(from: number, to: number): Columns {
    const first = Math.max(from, this.#begin);
    return this.#expand(first, Math.max(0, Math.min(to, this.end) - first));
  }

  #expand(first: number, count: number): Columns {
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
    if (count === 0) return out;
    this.#find(first);
    let entry = this.#near;
    let skip = first - this.#nearRow;
    for (let n = 0; n < count; entry++, skip = 0) n = this.#put(out, n, entry, skip);
    return out;
  }

  /** Writes the rows of an entry into `out` from row `n` on, but for the first `skip`. */
  #put(out: Columns, n: number, entry: number, skip: number): number {
    const i = entry & this.#mask;
    const words = this.#words;
    const kind = words[WORDS * i]! & KIND_MASK;
    const cpu = words[WORDS * i]! >> KIND_BITS;
    const time = this.#doubles[DOUBLES * i]!;
    const b = words[WORDS * i + 1]!;
    const c = words[WORDS * i + 2]!;
    const d = words[WORDS * i + 3]!;
    if (kind !== RUN) {
      out.time[n] = time;
      out.a[n] = this.#doubles[DOUBLES * i + 1]!;
      out.kind[n] = kind;
      out.cpu[n] = cpu;
      out.b[n] = b;
      out.c[n] = c;
      out.d[n] = d;
      return n + 1;
    }
    const elapsed = this.#elapsed;
    const behind = Math.min(b + c, b + skip + out.kind.length - n);
    for (let pc = b + skip; pc < behind; pc++, n++) {
      out.time[n] = time + (elapsed[pc]! - elapsed[b]!);
      out.a[n] = elapsed[pc + 1]! - elapsed[pc]!;
      out.kind[n] = ROW.step;
      out.cpu[n] = cpu;
      out.b[n] = pc;
      out.c[n] = d & DEPTH_MASK;
      out.d[n] = d >> DEPTH_BITS;
    }
    return n;
  }
}
