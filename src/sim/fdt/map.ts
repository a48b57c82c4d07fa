/** What every byte of a blob means: for drawing it, and for finding the tree behind a byte. */
import { fdtHeaderSize } from './check.ts';
import { decodeBlob, type DecodedBlob } from './decode.ts';
import { FDT_BEGIN_NODE, FDT_PROP, FDT_V17_SIZE } from './header.layout.ts';
import { RANGE } from './kinds.layout.ts';
import { fdtNumMemRsv, reserveOffset } from './read.ts';
import { fdtOffDtStrings, fdtSizeDtStrings, fdtTotalsize, fdtVersion } from './tags.ts';

/**
 * Ranges that cover every byte of a sound blob once, in order. Columns, because an object a range
 * would cost more than compiling the tree: range `i` is `[from[i], from[i + 1])`, of kind `kind[i]`
 * (a value of `RANGE`), and belongs to item `item[i]` of the decoded blob, -1 outside of the structure.
 */
export interface BlobMap {
  readonly count: number;
  readonly from: Uint32Array<ArrayBuffer>;
  readonly kind: Uint8Array<ArrayBuffer>;
  readonly item: Int32Array<ArrayBuffer>;
  readonly decoded: DecodedBlob;
}

/**
 * The map of a blob; the negative code of `fdtCheckFull` for one that is not sound. A blob whose
 * blocks overlap keeps the meaning that comes first.
 */
export function mapBlob(fdt: Uint8Array): BlobMap | number {
  const decoded = decodeBlob(fdt);
  if (typeof decoded === 'number') return decoded;
  const blocks = [
    headerRanges(fdt),
    reserveRanges(fdt),
    structRanges(decoded),
    stringRanges(fdt),
  ] as const;
  return { ...merged(blocks, Math.min(fdtTotalsize(fdt), fdt.length)), decoded };
}

/** Ranges of one block as they are found. */
class Block {
  count = 0;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly kind: Uint8Array;
  readonly item: Int32Array;

  constructor(room: number) {
    this.from = new Uint32Array(room);
    this.to = new Uint32Array(room);
    this.kind = new Uint8Array(room);
    this.item = new Int32Array(room);
  }

  put(from: number, to: number, kind: number, item = -1): void {
    if (to <= from) return;
    const at = this.count++;
    this.from[at] = from;
    this.to[at] = to;
    this.kind[at] = kind;
    this.item[at] = item;
  }
}

function headerRanges(fdt: Uint8Array): Block {
  const block = new Block(FDT_V17_SIZE / 4);
  const size = fdtHeaderSize(fdtVersion(fdt));
  for (let at = 0; at < size; at += 4) block.put(at, at + 4, RANGE.header);
  return block;
}

function reserveRanges(fdt: Uint8Array): Block {
  const count = fdtNumMemRsv(fdt);
  const block = new Block(2 * count + 1);
  for (let index = 0; index < count; index++) {
    const from = reserveOffset(fdt, index);
    block.put(from, from + 8, RANGE['reserve-address']);
    block.put(from + 8, from + 16, RANGE['reserve-size']);
  }
  const end = reserveOffset(fdt, count);
  block.put(end, end + 16, RANGE['reserve-end']);
  return block;
}

/** Most ranges one item of the structure has. */
const RANGES_AN_ITEM = 6;

function structRanges(blob: DecodedBlob): Block {
  const block = new Block(RANGES_AN_ITEM * blob.count);
  for (let item = 0; item < blob.count; item++) {
    const tag = blob.tag[item]!;
    const at = blob.at[item]!;
    const end = blob.end[item]!;
    block.put(at, at + 4, RANGE.token, item);
    if (tag === FDT_BEGIN_NODE) {
      const nameEnd = blob.nameEnd[item]! + 1;
      block.put(at + 4, nameEnd, RANGE['node-name'], item);
      block.put(nameEnd, end, RANGE.padding, item);
    } else if (tag === FDT_PROP) {
      const valueAt = blob.valueAt[item]!;
      const valueEnd = blob.valueEnd[item]!;
      block.put(at + 4, at + 8, RANGE['property-length'], item);
      block.put(at + 8, at + 12, RANGE['property-name-offset'], item);
      block.put(at + 12, valueAt, RANGE.padding, item);
      block.put(valueAt, valueEnd, RANGE.value, item);
      block.put(valueEnd, end, RANGE.padding, item);
    }
  }
  return block;
}

function stringRanges(fdt: Uint8Array): Block {
  const start = fdtOffDtStrings(fdt);
  const end = start + fdtSizeDtStrings(fdt);
  let count = 1;
  for (let at = start; at < end; at++) if (fdt[at] === 0) count++;
  const block = new Block(count);
  for (let from = start; from < end;) {
    const zero = fdt.indexOf(0, from);
    const to = zero < 0 || zero >= end ? end : zero + 1;
    block.put(from, to, RANGE.string);
    from = to;
  }
  return block;
}

/** The blocks in the order of their bytes, gaps between them filled, overlaps left out. */
function merged(blocks: readonly Block[], end: number): Omit<BlobMap, 'decoded'> {
  const room = blocks.reduce((sum, block) => sum + block.count, 0) * 2 + 2;
  const from = new Uint32Array(room);
  const kind = new Uint8Array(room);
  const item = new Int32Array(room);
  const heads = blocks.map(() => 0);
  let count = 0;
  let at = 0;
  const put = (start: number, what: number, whose: number): void => {
    from[count] = start;
    kind[count] = what;
    item[count++] = whose;
  };
  for (;;) {
    const block = nextBlock(blocks, heads);
    if (block < 0) break;
    const head = heads[block]!++;
    const start = blocks[block]!.from[head]!;
    if (start < at) continue;
    if (start > at) put(at, RANGE.gap, -1);
    put(start, blocks[block]!.kind[head]!, blocks[block]!.item[head]!);
    at = blocks[block]!.to[head]!;
  }
  if (end > at) put(at, RANGE.gap, -1);
  from[count] = Math.max(at, end);
  return { count, from: from.slice(0, count + 1), kind: kind.slice(0, count), item };
}

/** The block whose next range begins first, -1 when all are used up. */
function nextBlock(blocks: readonly Block[], heads: readonly number[]): number {
  let first = -1;
  let least = Infinity;
  for (let i = 0; i < blocks.length; i++) {
    const { from, count } = blocks[i]!;
    const head = heads[i]!;
    if (head >= count || from[head]! >= least) continue;
    least = from[head]!;
    first = i;
  }
  return first;
}

/** The range a byte lies in, -1 when it lies behind them. */
export function rangeAt({ from, count }: BlobMap, at: number): number {
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= at) low = middle;
    else high = middle;
  }
  return count > 0 && from[low]! <= at && at < from[low + 1]! ? low : -1;
}
