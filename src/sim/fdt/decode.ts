import { align, get32, textOf } from './bytes.ts';
import { fdtCheckFull, fdtCheckHeader } from './check.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_NOP,
  FDT_PROP,
  FDT_PROP_HEADER_SIZE,
} from './header.layout.ts';
import { fdtNumMemRsv } from './read.ts';
import {
  fdtOffDtStrings,
  fdtOffDtStruct,
  fdtSizeDtStrings,
  fdtSizeDtStruct,
  fdtTotalsize,
  fdtVersion,
} from './tags.ts';

/**
 * Every token of a blob as columns: item `i` is token `tag[i]` at byte `at[i]`, up to `end[i]`
 * with its padding. `parent[i]` is the item of the node it belongs to, -1 for the root; an
 * END_NODE belongs to the node it ends. Names and values are byte ranges of the blob, empty where
 * there are none. Columns, because an object a token would cost ten times the reading.
 */
export interface DecodedBlob {
  readonly count: number;
  readonly tag: Uint8Array;
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  readonly nameAt: Uint32Array;
  readonly nameEnd: Uint32Array;
  readonly valueAt: Uint32Array;
  readonly valueEnd: Uint32Array;
}

/**
 * Checks a blob with {@link fdtCheckFull} and finds every token, name and value in it; the check's
 * negative code when it fails.
 */
export function decodeBlob(fdt: Uint8Array): DecodedBlob | number {
  const sound = decodeSound(fdt);
  if (sound) return sound;
  const code = fdtCheckFull(fdt);
  return code === 0 ? decodeChecked(fdt) : code;
}

/**
 * Checks and decodes in one walk what everybody writes: version 17, lengths that do not wrap,
 * properties inside nodes. Undefined for anything else, about which the full check must say more.
 * Twice as fast as checking first, as the header is read once and not for every token.
 */
function decodeSound(fdt: Uint8Array): DecodedBlob | undefined {
  if (fdtCheckHeader(fdt) !== 0 || fdtVersion(fdt) < 17) return undefined;
  if (fdt.length < fdtTotalsize(fdt) || fdtNumMemRsv(fdt) < 0) return undefined;
  const structure = fdtOffDtStruct(fdt);
  const end = structure + fdtSizeDtStruct(fdt);
  const strings = fdtOffDtStrings(fdt);
  const stringsEnd = strings + fdtSizeDtStrings(fdt);
  const columns = new Columns((end - structure) >> 3);
  let node = -1;
  let isOver = false;
  for (let at = structure; at + 4 <= end;) {
    const tag = get32(fdt, at);
    if (isOver && tag !== FDT_END) return undefined;
    const item = columns.add(tag, at, node);
    let to = at + 4;
    if (tag === FDT_BEGIN_NODE) {
      columns.nameAt[item] = to;
      while (to < end && fdt[to] !== 0) to++;
      if (to >= end || (node < 0 && to !== at + 4)) return undefined;
      columns.nameEnd[item] = to++;
      node = item;
    } else if (tag === FDT_PROP) {
      if (node < 0 || at + FDT_PROP_HEADER_SIZE > end) return undefined;
      const length = get32(fdt, at + 4);
      const nameAt = strings + get32(fdt, at + 8);
      to = at + FDT_PROP_HEADER_SIZE;
      let nameEnd = nameAt;
      while (nameEnd < stringsEnd && fdt[nameEnd] !== 0) nameEnd++;
      if (length > end - to || nameEnd >= stringsEnd) return undefined;
      columns.nameAt[item] = nameAt;
      columns.nameEnd[item] = nameEnd;
      columns.valueAt[item] = to;
      to += length;
      columns.valueEnd[item] = to;
    } else if (tag === FDT_END_NODE) {
      if (node < 0) return undefined;
      node = columns.parent[node]!;
      isOver = node < 0;
    } else if (tag === FDT_END) {
      columns.end[item] = to;
      return node < 0 ? columns : undefined;
    } else if (tag !== FDT_NOP) return undefined;
    at = structure + align(to - structure, 4);
    columns.end[item] = at;
  }
  return undefined;
}

/** Decodes what has passed the full check. */
function decodeChecked(fdt: Uint8Array): DecodedBlob {
  const structure = fdtOffDtStruct(fdt);
  const columns = new Columns(64);
  const strings = fdtOffDtStrings(fdt);
  const isOld = fdtVersion(fdt) < 16;
  let node = -1;
  for (let at = structure; ;) {
    const tag = get32(fdt, at);
    const item = columns.add(tag, at, node);
    let end = at + 4;
    if (tag === FDT_BEGIN_NODE) {
      columns.nameAt[item] = end;
      while (fdt[end] !== 0) end++;
      columns.nameEnd[item] = end++;
      node = item;
    } else if (tag === FDT_PROP) {
      const length = get32(fdt, at + 4);
      const nameAt = strings + get32(fdt, at + 8);
      let nameEnd = nameAt;
      while (fdt[nameEnd] !== 0) nameEnd++;
      columns.nameAt[item] = nameAt;
      columns.nameEnd[item] = nameEnd;
      end = at + 12;
      if (isOld && length >= 8 && (end - structure) % 8 !== 0) end += 4;
      columns.valueAt[item] = end;
      // A length near 2^32 wraps, as it does for the check; such a value has no bytes.
      const valueEnd = structure + ((end - structure + length) | 0);
      columns.valueEnd[item] = Math.max(end, valueEnd);
      end = valueEnd;
    } else if (tag === FDT_END_NODE) {
      node = columns.parent[node] ?? -1;
    }
    at = structure + align(end - structure, 4);
    columns.end[item] = at;
    if (tag === FDT_END || at >= fdt.length) return columns;
  }
}

/** Growing columns. */
class Columns implements DecodedBlob {
  count = 0;
  tag: Uint8Array;
  at: Uint32Array;
  end: Uint32Array;
  parent: Int32Array;
  nameAt: Uint32Array;
  nameEnd: Uint32Array;
  valueAt: Uint32Array;
  valueEnd: Uint32Array;

  constructor(room: number) {
    const rooms = Math.max(64, room);
    this.tag = new Uint8Array(rooms);
    this.parent = new Int32Array(rooms);
    this.at = new Uint32Array(rooms);
    this.end = new Uint32Array(rooms);
    this.nameAt = new Uint32Array(rooms);
    this.nameEnd = new Uint32Array(rooms);
    this.valueAt = new Uint32Array(rooms);
    this.valueEnd = new Uint32Array(rooms);
  }

  add(tag: number, at: number, parent: number): number {
    const item = this.count++;
    if (item === this.tag.length) this.#grow();
    this.tag[item] = tag;
    this.at[item] = at;
    this.parent[item] = parent;
    return item;
  }

  #grow(): void {
    const words = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const grown = new Uint32Array(old.length * 4);
      grown.set(old);
      return grown;
    };
    const tag = new Uint8Array(this.tag.length * 4);
    tag.set(this.tag);
    this.tag = tag;
    const parent = new Int32Array(this.parent.length * 4);
    parent.set(this.parent);
    this.parent = parent;
    this.at = words(this.at);
    this.end = words(this.end);
    this.nameAt = words(this.nameAt);
    this.nameEnd = words(this.nameEnd);
    this.valueAt = words(this.valueAt);
    this.valueEnd = words(this.valueEnd);
  }
}

/** Name of an item, '' for the root and for tokens without one. */
export const nameOfItem = (fdt: Uint8Array, blob: DecodedBlob, item: number): string =>
  textOf(fdt, blob.nameAt[item] ?? 0, blob.nameEnd[item] ?? 0);
