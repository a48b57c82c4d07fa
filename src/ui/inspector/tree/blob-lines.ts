import type { TreeRange, TreeRow } from '../../../worker/tree-types.ts';

/** Bytes in a line of the listing. */
export const LINE_BYTES = 8;
/** A gap of more zero bytes than this is one line. */
const FOLD_FROM = 32;

/** A line of the listing: at most {@link LINE_BYTES} bytes of one range, or a folded gap. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly range: TreeRange;
  readonly folded: boolean;
}

/** The listing of a blob, range by range. Ranges may be those of an earlier blob of that size. */
export function linesOf(ranges: readonly TreeRange[], bytes: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  for (const range of ranges) {
    const to = Math.min(range.to, bytes.length);
    if (range.kind === 'gap' && to - range.from > FOLD_FROM && isZero(bytes, range.from, to)) {
      lines.push({ from: range.from, to, range, folded: true });
      continue;
    }
    for (let from = range.from; from < to; from += LINE_BYTES)
      lines.push({ from, to: Math.min(from + LINE_BYTES, to), range, folded: false });
  }
  return lines;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** Index of the line a byte is in; 0 when there is none. */
export function lineAt(lines: readonly Line[], at: number): number {
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.from <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Where the cursor goes for a key; undefined when the key is none of the listing's. */
export function movedByte(
  lines: readonly Line[],
  at: number,
  key: string,
  page: number,
): number | undefined {
  const line = lineAt(lines, at);
  const now = lines[line];
  const end = lines.at(-1)?.to ?? 0;
  if (!now) return undefined;
  const inLine = (index: number): number => {
    const to = lines[Math.max(0, Math.min(lines.length - 1, index))]!;
    return to.folded ? to.from : Math.min(to.from + (at - now.from), to.to - 1);
  };
  switch (key) {
    case 'ArrowLeft':
      return now.folded ? Math.max(0, now.from - 1) : Math.max(0, at - 1);
    case 'ArrowRight':
      return now.folded ? Math.min(now.to, end - 1) : Math.min(end - 1, at + 1);
    case 'ArrowUp':
      return line === 0 ? at : inLine(line - 1);
    case 'ArrowDown':
      return line === lines.length - 1 ? at : inLine(line + 1);
    case 'PageUp':
      return inLine(line - page);
    case 'PageDown':
      return inLine(line + page);
    case 'Home':
      return 0;
    case 'End':
      return lines.at(-1)!.from;
    default:
      return undefined;
  }
}

/** What a range is, for people: its name, and what its bytes say. */
export function meaningOf(
  range: TreeRange,
  bytes: Uint8Array,
  rows: readonly TreeRow[],
): { readonly name: string; readonly value: string } {
  const row = rows[range.row];
  const word = wordAt(bytes, range.from);
  switch (range.kind) {
    case 'header': {
      const isHex = /^(magic|off_)/.test(range.label);
      return { name: range.label, value: isHex ? `0x${word.toString(16)}` : String(word) };
    }
    case 'reserve-address':
      return { name: `reserved ${range.label}: address`, value: '' };
    case 'reserve-size':
      return { name: `reserved ${range.label}: size`, value: '' };
    case 'reserve-end':
      return { name: 'end of the reserve map', value: '' };
    case 'node-name':
      return { name: 'name', value: range.label === '' ? '"" (the root)' : `"${range.label}"` };
    case 'property-length':
      return { name: 'length', value: String(word) };
    case 'property-name-offset':
      return { name: 'name at', value: `0x${word.toString(16)} ${row ? `→ ${row.name}` : ''}` };
    case 'value':
      return { name: range.label, value: row ? valueText(row) : '' };
    case 'string':
      return { name: `"${range.label}"`, value: '' };
    case 'gap':
      return { name: range.label === '' ? 'not referred to' : range.label, value: '' };
    case 'token':
      return { name: range.label, value: '' };
    case 'padding':
      return { name: 'padding', value: '' };
  }
}

/** A value in one line. */
const valueText = ({ type, value }: TreeRow): string => {
  const text = value.map((part) => part.text).join(type === 'text' ? ', ' : ' ');
  return type === 'cells' ? `<${text}>` : text;
};

const wordAt = (bytes: Uint8Array, at: number): number =>
  at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) : 0;

/** The hue a range is drawn in: what it is in source and tree as well. */
export function hueOf({ kind }: TreeRange): string {
  switch (kind) {
    case 'header':
      return 'header';
    case 'reserve-address':
    case 'reserve-size':
    case 'reserve-end':
      return 'reserve';
    case 'node-name':
      return 'node';
    case 'property-name-offset':
    case 'string':
      return 'property';
    case 'value':
      return 'value';
    case 'token':
    case 'property-length':
      return 'token';
    case 'padding':
    case 'gap':
      return 'none';
  }
}
