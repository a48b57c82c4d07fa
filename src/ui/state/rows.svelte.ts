import type { Frame } from '../../sim/world/frame.ts';
import type { Ask } from '../../worker/client.ts';
import type { Rows } from '../../worker/protocol.ts';

/** Rows the page keeps; older ones fall out and can be asked for again. About 35 bytes each. */
const ROWS_MAX = 1 << 18;
/** Rows asked for in one question, so that an answer never takes long. */
const ROWS_ASKED = 1 << 17;
/** Batches shorter than this are joined, so that a long walk by steps stays a short list. */
const BATCH_ROWS = 4096;

/** One row of a batch; what `a` to `d` mean is said in sim/base/record.ts. */
export interface TraceRow {
  readonly index: number;
  readonly time: number;
  readonly kind: number;
  readonly cpu: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * The trace as far as the page knows it: the rows `[begin, end)`, in batches that follow each other
 * without a gap. Read `version` to be told of every change:
 *
 *     $effect(() => {
 *       void rows.version;
 *       if (rows.epoch !== seen) startAnew();
 *       for (const batch of rows.batches) history.digest(batch);
 *     });
 *
 * Going back in time keeps the rows of what has happened: `frame.traceHead` says which of them are
 * past, `session.news` which became so just now. A new run or another future makes `epoch` grow:
 * what was read before is void.
 */
export class RowStore {
  /** Grows with every change. */
  version = $state(0);
  /** Grows when rows that were here are no longer true: read all batches again. */
  epoch = $state(0);
  batches: readonly Rows[] = [];

  get begin(): number {
    return this.batches[0]?.from ?? this.#end;
  }

  get end(): number {
    return this.#end;
  }

  #end = 0;

  /** Takes in what was pushed. False when rows are missing in between: catch up then. */
  push(rows: Rows): boolean {
    const known = this.#end - rows.from;
    if (known < 0) return false;
    const added = known === 0 ? rows : slice(rows, known, rows.kind.length);
    if (added.kind.length === 0) return true;
    this.#append(added);
    this.version++;
    return true;
  }

  /** Forgets everything: another run. */
  clear(): void {
    this.#drop(0);
    this.version++;
  }

  /** Forgets the rows from `end` on: the run has another future now. */
  cut(end: number): void {
    if (end >= this.#end) return;
    this.batches = this.batches.flatMap((batch) => {
      if (batch.from >= end) return [];
      const count = Math.min(batch.kind.length, end - batch.from);
      return [count === batch.kind.length ? batch : slice(batch, 0, count)];
    });
    this.#end = end;
    this.epoch++;
    this.version++;
  }

  /** Asks for what `frame` has and the store has not. */
  async catchUp(ask: Ask, frame: Frame): Promise<void> {
    let from = Math.max(frame.traceBegin, this.#end, frame.traceEnd - ROWS_MAX);
    while (from < frame.traceEnd) {
      const before = this.#end;
      const rows = await ask('rows', { from, to: Math.min(frame.traceEnd, from + ROWS_ASKED) });
      // Whoever asked in the meantime was quicker; what it brought is as good.
      if (this.#end !== before || rows.kind.length === 0) return;
      if (rows.from !== this.#end) this.#drop(rows.from);
      this.#append(rows);
      from = this.#end;
      this.version++;
    }
  }

  /** Calls `visit` for each row of `[from, to)` that is here. */
  each(from: number, to: number, visit: (row: TraceRow) => void): void {
    for (const batch of this.batches) {
      const first = Math.max(from - batch.from, 0);
      const last = Math.min(to - batch.from, batch.kind.length);
      for (let i = first; i < last; i++) visit(rowAt(batch, i));
    }
  }

  #append(rows: Rows): void {
    if (rows.kind.length === 0) return;
    const last = this.batches.at(-1);
    this.#end = rows.from + rows.kind.length;
    this.batches =
      last && last.kind.length + rows.kind.length <= BATCH_ROWS
        ? [...this.batches.slice(0, -1), join(last, rows)]
        : [...this.batches, rows];
    while (this.batches.length > 1 && this.#end - this.batches[1]!.from >= ROWS_MAX)
      this.batches = this.batches.slice(1);
  }

  #drop(from: number): void {
    this.batches = [];
    this.#end = from;
    this.epoch++;
  }
}

/** Row number `i` of a batch, as an object. */
const rowAt = (rows: Rows, i: number): TraceRow => ({
  index: rows.from + i,
  time: rows.time[i]!,
  kind: rows.kind[i]!,
  cpu: rows.cpu[i]!,
  a: rows.a[i]!,
  b: rows.b[i]!,
  c: rows.c[i]!,
  d: rows.d[i]!,
});

const slice = (rows: Rows, first: number, end: number): Rows => ({
  from: rows.from + first,
  time: rows.time.slice(first, end),
  a: rows.a.slice(first, end),
  kind: rows.kind.slice(first, end),
  cpu: rows.cpu.slice(first, end),
  b: rows.b.slice(first, end),
  c: rows.c.slice(first, end),
  d: rows.d.slice(first, end),
});

/** Two batches as one; the second follows the first. */
function join(one: Rows, two: Rows): Rows {
  const both = <Column extends Exclude<keyof Rows, 'from'>>(column: Column, into: Rows[Column]) => {
    into.set(one[column]);
    into.set(two[column], one.kind.length);
    return into;
  };
  const count = one.kind.length + two.kind.length;
  return {
    from: one.from,
    time: both('time', new Float64Array(count)),
    a: both('a', new Float64Array(count)),
    kind: both('kind', new Uint8Array(count)),
    cpu: both('cpu', new Int16Array(count)),
    b: both('b', new Int32Array(count)),
    c: both('c', new Int32Array(count)),
    d: both('d', new Int32Array(count)),
  };
}
