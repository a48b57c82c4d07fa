import { RANGE } from '../../../sim/fdt/kinds.layout.ts';
import type { TreeRanges } from './tree-ranges.ts';
import type { TreeRows } from './tree-rows.ts';

/** A blob with the meaning of its bytes. */
export interface Mapped {
  readonly bytes: Uint8Array;
  readonly ranges: TreeRanges;
  readonly rows: TreeRows;
}

/** What became of the bytes of a blob in another one. */
export interface Changes {
  /** Bytes that are new or say something else. */
  readonly changed: ReadonlySet<number>;
  /** How far a range moved, by its first byte; what stayed is not in it. */
  readonly moved: ReadonlyMap<number, number>;
  /** Bytes that moved. */
  readonly movedBytes: number;
  /** Bytes of ranges that are gone. */
  readonly gone: number;
}

const NO_CHANGES: Changes = {
  ...{ changed: new Set(), moved: new Map(), movedBytes: 0, gone: 0 },
};

/** Compares by meaning: the value of a property is held against the value it had, wherever it was. */
export function changesOf(before: Mapped | undefined, now: Mapped): Changes {
  if (!before || before.bytes === now.bytes) return NO_CHANGES;
  const changed = new Set<number>();
  const moved = new Map<number, number>();
  const whose = rowsBefore(before.rows, now.rows);
  const texts = new Map<string, number>();
  const old = keyed(before, (row) => row, texts);
  let movedBytes = 0;
  for (const [key, range] of keyed(now, (row) => whose[row] ?? -1, texts)) {
    const [from, to] = [now.ranges.fromOf(range), now.ranges.toOf(range)];
    const was = old.get(key);
    old.delete(key);
    const start = was === undefined ? -1 : before.ranges.fromOf(was);
    const end = was === undefined ? -1 : before.ranges.toOf(was);
    for (let at = from, then = start; at < to; at++, then++)
      if (then >= end || before.bytes[then] !== now.bytes[at]) changed.add(at);
    if (was === undefined || start === from) continue;
    moved.set(from, from - start);
    movedBytes += to - from;
  }
  let gone = 0;
  for (const range of old.values()) gone += before.ranges.toOf(range) - before.ranges.fromOf(range);
  return { changed, moved, movedBytes, gone };
}

/** For every row its number in an earlier reading, -1 when it is new. */
function rowsBefore(before: TreeRows, now: TreeRows): Int32Array {
  const found = new Int32Array(now.count).fill(-1);
  const isSame = (a: number, b: number): boolean =>
    before.isProperty(a) === now.isProperty(b) &&
    before.depthOf(a) === now.depthOf(b) &&
    before.nameOf(a) === now.nameOf(b);
  const most = Math.min(before.count, now.count);
  let head = 0;
  while (head < most && isSame(head, head)) found[head] = head++;
  // What differs in between is looked for by name; nearly always it is nothing, or a row.
  const by = new Map<string, number>();
  const keyOf = (rows: TreeRows, row: number): string =>
    `${rows.pathOf(row)}\0${rows.isProperty(row) ? rows.nameOf(row) : ''}`;
  for (let row = head; row < before.count; row++) by.set(keyOf(before, row), row);
  for (let row = head; row < now.count; row++) found[row] = by.get(keyOf(now, row)) ?? -1;
  return found;
}

/** Rows, kinds and counts in one number. */
const KINDS = 32;
const COUNTS = 4096;
/** Tokens are told apart by what they say; no kind has such a number. */
const TOKENS_FROM = 16;

/**
 * Ranges by what they are: strings by their text, others by their row, several of one kind in their
 * order. Rows that are new have numbers below zero, so that they are nobody's.
 */
function keyed(
  { ranges, bytes }: Mapped,
  rowOf: (row: number) => number,
  texts: Map<string, number>,
): Map<number, number> {
  const map = new Map<number, number>();
  const counts = new Map<number, number>();
  const ownerOf = (range: number, kind: number): number => {
    if (kind === RANGE.string) return numberOf(texts, ranges.get(range).label);
    const row = ranges.rowOf(range);
    if (row < 0) return 0;
    const then = rowOf(row);
    return then < 0 ? -1 - row : then + 1;
  };
  for (let range = 0; range < ranges.count; range++) {
    const kind = ranges.kindOf(range);
    const token = (bytes[ranges.fromOf(range) + 3] ?? 0) & (TOKENS_FROM - 1);
    const what = ownerOf(range, kind) * KINDS + (kind === RANGE.token ? TOKENS_FROM + token : kind);
    const count = counts.get(what) ?? 0;
    counts.set(what, count + 1);
    map.set(what * COUNTS + count, range);
  }
  return map;
}

function numberOf(texts: Map<string, number>, text: string): number {
  const known = texts.get(text) ?? texts.size;
  texts.set(text, known);
  return known;
}

/** The changes as a sentence; '' when there are none. */
export function changesText({ changed, movedBytes, gone }: Changes): string {
  const bytes = (count: number): string => `${count} ${count === 1 ? 'byte' : 'bytes'}`;
  const parts = [
    changed.size > 0 ? `${bytes(changed.size)} changed` : '',
    movedBytes > 0 ? `${bytes(movedBytes)} moved` : '',
    gone > 0 ? `${bytes(gone)} gone` : '',
  ].filter(Boolean);
  return parts.join(', ');
}
