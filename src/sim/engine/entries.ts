import {
  FACT,
  FACTS,
  isStepRow,
  ROW,
  type PassageRow,
  type Row,
  type Told,
} from '../base/record.ts';
import type { Columns } from './columns.ts';

/** Entries by which the window grows and moves on. */
export const CHUNK_ENTRIES = 65536;
/** Of every 64th entry the number of the first row is kept: that is where a search for a row ends. */
const BLOCK_BITS = 6;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;

/** Doubles of an entry (time, a), and words (kind and CPU in one, then b, c, d). */
export const DOUBLES = 2;
export const WORDS = 4;
export const KIND_BITS = 8;
const KIND_MASK = 0xff;
/**
 * The kind of an entry that is a run of steps: b is the first program counter, c how many, d both
 * depths.
 */
export const RUN = KIND_MASK;
/**
 * Kinds from here on are passages, by number: b, c and d are the serials of the message and its IPI,
 * and the number of log records. The entry that follows has the rest, and no rows of its own.
 */
export const PASSAGE = 0xe0;
export const MORE = RUN - 1;
export const BYTES_BITS = 12;
const BYTES_MASK = (1 << BYTES_BITS) - 1;
export const DEPTH_BITS = 8;
const DEPTH_MASK = 0xff;

/** Whether a row of a passage is a step, which its kind alone says: nobody drains a store there. */
const isStepIn = ({ kind }: PassageRow): boolean => isStepRow(kind, 0);

/**
 * What lies in the window of a trace: a row, or a run of steps that followed each other, which is most
 * of the rows in a quarter of the entries, or a passage, which is two. They are counted for ever, and
 * the oldest fall out a chunk at a time.
 *
 * An entry lies in two arrays, not one a column: each array written costs as much as the entry itself.
 */
export class Entries {
  /** Entries so far, and the first one still there. */
  count = 0;
  first = 0;
  /** Number of the first row of the first one. */
  begin = 0;
  /** By number modulo those there is room for: a power of two up to the most. */
  doubles = new Float64Array(DOUBLES * CHUNK_ENTRIES);
  words = new Int32Array(WORDS * CHUNK_ENTRIES);
  #mask = CHUNK_ENTRIES - 1;
  /** Number of the first row of each block of entries. */
  #rows = new Float64Array(CHUNK_ENTRIES >> BLOCK_BITS);
  readonly #most: number;
  /** What all steps before each place of the program cost, in ns. */
  elapsed: Float64Array = new Float64Array(1);
  readonly #passages: readonly (readonly PassageRow[])[];
  /** How many steps are in each, once somebody has asked. */
  readonly #steps: number[] = [];
  /** What the passage was told with that is looked at. */
  readonly #facts = new Float64Array(FACTS);

  /** Keeps at least `most`; `passages` are the rows of each, by number. */
  constructor(passages: readonly (readonly PassageRow[])[], most: number) {
    this.#passages = passages;
    this.#most = 2 * CHUNK_ENTRIES;
    while (this.#most < most) this.#most *= 2;
  }

  /** How many rows a passage has. */
  rowsIn(passage: number): number {
    return this.#passages[passage]!.length;
  }

  /**
   * Makes a new entry, whose first row has that number, and says where it lies: twice that in
   * `doubles`, four times in `words`.
   */
  next(row: number): number {
    const entry = this.count++;
    if ((entry & (CHUNK_ENTRIES - 1)) === 0) this.#turn(entry);
    const i = entry & this.#mask;
    if ((i & BLOCK_MASK) === 0) this.#rows[i >> BLOCK_BITS] = row;
    return i;
  }

  /**
   * Makes room for {@link CHUNK_ENTRIES} more from `entry` on: more of it, or the oldest ones' when
   * the window is full.
   */
  #turn(entry: number): void {
    const room = this.#mask + 1;
    if (entry - this.first > room - CHUNK_ENTRIES && room < this.#most) this.#grow(room, entry);
    const first = entry - this.#most + CHUNK_ENTRIES;
    if (first <= this.first) return;
    this.first = first;
    this.begin = this.#rows[(first & this.#mask) >> BLOCK_BITS]!;
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
      doubles.set(this.doubles.subarray(DOUBLES * from, DOUBLES * behind), DOUBLES * to);
      words.set(this.words.subarray(WORDS * from, WORDS * behind), WORDS * to);
      rows.set(this.#rows.subarray(from >> BLOCK_BITS, behind >> BLOCK_BITS), to >> BLOCK_BITS);
    }
    this.doubles = doubles;
    this.words = words;
    this.#rows = rows;
    this.#mask = 2 * room - 1;
  }

  /** Forgets all; the next row is that number. */
  clear(row: number): void {
    this.first = this.count;
    this.begin = row;
  }

  /** Shortens an entry, if it is a run of steps, to its first ones. */
  shorten(entry: number, steps: number): void {
    const at = WORDS * (entry & this.#mask);
    if ((this.words[at]! & KIND_MASK) === RUN) this.words[at + 2] = steps;
  }

  #kind(entry: number): number {
    return this.words[WORDS * (entry & this.#mask)]! & KIND_MASK;
  }

  /** The entry behind one and what belongs to it. */
  behind(entry: number): number {
    const kind = this.#kind(entry);
    return entry + (kind >= PASSAGE && kind < MORE ? 2 : 1);
  }

  /** When its first row happened, in ns. */
  timeOf(entry: number): number {
    return this.doubles[DOUBLES * (entry & this.#mask)]!;
  }

  /** How many rows an entry stands for. */
  rowsOf(entry: number): number {
    const kind = this.#kind(entry);
    if (kind < PASSAGE) return 1;
    if (kind === MORE) return 0;
    return kind === RUN
      ? this.words[WORDS * (entry & this.#mask) + 2]!
      : this.#passages[kind - PASSAGE]!.length;
  }

  /** How many of them are steps. */
  stepsOf(entry: number): number {
    const kind = this.#kind(entry);
    if (kind < PASSAGE)
      return isStepRow(kind as Row, this.words[WORDS * (entry & this.#mask) + 2]!) ? 1 : 0;
    if (kind === RUN || kind === MORE) return this.rowsOf(entry);
    const passage = kind - PASSAGE;
    return (this.#steps[passage] ??= this.#passages[passage]!.filter(isStepIn).length);
  }

  /** Whether one of them is of one of these kinds. */
  has(entry: number, kinds: ReadonlySet<number>): boolean {
    const kind = this.#kind(entry);
    if (kind < PASSAGE) return kinds.has(kind);
    if (kind === RUN) return kinds.has(ROW.step);
    return kind !== MORE && this.#passages[kind - PASSAGE]!.some((row) => kinds.has(row.kind));
  }

  /** The last entry that starts a block and is not behind a row; the first one when there is none. */
  blockOf(row: number): number {
    const blocks = this.#mask >> BLOCK_BITS;
    let low = Math.floor(this.first / (BLOCK_MASK + 1));
    let high = Math.floor((this.count - 1) / (BLOCK_MASK + 1));
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#rows[middle & blocks]! <= row) low = middle;
      else high = middle - 1;
    }
    return Math.max(this.first, low * (BLOCK_MASK + 1));
  }

  /** Number of the first row of an entry. */
  rowOf(entry: number): number {
    const block = entry - (entry & BLOCK_MASK);
    const isFirst = block <= this.first;
    let row = isFirst ? this.begin : this.#rows[(block & this.#mask) >> BLOCK_BITS]!;
    for (let at = isFirst ? this.first : block; at < entry; at++) row += this.rowsOf(at);
    return row;
  }

  /** Writes the rows of an entry into `out` from row `n` on, but for the first `skip`. */
  put(out: Columns, n: number, entry: number, skip: number): number {
    const i = entry & this.#mask;
    const words = this.words;
    const kind = words[WORDS * i]! & KIND_MASK;
    if (kind === MORE) return n;
    const cpu = words[WORDS * i]! >> KIND_BITS;
    const time = this.doubles[DOUBLES * i]!;
    const b = words[WORDS * i + 1]!;
    const c = words[WORDS * i + 2]!;
    const d = words[WORDS * i + 3]!;
    if (kind >= PASSAGE && kind !== RUN) return this.#putPassage(out, n, entry, skip);
    if (kind !== RUN) {
      out.time[n] = time;
      out.a[n] = this.doubles[DOUBLES * i + 1]!;
      out.kind[n] = kind;
      out.cpu[n] = cpu;
      out.b[n] = b;
      out.c[n] = c;
      out.d[n] = d;
      return n + 1;
    }
    const elapsed = this.elapsed;
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
    const rows = this.#passages[(this.words[WORDS * (entry & this.#mask)]! & KIND_MASK) - PASSAGE]!;
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
    const doubles = this.doubles;
    const words = this.words;
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
