/** Bytes in a row of the hex view. */
export const ROW_BYTES = 16;

/** The address of the row that has `addr`. */
export const rowOf = (addr: number): number => addr - (addr % ROW_BYTES);

/** Where the cursor goes for a key; undefined when the key is none of the hex view's. */
export function moved(
  addr: number,
  key: string,
  size: { readonly rows: number; readonly end: number; readonly ctrl: boolean },
): number | undefined {
  const page = Math.max(1, size.rows - 1) * ROW_BYTES;
  const column = addr % ROW_BYTES;
  const lastRow = rowOf(size.end - 1);
  const within = (to: number): number => Math.max(0, Math.min(size.end - 1, to));
  switch (key) {
    case 'ArrowLeft':
      return within(addr - 1);
    case 'ArrowRight':
      return within(addr + 1);
    case 'ArrowUp':
      return addr < ROW_BYTES ? addr : addr - ROW_BYTES;
    case 'ArrowDown':
      return addr >= lastRow ? addr : within(addr + ROW_BYTES);
    case 'PageUp':
      return addr < page ? column : addr - page;
    case 'PageDown':
      return within(Math.min(addr + page, lastRow + column));
    case 'Home':
      return size.ctrl ? 0 : addr - column;
    case 'End':
      return size.ctrl ? size.end - 1 : within(addr - column + ROW_BYTES - 1);
    default:
      return undefined;
  }
}

/** The first row to show so that `addr` is seen, moved as little as can be. */
export function scrolledTo(addr: number, top: number, rows: number): number {
  const row = rowOf(addr);
  if (row < top) return row;
  const last = top + (Math.max(1, rows) - 1) * ROW_BYTES;
  return row > last ? top + (row - last) : top;
}

/** The row to begin with so that a struct stands near the top with a row of air above it. */
export const aimedAt = (addr: number, end: number, rows: number): number =>
  Math.max(0, Math.min(rowOf(addr) - ROW_BYTES, rowOf(end - 1) - (rows - 1) * ROW_BYTES));

interface Reading {
  readonly addr: number;
  readonly bytes: Uint8Array;
}

/** Addresses of the bytes that another reading of memory had otherwise. */
export function changedBytes(
  now: Reading | undefined,
  before: Reading | undefined,
): ReadonlySet<number> {
  const changed = new Set<number>();
  if (!now || !before) return changed;
  const from = Math.max(now.addr, before.addr);
  const to = Math.min(now.addr + now.bytes.length, before.addr + before.bytes.length);
  for (let addr = from; addr < to; addr++) {
    if (now.bytes[addr - now.addr] !== before.bytes[addr - before.addr]) changed.add(addr);
  }
  return changed;
}

/** A byte as a printable character, or a dot. */
export const printable = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';

/** By address, 1 or 2 in turn for the fields of a struct, so that one sees where one ends. */
export function tonesOf(
  fields: readonly { readonly addr: number; readonly size: number }[],
): ReadonlyMap<number, number> {
  const tones = new Map<number, number>();
  fields.forEach(({ addr, size }, i) => {
    for (let at = addr; at < addr + size; at++) tones.set(at, 1 + (i % 2));
  });
  return tones;
}
