/** What every byte of a blob means: for drawing it, and for finding the tree behind a byte. */
import { textOf } from './bytes.ts';
import { fdtHeaderSize } from './check.ts';
import { decodeBlob, nameOfItem, tagName, type DecodedBlob } from './decode.ts';
import { FDT_BEGIN_NODE, FDT_HEADER, FDT_PROP, HEADER } from './header.layout.ts';
import { fdtNumMemRsv, reserveOffset } from './read.ts';
import { fdtOffDtStrings, fdtSizeDtStrings, fdtTotalsize, fdtVersion } from './tags.ts';

/** A kind of bytes. `padding` is what aligns, `gap` what nothing refers to. */
export type RangeKind =
  | 'header'
  | 'reserve-address'
  | 'reserve-size'
  | 'reserve-end'
  | 'token'
  | 'node-name'
  | 'property-length'
  | 'property-name-offset'
  | 'value'
  | 'string'
  | 'padding'
  | 'gap';

/** Bytes `[from, to)` and what they are. */
export interface BlobRange {
  readonly from: number;
  readonly to: number;
  readonly kind: RangeKind;
  /** Header field, token, name of the node or property, index of the reserve entry. */
  readonly label: string;
  /** Full path of the node it belongs to; absent outside of the structure. */
  readonly path?: string;
  /** Name of the property it belongs to. */
  readonly property?: string;
}

/**
 * Ranges that cover every byte of a sound blob once, in order; the negative code of
 * `fdtCheckFull` for any other. A blob whose blocks overlap keeps the meaning that comes first.
 */
export function mapBlob(fdt: Uint8Array): readonly BlobRange[] | number {
  const decoded = decodeBlob(fdt);
  if (typeof decoded === 'number') return decoded;
  const ranges = [
    ...headerRanges(fdt),
    ...reserveRanges(fdt),
    ...structRanges(fdt, decoded),
    ...stringRanges(fdt),
  ].sort((a, b) => a.from - b.from);
  const whole: BlobRange[] = [];
  let at = 0;
  const gapTo = (to: number): void => {
    if (to > at) whole.push({ from: at, to, kind: 'gap', label: '' });
  };
  for (const range of ranges) {
    if (range.to <= range.from || range.from < at) continue;
    gapTo(range.from);
    whole.push(range);
    at = range.to;
  }
  gapTo(Math.min(fdtTotalsize(fdt), fdt.length));
  return whole;
}

function headerRanges(fdt: Uint8Array): BlobRange[] {
  const size = fdtHeaderSize(fdtVersion(fdt));
  return Object.keys(FDT_HEADER.fields)
    .map((label): BlobRange => {
      const from = HEADER[label as keyof typeof HEADER]; // The keys of the very same table.
      return { from, to: from + 4, kind: 'header', label };
    })
    .filter(({ to }) => to <= size);
}

function reserveRanges(fdt: Uint8Array): BlobRange[] {
  const ranges: BlobRange[] = [];
  const count = fdtNumMemRsv(fdt);
  for (let index = 0; index < count; index++) {
    const from = reserveOffset(fdt, index);
    const label = String(index);
    ranges.push({ from, to: from + 8, kind: 'reserve-address', label });
    ranges.push({ from: from + 8, to: from + 16, kind: 'reserve-size', label });
  }
  const end = reserveOffset(fdt, count);
  ranges.push({ from: end, to: end + 16, kind: 'reserve-end', label: '' });
  return ranges;
}

function structRanges(fdt: Uint8Array, blob: DecodedBlob): BlobRange[] {
  const ranges: BlobRange[] = [];
  const paths = new Map<number, string>();
  for (let item = 0; item < blob.count; item++) {
    const tag = blob.tag[item]!;
    const [at, end] = [blob.at[item]!, blob.end[item]!];
    const above = paths.get(blob.parent[item]!) ?? '';
    const name = nameOfItem(fdt, blob, item);
    const path = tag === FDT_BEGIN_NODE ? joined(above, name) : above || '/';
    const put = (from: number, to: number, kind: RangeKind, label: string): void => {
      const property = tag === FDT_PROP ? { property: name } : {};
      ranges.push({ from, to, kind, label, path, ...property });
    };
    put(at, at + 4, 'token', tagName(tag));
    if (tag === FDT_BEGIN_NODE) {
      paths.set(item, path);
      put(at + 4, blob.nameEnd[item]! + 1, 'node-name', name);
      put(blob.nameEnd[item]! + 1, end, 'padding', '');
    } else if (tag === FDT_PROP) {
      const [valueAt, valueEnd] = [blob.valueAt[item]!, blob.valueEnd[item]!];
      put(at + 4, at + 8, 'property-length', 'length');
      put(at + 8, at + 12, 'property-name-offset', 'name');
      put(at + 12, valueAt, 'padding', '');
      put(valueAt, valueEnd, 'value', name);
      put(valueEnd, end, 'padding', '');
    }
  }
  return ranges;
}

/**
 * Before version 16 a name is the whole path already. The path above is never looked into, so that
 * deep trees do not need memory for every path whole.
 */
function joined(above: string, name: string): string {
  if (name.startsWith('/')) return name;
  return `${above === '/' ? '' : above}/${name}`;
}

function stringRanges(fdt: Uint8Array): BlobRange[] {
  const ranges: BlobRange[] = [];
  const end = fdtOffDtStrings(fdt) + fdtSizeDtStrings(fdt);
  for (let from = fdtOffDtStrings(fdt); from < end;) {
    const zero = fdt.indexOf(0, from);
    const to = zero < 0 || zero >= end ? end : zero + 1;
    ranges.push({ from, to, kind: 'string', label: textOf(fdt, from, to - 1) });
    from = to;
  }
  return ranges;
}

/** The range a byte lies in. `ranges` are those of {@link mapBlob}. */
export function rangeAt(ranges: readonly BlobRange[], at: number): BlobRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.from <= at) low = middle;
    else high = middle;
  }
  const range = ranges[low];
  return range && range.from <= at && at < range.to ? range : undefined;
}
