import { isStepRow, type PassageRecorder, type PassageRow, type Row } from '../base/record.ts';
import { columns, type Columns } from './columns.ts';
import {
  BYTES_BITS,
  CHUNK_ENTRIES,
  DEPTH_BITS,
  DOUBLES,
  Entries,
  KIND_BITS,
  MORE,
  PASSAGE,
  RUN,
  WORDS,
} from './entries.ts';

/**
 * Entries the window holds, 67 MB when full: about 4 million rows of a usual run, and five times as
 * many of messages nobody comes between. Older ones fall out and are rebuilt by replay. A power of two.
 */
const TRACE_ENTRIES_MAX = 32 * CHUNK_ENTRIES;
/** Rows so near to the one looked for last are walked to. */
const NEAR = 256;

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

/** The record of a run: append-only within a window. Rows are numbered from 0 for ever. */
export class Trace implements PassageRecorder {
  /** Rows taken down so far: the number a new one gets. */
  end = 0;
  /** Rows that have happened at the present moment; fewer than `end` after going back. */
  head = 0;
  readonly #entries: Entries;
  /** The entry a row was looked for in last, and its first row. */
  #near = 0;
  #nearRow = 0;
  readonly #one = columns(0, 1);

  /** `passages` are the rows that {@link passage} stands for, by its number. */
  constructor(passages: readonly (readonly PassageRow[])[] = [], entriesMax = TRACE_ENTRIES_MAX) {
    this.#entries = new Entries(passages, entriesMax);
  }

  /** First row still in the window. */
  get begin(): number {
    return this.#entries.begin;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    // A replay makes the same rows again: they are counted, not written.
    if (this.head++ < this.end) return;
    this.#enter(this.end++, kind, time, cpu, a, b, c, d);
  }

  #enter(
    row: number,
    kind: number,
    time: number,
    cpu: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ): void {
    const entries = this.#entries;
    const i = entries.next(row);
    const { doubles, words } = entries;
    doubles[DOUBLES * i] = time;
    doubles[DOUBLES * i + 1] = a;
    words[WORDS * i] = (cpu << KIND_BITS) | kind;
    words[WORDS * i + 1] = b;
    words[WORDS * i + 2] = c;
    words[WORDS * i + 3] = d;
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
    const from = pc + known;
    const at = time + (elapsed[from]! - elapsed[pc]!);
    this.#entries.elapsed = elapsed;
    const depths = (before << DEPTH_BITS) | after;
    this.#enter(this.end, RUN, at, cpu, 0, from, count - known, depths);
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
    const entries = this.#entries;
    const rows = entries.rowsIn(number);
    const known = this.end - this.head;
    this.head += rows;
    if (known >= rows) return;
    const entry = entries.count;
    this.#enter(this.end, PASSAGE + number, time, cpu, place, serial, flight, log);
    this.#enter(this.head, MORE, time, (apic << BYTES_BITS) | bytes, other, type, subtype, kernel);
    if (known > 0) this.#spell(entry, known, rows);
    else this.end = this.head;
  }

  /** Replaces a passage that is last by some of its rows, an entry each. */
  #spell(entry: number, from: number, to: number): void {
    const { kind, time, cpu, a, b, c, d } = columns(0, to - from);
    this.#entries.put({ from, kind, time, cpu, a, b, c, d }, 0, entry, from);
    this.#entries.count = entry;
    for (let n = 0; n < kind.length; n++)
      this.#enter(this.end++, kind[n]!, time[n]!, cpu[n]!, a[n]!, b[n]!, c[n]!, d[n]!);
  }

  /** Sets {@link #near} to the entry in which a row of the window is. */
  #find(row: number): void {
    const entries = this.#entries;
    if (Math.abs(row - this.#nearRow) > NEAR || this.#near < entries.first) {
      this.#near = entries.blockOf(row);
      this.#nearRow = entries.rowOf(this.#near);
    }
    let entry = this.#near;
    let first = this.#nearRow;
    while (first > row) first -= entries.rowsOf(--entry);
    for (let rows = entries.rowsOf(entry); first + rows <= row; rows = entries.rowsOf(entry)) {
      first += rows;
      entry++;
    }
    this.#near = entry;
    this.#nearRow = first;
  }

  at(index: number): TraceRow | undefined {
    if (index < this.begin || index >= this.end) return undefined;
    this.#find(index);
    this.#entries.put(this.#one, 0, this.#near, index - this.#nearRow);
    return this.#rowOne(index);
  }

  #rowOne(index: number): TraceRow {
    const { kind, time, cpu, a, b, c, d } = this.#one;
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

  /**
   * Rows of these kinds that have happened, from the newest to the oldest, each with the number of
   * steps from it on to the present moment. What has none of them is passed over in one look.
   */
  *back(kinds: ReadonlySet<number>): Generator<readonly [TraceRow, number]> {
    if (this.head <= this.begin) return;
    this.#find(this.head - 1);
    const entries = this.#entries;
    let entry = this.#near;
    let first = this.#nearRow;
    let behind = this.head;
    let steps = 0;
    for (;;) {
      if (behind - first === entries.rowsOf(entry) && !entries.has(entry, kinds))
        steps += entries.stepsOf(entry);
      else {
        for (let index = behind - 1; index >= first; index--) {
          this.#entries.put(this.#one, 0, entry, index - first);
          const row = this.#rowOne(index);
          if (isStepRow(row.kind, row.c)) steps++;
          if (kinds.has(row.kind)) yield [row, steps];
        }
      }
      if (entry <= entries.first) return;
      behind = first;
      first -= entries.rowsOf(--entry);
    }
  }

  /** First row of the window whose time is not before `time`. */
  firstAt(time: number): number {
    const entries = this.#entries;
    let low = entries.first;
    let high = entries.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (entries.timeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    if (low === entries.first) return this.begin;
    // The entry before begins too early; a row of it need not.
    let before = low - 1;
    while (entries.rowsOf(before) === 0 && before > entries.first) before--;
    const { from, time: times } = this.#expand(entries.rowOf(before), entries.rowsOf(before));
    const within = times.findIndex((each) => each >= time);
    return from + (within < 0 ? times.length : within);
  }

  /**
   * Forgets the rows from `end` on, as a run that goes back does. What had fallen out before stays
   * out; an `end` before the window leaves it empty there.
   */
  cut(end: number): void {
    const entries = this.#entries;
    if (end <= this.begin) {
      entries.clear(end);
      this.#near = entries.first;
      this.#nearRow = end;
    } else if (end < this.end) {
      this.#find(end - 1);
      const entry = this.#near;
      const kept = end - this.#nearRow;
      entries.count = entries.behind(entry);
      entries.shorten(entry, kept);
      if (kept < entries.rowsOf(entry)) {
        this.end = this.#nearRow;
        this.#spell(entry, 0, kept);
      }
    }
    this.end = end;
    this.head = end;
  }

  /** Rows `[from, to)` as fresh columns, ready to be transferred. */
  slice(from: number, to: number): Columns {
    const first = Math.max(from, this.begin);
    return this.#expand(first, Math.max(0, Math.min(to, this.end) - first));
  }

  #expand(first: number, count: number): Columns {
    const out = columns(first, count);
    if (count === 0) return out;
    this.#find(first);
    let entry = this.#near;
    let skip = first - this.#nearRow;
    for (let n = 0; n < count; entry++, skip = 0) n = this.#entries.put(out, n, entry, skip);
    return out;
  }
}
