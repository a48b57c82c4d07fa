import type { TreeRange, TreeRow } from '../../../worker/tree-types.ts';

/** A blob with the meaning of its bytes. */
export interface Mapped {
  readonly bytes: Uint8Array;
  readonly ranges: readonly TreeRange[];
  readonly rows: readonly TreeRow[];
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
  const old = keyed(before);
  let movedBytes = 0;
  for (const [key, range] of keyed(now)) {
    const was = old.get(key);
    old.delete(key);
    for (let at = range.from; at < range.to; at++) {
      const from = was ? was.from + (at - range.from) : -1;
      const known = was && from < was.to ? before.bytes[from] : undefined;
      if (known !== now.bytes[at]) changed.add(at);
    }
    if (!was || was.from === range.from) continue;
    moved.set(range.from, range.from - was.from);
    movedBytes += range.to - range.from;
  }
  let gone = 0;
  for (const { from, to } of old.values()) gone += to - from;
  return { changed, moved, movedBytes, gone };
}

/** Ranges by what they are; several of one kind in their order. */
function keyed({ ranges, rows }: Mapped): Map<string, TreeRange> {
  const map = new Map<string, TreeRange>();
  const counts = new Map<string, number>();
  for (const range of ranges) {
    const row = rows[range.row];
    const whose = row ? `${row.path}\0${row.kind === 'property' ? row.name : ''}` : '';
    const label = range.kind === 'value' || range.kind === 'node-name' ? '' : range.label;
    const key = `${range.kind}\0${label}\0${whose}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    map.set(`${key}\0${count}`, range);
  }
  return map;
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
