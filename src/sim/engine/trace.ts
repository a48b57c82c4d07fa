import {
  FACT,
  FACTS,
  ROW,
  type PassageRecorder,
  type PassageRow,
  type Row,
  type Told,
} from '../base/record.ts';

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
/**
 * Kinds from here on are passages, by number: b, c and d are the serials of the message and its IPI,
 * and the number of log records. The entry that follows has the rest, and no rows of its own.
 */
const PASSAGE = 0xe0;
const MORE = RUN - 1;
const BYTES_BITS = 12;
const BYTES_MASK = (1 << BYTES_BITS) - 1;
const DEPTH_BITS = 8;
const DEPTH_MASK = 0xff;

/** Columns of zeros for `count` rows from `from` on. */
const columns = (from: number, count: number): Columns => ({
  from,
  time: new Float64Array(count),
  a: new Float64Array(count),
  kind: new Uint8Array(count),
  cpu: new Int16Array(count),
  b: new Int32Array(count),
  c: new Int32Array(count),
  d: new Int32Array(count),
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

/**
 * The record of a run: append-only within a window. Rows are numbered from 0 for ever.
 *
 * What lies in the window are entries: a row, or a run of steps that followed each other, which is
 * most of the rows in a quarter of the entries, or a passage, which is two. An entry lies in two arrays, not one a column: each
 * array written costs as much as the entry itself.
 */
export class Trace implements PassageRecorder {
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

  readonly #passages: readonly (readonly PassageRow[])[];
  readonly #one = columns(0, 1);
  /** What the passage was told with that is looked at. */
  readonly #facts = new Float64Array(FACTS);

  /** `passages` are the rows that {@link passage} stands for, by its number. */
  constructor(passages: readonly (readonly PassageRow[])[] = [], entriesMax = TRACE_ENTRIES_MAX) {
    this.#passages = passages;
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

  passage(
    number: number,
    time: number,
    cpu: number,
    place: number,
    other: number,
    serial: number,
    flight: number,
    log: number,
    bytes: number,
    apic: number,
    type: number,
    subtype: number,
    kernel: number,
  ): void {
    const rows = this.#passages[number]!.length;
    const known = this.end - this.head;
    this.head += rows;
    if (known >= rows) return;
    this.#enter(PASSAGE + number, time, cpu, place, serial, flight, log);
    this.end += rows - known;
    this.#enter(MORE, time, (apic << BYTES_BITS) | bytes, other, type, subtype, kernel);
    if (known > 0) this.#spell(this.#entries - 2, known, rows, this.end - rows + known);
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
    const kind = this.#words[at]! & KIND_MASK;
    if (kind < PASSAGE) return 1;
    if (kind === MORE) return 0;
    return kind === RUN ? this.#words[at + 2]! : this.#passages[kind - PASSAGE]!.length;
  }

  /** Replaces a passage that is last by some of its rows, an entry each; the first is row `end`. */
  #spell(entry: number, from: number, to: number, end: number): void {
    const { kind, time, cpu, a, b, c, d } = columns(end, to - from);
    this.#put({ from, kind, time, cpu, a, b, c, d }, 0, entry, from);
    this.#entries = entry;
    this.end = end;
    for (let n = 0; n < kind.length; n++) {
      this.#enter(kind[n]!, time[n]!, cpu[n]!, a[n]!, b[n]!, c[n]!, d[n]!);
      this.end++;
    }
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
    const { kind, time, cpu, a, b, c, d } = this.#one;
    this.#put(this.#one, 0, this.#near, index - this.#nearRow);
    return {
      index,
      kind: kind[0]! as Row, // only row(), steps() and passage() write it
      time: time[0]!,
      cpu: cpu[0]!,
      a: a[0]!,
      b: b[0]!,
      c: c[0]!,
      d: d[0]!,
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
    // The entry before begins too early; a row of it need not.
    let before = low - 1;
    while (this.#count(before) === 0 && before > this.#first) before--;
    const { from, time: times } = this.#expand(this.#rowOf(before), this.#count(before));
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
      const kept = end - this.#nearRow;
      const kind = this.#words[at]! & KIND_MASK;
      this.#entries = this.#near + (kind >= PASSAGE && kind < MORE ? 2 : 1);
      if (kind === RUN) this.#words[at + 2] = kept;
      else if (kept < this.#count(this.#near)) this.#spell(this.#near, 0, kept, this.#nearRow);
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
    const out = columns(first, count);
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
    if (kind === MORE) return n;
    const cpu = words[WORDS * i]! >> KIND_BITS;
    const time = this.#doubles[DOUBLES * i]!;
    const b = words[WORDS * i + 1]!;
    const c = words[WORDS * i + 2]!;
    const d = words[WORDS * i + 3]!;
    if (kind >= PASSAGE && kind !== RUN) return this.#putPassage(out, n, entry, skip);
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

  /** As {@link #put}, of a passage. */
  #putPassage(out: Columns, n: number, entry: number, skip: number): number {
    const facts = this.#facts;
    this.#readFacts(entry);
    const rows =
      this.#passages[(this.#words[WORDS * (entry & this.#mask)]! & KIND_MASK) - PASSAGE]!;
    const behind = Math.min(rows.length, skip + out.kind.length - n);
    const tell = ([fact, plus]: Told): number => facts[fact]! + plus;
    for (let r = skip; r < behind; r++, n++) {
      const { at, kind, a, b, c, d } = rows[r]!;
      out.time[n] = facts[FACT.start]! + at;
      out.a[n] = tell(a);
      out.kind[n] = kind;
      out.cpu[n] = facts[FACT.cpu]!;
      out.b[n] = tell(b);
      out.c[n] = tell(c);
      out.d[n] = tell(d);
    }
    return n;
  }

  /** What the passage at an entry and the one behind it was told with. */
  #readFacts(entry: number): void {
    const facts = this.#facts;
    const i = entry & this.#mask;
    const more = (entry + 1) & this.#mask;
    const doubles = this.#doubles;
    const words = this.#words;
    facts[FACT.start] = doubles[DOUBLES * i]!;
    facts[FACT.place] = doubles[DOUBLES * i + 1]!;
    facts[FACT.other] = doubles[DOUBLES * more + 1]!;
    facts[FACT.cpu] = words[WORDS * i]! >> KIND_BITS;
    facts[FACT.serial] = words[WORDS * i + 1]!;
    facts[FACT.flight] = words[WORDS * i + 2]!;
    facts[FACT.log] = words[WORDS * i + 3]!;
    facts[FACT.bytes] = (words[WORDS * more]! >> KIND_BITS) & BYTES_MASK;
    facts[FACT.apic] = words[WORDS * more]! >> (KIND_BITS + BYTES_BITS);
    facts[FACT.type] = words[WORDS * more + 1]!;
    facts[FACT.subtype] = words[WORDS * more + 2]!;
    facts[FACT.kernel] = words[WORDS * more + 3]!;
  }
}
