/**
 * Changes to a finished blob in its buffer. The first group writes over bytes and moves none; the
 * second makes room and closes gaps, for which the buffer must be larger than the blob:
 * {@link fdtOpenInto} a larger one, edit, {@link fdtPack}. Every function answers 0 (or an offset)
 * or a negative code. Source: libfdt, fdt_wip.c and fdt_rw.c.
 */
import { align, cString, find, get32, set32, set64 } from './bytes.ts';
import { FDT_ERR } from './error.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_LAST_COMPATIBLE_VERSION,
  FDT_LAST_SUPPORTED_VERSION,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_PROP_HEADER_SIZE,
  FDT_RESERVE_ENTRY,
  FDT_TAGSIZE,
  HEADER,
} from './header.layout.ts';
import { fdtSubnodeOffset } from './lookup.ts';
import { fdtFindProperty, fdtGetName, fdtGetprop, fdtNumMemRsv } from './read.ts';
import {
  checkNodeOffset,
  fdtNextNode,
  fdtNextTag,
  fdtOffDtStrings,
  fdtOffDtStruct,
  fdtOffMemRsvmap,
  fdtRoProbe,
  fdtSizeDtStrings,
  fdtSizeDtStruct,
  fdtTotalsize,
  fdtVersion,
  type Next,
} from './tags.ts';

/** First byte of the reserve map of a blob that is laid out afresh. */
const RESERVE_AT = 40;

/** Overwrites part of a value from byte `index` on. -NOTFOUND, -NOSPACE (it ends earlier). */
export function fdtSetpropInplacePartial(
  fdt: Uint8Array,
  node: number,
  name: string,
  index: number,
  value: Uint8Array,
): number {
  const old = fdtGetprop(fdt, node, name);
  if (typeof old === 'number') return old;
  if (index < 0 || old.length < index + value.length) return -FDT_ERR.NOSPACE;
  old.set(value, index);
  return 0;
}

/** Overwrites a value by one of the same length. -NOTFOUND, -NOSPACE (the lengths differ). */
export function fdtSetpropInplace(
  fdt: Uint8Array,
  node: number,
  name: string,
  value: Uint8Array,
): number {
  const old = fdtGetprop(fdt, node, name);
  if (typeof old === 'number') return old;
  if (old.length !== value.length) return -FDT_ERR.NOSPACE;
  old.set(value);
  return 0;
}

function nopRegion(fdt: Uint8Array, from: number, length: number): void {
  for (let at = from; at < from + length; at += FDT_TAGSIZE) set32(fdt, at, FDT_NOP);
}

/** Turns a property into NOPs. */
export function fdtNopProperty(fdt: Uint8Array, node: number, name: string): number {
  const property = fdtFindProperty(fdt, node, name);
  if (property < 0) return property;
  const at = fdtOffDtStruct(fdt) + property;
  nopRegion(fdt, at, FDT_PROP_HEADER_SIZE + get32(fdt, at + 4));
  return 0;
}

/** Offset behind the END_NODE of the node at `offset`, or a negative code. */
function nodeEnd(fdt: Uint8Array, offset: number): number {
  const level = { depth: 0 };
  let at = offset;
  while (at >= 0 && level.depth >= 0) at = fdtNextNode(fdt, at, level);
  return at;
}

/** Turns a node and all below it into NOPs. */
export function fdtNopNode(fdt: Uint8Array, node: number): number {
  const end = nodeEnd(fdt, node);
  if (end < 0) return end;
  nopRegion(fdt, fdtOffDtStruct(fdt) + node, end - node);
  return 0;
}

/** True unless header, reserve map, structure and strings follow each other. */
function isMisordered(fdt: Uint8Array, reserveSize: number, structSize: number): boolean {
  const reserve = fdtOffMemRsvmap(fdt);
  const structure = fdtOffDtStruct(fdt);
  const strings = fdtOffDtStrings(fdt);
  return (
    reserve < RESERVE_AT ||
    structure < (reserve + reserveSize) >>> 0 ||
    strings < (structure + structSize) >>> 0 ||
    fdtTotalsize(fdt) < (strings + fdtSizeDtStrings(fdt)) >>> 0
  );
}

function probe(fdt: Uint8Array): number {
  const code = fdtRoProbe(fdt);
  if (code < 0) return code;
  if (fdtVersion(fdt) < 17) return -FDT_ERR.BADVERSION;
  if (isMisordered(fdt, FDT_RESERVE_ENTRY.size, fdtSizeDtStruct(fdt))) return -FDT_ERR.BADLAYOUT;
  if (fdtVersion(fdt) > 17) set32(fdt, HEADER.version, FDT_LAST_SUPPORTED_VERSION);
  return 0;
}

/** Replaces `oldLength` bytes at `at` by room for `newLength`, moving all that follows. */
function splice(fdt: Uint8Array, at: number, oldLength: number, newLength: number): number {
  const size = (fdtOffDtStrings(fdt) + fdtSizeDtStrings(fdt)) >>> 0;
  if (oldLength < 0 || at + oldLength > size) return -FDT_ERR.BADOFFSET;
  const total = Math.min(fdtTotalsize(fdt), fdt.length);
  if (size - oldLength + newLength > total) return -FDT_ERR.NOSPACE;
  fdt.copyWithin(at + newLength, at + oldLength, size);
  return 0;
}

const add32 = (fdt: Uint8Array, at: number, delta: number): void =>
  set32(fdt, at, (get32(fdt, at) + delta) >>> 0);

function spliceStruct(fdt: Uint8Array, at: number, oldLength: number, newLength: number): number {
  const code = splice(fdt, at, oldLength, newLength);
  if (code !== 0) return code;
  add32(fdt, HEADER.size_dt_struct, newLength - oldLength);
  add32(fdt, HEADER.off_dt_strings, newLength - oldLength);
  return 0;
}

function spliceReserve(fdt: Uint8Array, at: number, oldLength: number, newLength: number): number {
  const code = splice(fdt, at, oldLength, newLength);
  if (code !== 0) return code;
  add32(fdt, HEADER.off_dt_struct, newLength - oldLength);
  add32(fdt, HEADER.off_dt_strings, newLength - oldLength);
  return 0;
}

/** Appends a reserved range, in bytes. */
export function fdtAddMemRsv(fdt: Uint8Array, address: bigint, size: bigint): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const count = fdtNumMemRsv(fdt);
  if (count < 0) return count;
  const at = fdtOffMemRsvmap(fdt) + count * FDT_RESERVE_ENTRY.size;
  const spliced = spliceReserve(fdt, at, 0, FDT_RESERVE_ENTRY.size);
  if (spliced !== 0) return spliced;
  set64(fdt, at, address);
  set64(fdt, at + 8, size);
  return 0;
}

/** Takes entry `index` out of the reserve map. */
export function fdtDelMemRsv(fdt: Uint8Array, index: number): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  if (index >= fdtNumMemRsv(fdt)) return -FDT_ERR.NOTFOUND;
  const at = fdtOffMemRsvmap(fdt) + index * FDT_RESERVE_ENTRY.size;
  return spliceReserve(fdt, at, FDT_RESERVE_ENTRY.size, 0);
}

/** Offset of a name in the strings, appended if it is no string's end yet. */
function findOrAddString(fdt: Uint8Array, name: Uint8Array): number {
  const strings = fdtOffDtStrings(fdt);
  const size = fdtSizeDtStrings(fdt);
  const known = find(fdt, strings, size, name);
  if (known >= 0) return known - strings;
  const code = splice(fdt, strings + size, 0, name.length);
  if (code !== 0) return code;
  set32(fdt, HEADER.size_dt_strings, size + name.length);
  fdt.set(name, strings + size);
  return size;
}

/** Makes a new first property; where its value lies in the blob, or a negative code. */
function addProperty(fdt: Uint8Array, node: number, name: string, length: number): number {
  const first = checkNodeOffset(fdt, node);
  if (first < 0) return first;
  const stringsSize = fdtSizeDtStrings(fdt);
  const nameoff = findOrAddString(fdt, cString(name));
  if (nameoff < 0) return nameoff;
  const at = fdtOffDtStruct(fdt) + first;
  const code = spliceStruct(fdt, at, 0, FDT_PROP_HEADER_SIZE + align(length, FDT_TAGSIZE));
  if (code !== 0) {
    set32(fdt, HEADER.size_dt_strings, stringsSize);
    return code;
  }
  set32(fdt, at, FDT_PROP);
  set32(fdt, at + 4, length);
  set32(fdt, at + 8, nameoff);
  return at + FDT_PROP_HEADER_SIZE;
}

/**
 * Gives a property a length, adding it if it is not there; where its value lies in the blob, or a
 * negative code. Its bytes, and those that pad it, are whatever was there before.
 * Source: fdt_rw.c, `fdt_setprop_placeholder`.
 */
export function fdtSetpropPlaceholder(
  fdt: Uint8Array,
  node: number,
  name: string,
  length: number,
): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const property = fdtFindProperty(fdt, node, name);
  if (property === -FDT_ERR.NOTFOUND) return addProperty(fdt, node, name, length);
  if (property < 0) return property;
  const at = fdtOffDtStruct(fdt) + property;
  const value = at + FDT_PROP_HEADER_SIZE;
  const oldLength = align(get32(fdt, at + 4), FDT_TAGSIZE);
  const spliced = spliceStruct(fdt, value, oldLength, align(length, FDT_TAGSIZE));
  if (spliced !== 0) return spliced;
  set32(fdt, at + 4, length);
  return value;
}

/** Sets a property, adding it in front of the others if it is not there. -NOSPACE and worse. */
export function fdtSetprop(fdt: Uint8Array, node: number, name: string, value: Uint8Array): number {
  const at = fdtSetpropPlaceholder(fdt, node, name, value.length);
  if (at < 0) return at;
  fdt.set(value, at);
  return 0;
}

/** Takes a property out. Its name stays in the strings. */
export function fdtDelprop(fdt: Uint8Array, node: number, name: string): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const property = fdtFindProperty(fdt, node, name);
  if (property < 0) return property;
  const at = fdtOffDtStruct(fdt) + property;
  const length = FDT_PROP_HEADER_SIZE + align(get32(fdt, at + 4), FDT_TAGSIZE);
  return spliceStruct(fdt, at, length, 0);
}

/** Renames a node. */
export function fdtSetName(fdt: Uint8Array, node: number, name: string): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const old = fdtGetName(fdt, node);
  if (typeof old === 'number') return old;
  const at = fdtOffDtStruct(fdt) + node + FDT_TAGSIZE;
  const bytes = cString(name);
  const oldLength = align(old.length + 1, FDT_TAGSIZE);
  const spliced = spliceStruct(fdt, at, oldLength, align(bytes.length, FDT_TAGSIZE));
  if (spliced === 0) fdt.set(bytes, at);
  return spliced;
}

const next: Next = { offset: 0 };

/**
 * Adds an empty child behind the parent's properties; its offset, -EXISTS, or a worse code.
 * Source: fdt_rw.c, `fdt_add_subnode_namelen`.
 */
export function fdtAddSubnode(fdt: Uint8Array, parent: number, name: string): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const known = fdtSubnodeOffset(fdt, parent, name);
  if (known >= 0) return -FDT_ERR.EXISTS;
  if (known !== -FDT_ERR.NOTFOUND) return known;
  let tag = fdtNextTag(fdt, parent, next);
  if (tag !== FDT_BEGIN_NODE) return -FDT_ERR.INTERNAL;
  let offset: number;
  do {
    offset = next.offset;
    tag = fdtNextTag(fdt, offset, next);
  } while (tag === FDT_PROP || tag === FDT_NOP);
  const at = fdtOffDtStruct(fdt) + offset;
  const nameSize = align(name.length + 1, FDT_TAGSIZE);
  const spliced = spliceStruct(fdt, at, 0, 2 * FDT_TAGSIZE + nameSize);
  if (spliced !== 0) return spliced;
  set32(fdt, at, FDT_BEGIN_NODE);
  fdt.fill(0, at + FDT_TAGSIZE, at + FDT_TAGSIZE + nameSize);
  fdt.set(cString(name), at + FDT_TAGSIZE);
  set32(fdt, at + FDT_TAGSIZE + nameSize, FDT_END_NODE);
  return offset;
}

/** Takes a node and all below it out. */
export function fdtDelNode(fdt: Uint8Array, node: number): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const end = nodeEnd(fdt, node);
  if (end < 0) return end;
  return spliceStruct(fdt, fdtOffDtStruct(fdt) + node, end - node, 0);
}

/** Lays the blocks of `from` out one behind the other in `to`, which may be the same bytes. */
function packBlocks(
  from: Uint8Array,
  to: Uint8Array,
  reserveSize: number,
  structSize: number,
): void {
  const stringsSize = fdtSizeDtStrings(from);
  const structure = RESERVE_AT + reserveSize;
  const strings = structure + structSize;
  const copy = (target: number, source: number, length: number): void =>
    to.set(from.subarray(source, source + length), target);
  copy(RESERVE_AT, fdtOffMemRsvmap(from), reserveSize);
  set32(to, HEADER.off_mem_rsvmap, RESERVE_AT);
  copy(structure, fdtOffDtStruct(from), structSize);
  set32(to, HEADER.off_dt_struct, structure);
  set32(to, HEADER.size_dt_struct, structSize);
  copy(strings, fdtOffDtStrings(from), stringsSize);
  set32(to, HEADER.off_dt_strings, strings);
  set32(to, HEADER.size_dt_strings, stringsSize);
}

/**
 * Copies a blob into another buffer, whose whole length becomes its size, as version 17 and in
 * the order the functions above need. -NOSPACE, -BADVERSION (before 16), and what reading finds.
 * Source: fdt_rw.c, `fdt_open_into`.
 */
export function fdtOpenInto(fdt: Uint8Array, buffer: Uint8Array): number {
  const total = fdtRoProbe(fdt);
  if (total < 0) return total;
  const count = fdtNumMemRsv(fdt);
  if (count < 0) return count;
  const reserveSize = (count + 1) * FDT_RESERVE_ENTRY.size;
  const version = fdtVersion(fdt);
  if (version < 16) return -FDT_ERR.BADVERSION;
  let structSize = fdtSizeDtStruct(fdt);
  if (version === 16) {
    next.offset = 0;
    while (fdtNextTag(fdt, next.offset, next) !== FDT_END);
    if (next.offset < 0) return next.offset;
    structSize = next.offset;
  }
  if (!isMisordered(fdt, reserveSize, structSize)) {
    if (total > buffer.length) return -FDT_ERR.NOSPACE;
    buffer.set(fdt.subarray(0, total));
  } else {
    const size = RESERVE_AT + reserveSize + structSize + fdtSizeDtStrings(fdt);
    if (buffer.length < size) return -FDT_ERR.NOSPACE;
    const bootCpu = get32(fdt, HEADER.boot_cpuid_phys);
    packBlocks(fdt, buffer, reserveSize, structSize);
    set32(buffer, HEADER.magic, FDT_MAGIC);
    set32(buffer, HEADER.last_comp_version, FDT_LAST_COMPATIBLE_VERSION);
    set32(buffer, HEADER.boot_cpuid_phys, bootCpu);
  }
  set32(buffer, HEADER.version, FDT_LAST_SUPPORTED_VERSION);
  set32(buffer, HEADER.size_dt_struct, structSize);
  set32(buffer, HEADER.totalsize, buffer.length);
  return 0;
}

/** Closes all gaps between the blocks; `totalsize` becomes what is needed. */
export function fdtPack(fdt: Uint8Array): number {
  const code = probe(fdt);
  if (code !== 0) return code;
  const count = fdtNumMemRsv(fdt);
  if (count < 0) return count;
  const reserveSize = (count + 1) * FDT_RESERVE_ENTRY.size;
  const size = RESERVE_AT + reserveSize + fdtSizeDtStruct(fdt) + fdtSizeDtStrings(fdt);
  // A reserve map that runs through the other blocks: libfdt would write behind the buffer.
  if (size > fdt.length) return -FDT_ERR.BADLAYOUT;
  packBlocks(fdt, fdt, reserveSize, fdtSizeDtStruct(fdt));
  set32(fdt, HEADER.totalsize, fdtOffDtStrings(fdt) + fdtSizeDtStrings(fdt));
  return 0;
}
