import { get32, get64, textOf } from './bytes.ts';
import { FDT_ERR } from './error.ts';
import {
  FDT_END,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_PROP_HEADER_SIZE,
  FDT_RESERVE_ENTRY,
} from './header.layout.ts';
import {
  checkNodeOffset,
  checkPropOffset,
  fdtMagic,
  fdtNextTag,
  fdtOffDtStrings,
  fdtOffDtStruct,
  fdtOffMemRsvmap,
  fdtRoProbe,
  fdtSizeDtStrings,
  fdtTotalsize,
  fdtVersion,
  type Next,
} from './tags.ts';

/** One range of the reserve map, in bytes. */
export interface ReserveEntry {
  readonly address: bigint;
  readonly size: bigint;
}

/** A property as it lies in the blob; `value` is a window on the blob's own bytes. */
export interface BlobProperty {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Where entry `index` of the reserve map lies, or -1. Source: libfdt, fdt_ro.c, `fdt_mem_rsv`. */
export function reserveOffset(fdt: Uint8Array, index: number): number {
  const base = fdtOffMemRsvmap(fdt);
  const at = (base + index * FDT_RESERVE_ENTRY.size) >>> 0;
  return at < base || at > (fdtTotalsize(fdt) - FDT_RESERVE_ENTRY.size) >>> 0 ? -1 : at;
}

/** Entries of the reserve map in front of its terminator, or -TRUNCATED. Source: fdt_ro.c. */
export function fdtNumMemRsv(fdt: Uint8Array): number {
  for (let index = 0; ; index++) {
    const at = reserveOffset(fdt, index);
    // A map that runs out of our bytes reads as zeros, and so ends there.
    if (at < 0) return -FDT_ERR.TRUNCATED;
    if (get32(fdt, at + 8) === 0 && get32(fdt, at + 12) === 0) return index;
  }
}

/** Entry `index` of the reserve map, or a negative code. Source: fdt_ro.c, `fdt_get_mem_rsv`. */
export function fdtGetMemRsv(fdt: Uint8Array, index: number): ReserveEntry | number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  const at = reserveOffset(fdt, index);
  if (at < 0) return -FDT_ERR.BADOFFSET;
  return { address: get64(fdt, at), size: get64(fdt, at + 8) };
}

/**
 * Where the string at `offset` of the strings block ends (its zero byte, as an offset in the
 * blob), or -BADOFFSET, -TRUNCATED (no zero byte), or what {@link fdtRoProbe} answers. In an
 * unfinished blob offsets are negative and count from the end of the buffer.
 * Source: libfdt, fdt_ro.c, `fdt_get_string`.
 */
export function stringEnd(fdt: Uint8Array, offset: number): number {
  const total = fdtRoProbe(fdt);
  if (total < 0) return total;
  const from = (offset + fdtOffDtStrings(fdt)) >>> 0;
  if (from >= total) return -FDT_ERR.BADOFFSET;
  const size = fdtSizeDtStrings(fdt);
  let length = total - from;
  if (fdtMagic(fdt) === FDT_MAGIC) {
    if (offset < 0) return -FDT_ERR.BADOFFSET;
    if (fdtVersion(fdt) >= 17) {
      if (offset >= size) return -FDT_ERR.BADOFFSET;
      length = Math.min(length, size - offset);
    }
  } else {
    if (offset >= 0 || -offset > size) return -FDT_ERR.BADOFFSET;
    length = Math.min(length, -offset);
  }
  const end = Math.min(from + length, fdt.length);
  let at = from;
  while (at < end && fdt[at] !== 0) at++;
  // Behind our bytes everything reads as zero.
  return at < from + length ? at : -FDT_ERR.TRUNCATED;
}

/** The string at `offset` of the strings block, or the code of {@link stringEnd}. */
function fdtGetString(fdt: Uint8Array, offset: number): string | number {
  const end = stringEnd(fdt, offset);
  return end < 0 ? end : textOf(fdt, (offset + fdtOffDtStrings(fdt)) >>> 0, end);
}

/**
 * Name of the node at `offset`, '' for the root; or a negative code. Before version 16 blobs hold
 * the full path, of which this is the last part. Source: libfdt, fdt_ro.c, `fdt_get_name`.
 */
export function fdtGetName(fdt: Uint8Array, offset: number): string | number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  const next = checkNodeOffset(fdt, offset);
  if (next < 0) return next;
  const from = fdtOffDtStruct(fdt) + offset + 4;
  let end = from;
  while (end < fdt.length && fdt[end] !== 0) end++;
  const name = textOf(fdt, from, end);
  if (fdtVersion(fdt) >= 16) return name;
  const slash = name.lastIndexOf('/');
  return slash < 0 ? -FDT_ERR.BADSTRUCTURE : name.slice(slash + 1);
}

const next: Next = { offset: 0 };

/** The property at `offset` or behind the NOPs there, or -NOTFOUND. Source: `nextprop_`. */
function propertyFrom(fdt: Uint8Array, offset: number): number {
  for (let here = offset; ; here = next.offset) {
    const tag = fdtNextTag(fdt, here, next);
    if (tag === FDT_PROP) return here;
    if (tag === FDT_END) return next.offset >= 0 ? -FDT_ERR.BADSTRUCTURE : next.offset;
    if (tag !== FDT_NOP) return -FDT_ERR.NOTFOUND;
  }
}

/** Offset of the first property of the node at `offset`, or a negative code. */
export function fdtFirstPropertyOffset(fdt: Uint8Array, offset: number): number {
  const first = checkNodeOffset(fdt, offset);
  return first < 0 ? first : propertyFrom(fdt, first);
}

/** Offset of the property after the one at `offset`, or a negative code. */
export function fdtNextPropertyOffset(fdt: Uint8Array, offset: number): number {
  const after = checkPropOffset(fdt, offset);
  return after < 0 ? after : propertyFrom(fdt, after);
}

/** Offset in the blob of the value of the property at `offset` of the structure block. */
function valueOffset(fdt: Uint8Array, offset: number): number {
  const at = fdtOffDtStruct(fdt) + offset;
  const realign =
    fdtVersion(fdt) < 16 && (offset + FDT_PROP_HEADER_SIZE) % 8 !== 0 && get32(fdt, at + 4) >= 8;
  return at + FDT_PROP_HEADER_SIZE + (realign ? 4 : 0);
}

/** The value of the property at a checked `offset`: a window on the blob's own bytes. */
function valueAt(fdt: Uint8Array, offset: number): Uint8Array {
  const from = valueOffset(fdt, offset);
  return fdt.subarray(from, from + get32(fdt, fdtOffDtStruct(fdt) + offset + 4));
}

/** Offset of a property's name in the strings block; negative in an unfinished blob. */
export const nameOffset = (fdt: Uint8Array, offset: number): number =>
  get32(fdt, fdtOffDtStruct(fdt) + offset + 8) | 0;

/** Name and value of the property at `offset`, or a negative code. Source: fdt_ro.c. */
export function fdtGetpropByOffset(fdt: Uint8Array, offset: number): BlobProperty | number {
  const after = checkPropOffset(fdt, offset);
  if (after < 0) return after;
  const name = fdtGetString(fdt, nameOffset(fdt, offset));
  return typeof name === 'number' ? name : { name, value: valueAt(fdt, offset) };
}

/** True when the string at `offset` of the strings block is `name`. */
function isNamed(fdt: Uint8Array, offset: number, name: string): boolean {
  const end = stringEnd(fdt, offset);
  const from = (offset + fdtOffDtStrings(fdt)) >>> 0;
  if (end < 0 || end - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (fdt[from + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** Offset of the property `name` of the node at `offset`, or -NOTFOUND, or a worse code. */
export function fdtFindProperty(fdt: Uint8Array, offset: number, name: string): number {
  let property = fdtFirstPropertyOffset(fdt, offset);
  while (property >= 0 && !isNamed(fdt, nameOffset(fdt, property), name))
    property = fdtNextPropertyOffset(fdt, property);
  return property;
}

/**
 * Value of the property `name` of the node at `offset`: a window on the blob's own bytes, or
 * -NOTFOUND, -BADOFFSET (no node there), -BADSTRUCTURE, -TRUNCATED.
 * Source: libfdt, fdt_ro.c, `fdt_getprop`.
 */
export function fdtGetprop(fdt: Uint8Array, offset: number, name: string): Uint8Array | number {
  const property = fdtFindProperty(fdt, offset, name);
  return property < 0 ? property : valueAt(fdt, property);
}
