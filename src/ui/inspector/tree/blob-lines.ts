import { RANGE } from '../../../sim/fdt/kinds.layout.ts';
import { wordAt, type TreeRange, type TreeRanges } from './tree-ranges.ts';
import type { TreeRow, TreeRows } from './tree-rows.ts';

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
export class Lines {
  readonly #ranges: TreeRanges;
  /** First byte of each line; one more for the end. */
  readonly #from: Uint32Array;
  readonly #range: Uint32Array;
  readonly count: number;

  constructor(ranges: TreeRanges, bytes: Uint8Array) {
    const room = ranges.count + Math.ceil(bytes.length / LINE_BYTES) + 1;
    this.#ranges = ranges;
    this.#from = new Uint32Array(room);
    this.#range = new Uint32Array(room);
    let count = 0;
    for (let range = 0; range < ranges.count; range++) {
      const [start, to] = [ranges.fromOf(range), Math.min(ranges.toOf(range), bytes.length)];
      const isLong = ranges.kindOf(range) === RANGE.gap && to - start > FOLD_FROM;
      const step = isLong && isZero(bytes, start, to) ? to - start : LINE_BYTES;
      for (let from = start; from < to; from += step) {
        this.#from[count] = from;
        this.#range[count++] = range;
      }
      this.#from[count] = to;
    }
    this.count = count;
  }

  fromOf(line: number): number {
    return this.#from[line] ?? 0;
  }

  /** Behind the last byte of a line. */
  toOf(line: number): number {
    return this.#from[line + 1] ?? 0;
  }

  isFolded(line: number): boolean {
    return this.toOf(line) - this.fromOf(line) > LINE_BYTES;
  }

  /** A line with what it is; undefined when there is none of that number. */
  at(line: number): Line | undefined {
    if (!(line >= 0 && line < this.count)) return undefined;
    return {
      from: this.fromOf(line),
      to: this.toOf(line),
      range: this.#ranges.get(this.#range[line]!),
      folded: this.isFolded(line),
    };
  }

  /** Number of the line a byte is in; 0 when there is none. */
  indexAt(at: number): number {
    let low = 0;
    let high = this.count;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.fromOf(middle) <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** Where the cursor goes for a key; undefined when the key is none of the listing's. */
export function movedByte(lines: Lines, at: number, key: string, page: number): number | undefined {
  if (lines.count === 0) return undefined;
  const line = lines.indexAt(at);
  const last = lines.count - 1;
  const [from, to, folded] = [lines.fromOf(line), lines.toOf(line), lines.isFolded(line)];
  const end = lines.toOf(last);
  const inLine = (index: number): number => {
    const target = Math.max(0, Math.min(last, index));
    const start = lines.fromOf(target);
    return lines.isFolded(target) ? start : Math.min(start + (at - from), lines.toOf(target) - 1);
  };
  switch (key) {
    case 'ArrowLeft':
      return folded ? Math.max(0, from - 1) : Math.max(0, at - 1);
    case 'ArrowRight':
      return folded ? Math.min(to, end - 1) : Math.min(end - 1, at + 1);
    case 'ArrowUp':
      return line === 0 ? at : inLine(line - 1);
    case 'ArrowDown':
      return line === last ? at : inLine(line + 1);
    case 'PageUp':
      return inLine(line - page);
    case 'PageDown':
      return inLine(line + page);
    case 'Home':
      return 0;
    case 'End':
      return lines.fromOf(last);
    default:
      return undefined;
  }
}

/** What a range is, for people: its name, and what its bytes say. */
export function meaningOf(
  range: TreeRange,
  bytes: Uint8Array,
  rows: TreeRows,
): { readonly name: string; readonly value: string } {
  const row = rows.at(range.row);
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
