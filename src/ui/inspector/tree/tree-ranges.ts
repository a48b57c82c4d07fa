import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_HEADER,
  FDT_NOP,
  FDT_PROP,
  HEADER,
} from '../../../sim/fdt/header.layout.ts';
import { RANGE, RANGE_KINDS, type RangeKind } from '../../../sim/fdt/kinds.layout.ts';
import type { RangeColumns } from '../../../worker/tree-types.ts';

/** Bytes of a blob and what they are; `row` is the node or property they belong to, or -1. */
export interface TreeRange {
  readonly from: number;
  readonly to: number;
  readonly kind: RangeKind;
  /** Header field, token, name, or number of a reserved range. */
  readonly label: string;
  readonly row: number;
}

const FIELDS = Object.keys(FDT_HEADER.fields);
const TOKENS = new Map<number, string>([
  [FDT_BEGIN_NODE, 'FDT_BEGIN_NODE'],
  [FDT_END_NODE, 'FDT_END_NODE'],
  [FDT_PROP, 'FDT_PROP'],
  [FDT_NOP, 'FDT_NOP'],
  [FDT_END, 'FDT_END'],
]);

/** Big-endian word; bytes that are not there read as 0. */
export const wordAt = (bytes: Uint8Array, at: number): number =>
  at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) : 0;

/** One character a byte, up to a zero byte. */
function textAt(bytes: Uint8Array, from: number): string {
  const zero = bytes.indexOf(0, from);
  return String.fromCharCode(...bytes.subarray(from, zero < 0 ? bytes.length : zero));
}

/** What the bytes of one blob are, as the worker sent it: labels are read from the bytes when seen. */
export class TreeRanges {
  readonly #columns: RangeColumns | undefined;
  readonly #bytes: Uint8Array;
  readonly count: number;

  constructor(columns?: RangeColumns, bytes: Uint8Array = new Uint8Array()) {
    this.#columns = columns;
    this.#bytes = bytes;
    this.count = columns?.count ?? 0;
  }

  fromOf(range: number): number {
    return this.#columns?.from[range] ?? 0;
  }

  toOf(range: number): number {
    return this.#columns?.from[range + 1] ?? 0;
  }

  /** Number of a kind: a value of `RANGE`. */
  kindOf(range: number): number {
    return this.#columns?.kind[range] ?? RANGE.gap;
  }

  rowOf(range: number): number {
    return this.#columns?.row[range] ?? -1;
  }

  /** A range with all there is to know of it. */
  get(range: number): TreeRange {
    const kind = RANGE_KINDS[this.kindOf(range)]!;
    const [from, to] = [this.fromOf(range), this.toOf(range)];
    return { from, to, kind, label: this.#labelOf(range, kind, from), row: this.rowOf(range) };
  }

  /** Number of the range a byte lies in, -1 for none. */
  indexAt(at: number): number {
    let low = 0;
    let high = this.count;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.fromOf(middle) <= at) low = middle;
      else high = middle;
    }
    return this.count > 0 && this.fromOf(low) <= at && at < this.toOf(low) ? low : -1;
  }

  /** The range a byte lies in. */
  at(at: number): TreeRange | undefined {
    const range = this.indexAt(at);
    return range < 0 ? undefined : this.get(range);
  }

  /** The value of a row, else its first bytes. */
  ofRow(row: number): TreeRange | undefined {
    const rows = this.#columns?.row;
    if (!rows || row < 0) return undefined;
    const first = rows.indexOf(row);
    for (let i = first; i >= 0; i = rows.indexOf(row, i + 1))
      if (this.kindOf(i) === RANGE.value) return this.get(i);
    return first < 0 ? undefined : this.get(first);
  }

  #labelOf(range: number, kind: RangeKind, from: number): string {
    const bytes = this.#bytes;
    switch (kind) {
      case 'header':
        return FIELDS[from / 4] ?? '';
      case 'reserve-address':
      case 'reserve-size':
        return String((from - wordAt(bytes, HEADER.off_mem_rsvmap)) >> 4);
      case 'token':
        return TOKENS.get(wordAt(bytes, from)) ?? '';
      case 'node-name':
      case 'string':
        return textAt(bytes, from);
      case 'property-length':
        return 'length';
      case 'property-name-offset':
        return 'name';
      case 'value':
        return this.#nameOfValue(range);
      case 'gap':
        return this.#isBehind(from) ? 'behind the blob' : '';
      default:
        return '';
    }
  }

  /** The name of a property, from the offset in front of its value. */
  #nameOfValue(range: number): string {
    let before = range - 1;
    while (before >= 0 && this.kindOf(before) !== RANGE['property-name-offset']) before--;
    const strings = wordAt(this.#bytes, HEADER.off_dt_strings);
    return textAt(this.#bytes, strings + wordAt(this.#bytes, this.fromOf(before)));
  }

  #isBehind(from: number): boolean {
    return this.count > 1 && from >= wordAt(this.#bytes, HEADER.totalsize);
  }
}
