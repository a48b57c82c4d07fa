import type { TreeRows } from './tree-rows.ts';

/** Rows that are seen: those without a folded node above them. */
export function visibleRows(rows: TreeRows, folded: ReadonlySet<string>): number[] {
  const seen: number[] = [];
  let hiddenBelow = Infinity;
  for (let row = 0; row < rows.count; row++) {
    const depth = rows.depthOf(row);
    if (depth > hiddenBelow) continue;
    hiddenBelow = Infinity;
    seen.push(row);
    if (folded.size > 0 && !rows.isProperty(row) && folded.has(rows.pathOf(row)))
      hiddenBelow = depth;
  }
  return seen;
}

/** True for a node with something in it. */
export const hasRowsIn = (rows: TreeRows, row: number): boolean =>
  !rows.isProperty(row) && rows.depthOf(row) >= 0 && rows.depthOf(row + 1) > rows.depthOf(row);

/** The folded nodes after one was folded, or unfolded again. */
export function toggled(folded: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(folded);
  if (!next.delete(path)) next.add(path);
  return next;
}

/** The folded nodes when a row is to be seen: none of those above it. */
export function unfoldedTo(
  rows: TreeRows,
  folded: ReadonlySet<string>,
  row: number,
): ReadonlySet<string> {
  const next = new Set(folded);
  for (let above = rows.parentOf(row); above >= 0; above = rows.parentOf(above))
    next.delete(rows.pathOf(above));
  return next.size === folded.size ? folded : next;
}

/** What a key does in the tree. Source: WAI-ARIA Authoring Practices, "Tree View". */
export type TreeMove =
  | { readonly kind: 'go'; readonly row: number }
  | { readonly kind: 'fold' | 'unfold'; readonly path: string }
  | { readonly kind: 'follow' | 'back' };

export function treeMove(
  rows: TreeRows,
  folded: ReadonlySet<string>,
  at: number,
  key: string,
  page: number,
): TreeMove | undefined {
  const seen = visibleRows(rows, folded);
  const here = Math.max(0, seen.indexOf(at));
  const go = (index: number): TreeMove => ({
    kind: 'go',
    row: seen[Math.max(0, Math.min(seen.length - 1, index))] ?? 0,
  });
  const row = rows.at(seen[here] ?? 0);
  if (!row) return undefined;
  const isOpen = !folded.has(row.path);
  const canFold = hasRowsIn(rows, seen[here] ?? 0);
  switch (key) {
    case 'ArrowUp':
      return go(at < 0 ? 0 : here - 1);
    case 'ArrowDown':
      return go(at < 0 ? 0 : here + 1);
    case 'PageUp':
      return go(here - page);
    case 'PageDown':
      return go(here + page);
    case 'Home':
      return go(0);
    case 'End':
      return go(seen.length - 1);
    case 'ArrowRight':
      if (canFold && !isOpen) return { kind: 'unfold', path: row.path };
      return canFold ? go(here + 1) : undefined;
    case 'ArrowLeft':
      if (canFold && isOpen) return { kind: 'fold', path: row.path };
      return row.parent < 0 ? undefined : { kind: 'go', row: row.parent };
    case 'Enter':
      return { kind: 'follow' };
    case 'Backspace':
      return { kind: 'back' };
    default:
      return undefined;
  }
}

/** The innermost row written at a character of the source, or -1. */
export function rowAtSource(rows: TreeRows, at: number): number {
  let found = -1;
  let size = Infinity;
  for (let row = 0; row < rows.count; row++) {
    const source = rows.sourceOf(row);
    if (!source || at < source[0] || at > source[1] || source[1] - source[0] >= size) continue;
    found = row;
    size = source[1] - source[0];
  }
  return found;
}
