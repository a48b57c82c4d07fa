import { get32 } from './bytes.ts';
import { FDT_ERR } from './error.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_FIRST_SUPPORTED_VERSION,
  FDT_LAST_SUPPORTED_VERSION,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_PROP_HEADER_SIZE,
  FDT_SW_MAGIC,
  FDT_TAGSIZE,
  HEADER,
} from './header.layout.ts';

/** Header fields, each read anew from the bytes: the blob is the only state there is. */
export const fdtMagic = (fdt: Uint8Array): number => get32(fdt, HEADER.magic);
export const fdtTotalsize = (fdt: Uint8Array): number => get32(fdt, HEADER.totalsize);
export const fdtOffDtStruct = (fdt: Uint8Array): number => get32(fdt, HEADER.off_dt_struct);
export const fdtOffDtStrings = (fdt: Uint8Array): number => get32(fdt, HEADER.off_dt_strings);
export const fdtOffMemRsvmap = (fdt: Uint8Array): number => get32(fdt, HEADER.off_mem_rsvmap);
export const fdtVersion = (fdt: Uint8Array): number => get32(fdt, HEADER.version);
export const fdtLastCompVersion = (fdt: Uint8Array): number => get32(fdt, HEADER.last_comp_version);
export const fdtSizeDtStrings = (fdt: Uint8Array): number => get32(fdt, HEADER.size_dt_strings);
export const fdtSizeDtStruct = (fdt: Uint8Array): number => get32(fdt, HEADER.size_dt_struct);

/**
 * Least check before any read: the total size in bytes, or -BADVERSION, -BADSTATE (an unfinished
 * blob without a node), -BADMAGIC, -TRUNCATED (2 GiB and more).
 * Source: libfdt, fdt.c, `fdt_ro_probe_`.
 */
export function fdtRoProbe(fdt: Uint8Array): number {
  const magic = fdtMagic(fdt);
  if (magic === FDT_MAGIC) {
    if (fdtVersion(fdt) < FDT_FIRST_SUPPORTED_VERSION) return -FDT_ERR.BADVERSION;
    if (fdtLastCompVersion(fdt) > FDT_LAST_SUPPORTED_VERSION) return -FDT_ERR.BADVERSION;
  } else if (magic === FDT_SW_MAGIC) {
    if (fdtSizeDtStruct(fdt) === 0) return -FDT_ERR.BADSTATE;
  } else {
    return -FDT_ERR.BADMAGIC;
  }
  const totalsize = fdtTotalsize(fdt);
  return totalsize < 0x7fffffff ? totalsize : -FDT_ERR.TRUNCATED;
}

/**
 * Where byte `offset` of the structure block lies in the blob, or -1 when `length` bytes from
 * there are not all inside it. Sums wrap at 32 bits as in C, and a wrapped one is refused.
 * Source: libfdt, fdt.c, `fdt_offset_ptr`.
 */
function structOffset(fdt: Uint8Array, offset: number, length: number): number {
  if (offset < 0) return -1;
  const absolute = (offset + fdtOffDtStruct(fdt)) >>> 0;
  const end = (absolute + length) >>> 0;
  if (absolute < offset || end < absolute || end > fdtTotalsize(fdt)) return -1;
  if (fdtVersion(fdt) >= 17) {
    const last = (offset + length) >>> 0;
    if (last < offset || last > fdtSizeDtStruct(fdt)) return -1;
  }
  return absolute;
}

/** Where a step over a token ended: borrowed by the caller, overwritten by every step. */
export interface Next {
  /** Offset of the following token in the structure block, or a negative code. */
  offset: number;
}

/**
 * The token at `offset` of the structure block; `next.offset` is where the following one begins.
 * FDT_END with a negative `next.offset` is a blob that ends too early (-TRUNCATED) or is malformed
 * (-BADSTRUCTURE).
 *
 *     BEGIN_NODE name\0 pad | END_NODE | PROP len nameoff value pad | NOP | END
 *
 * Source: libfdt, fdt.c, `fdt_next_tag`.
 */
export function fdtNextTag(fdt: Uint8Array, offset: number, next: Next): number {
  next.offset = -FDT_ERR.TRUNCATED;
  const at = structOffset(fdt, offset, FDT_TAGSIZE);
  if (at < 0) return FDT_END;
  const tag = get32(fdt, at);
  next.offset = -FDT_ERR.BADSTRUCTURE;
  let end = offset + FDT_TAGSIZE;
  switch (tag) {
    case FDT_BEGIN_NODE:
      end = endOfName(fdt, end);
      if (end < 0) return FDT_END;
      break;
    case FDT_PROP:
      if (structOffset(fdt, end, 4) < 0) return FDT_END;
      end = endOfProperty(fdt, offset, get32(fdt, at + 4));
      break;
    case FDT_END:
    case FDT_END_NODE:
    case FDT_NOP:
      break;
    default:
      return FDT_END;
  }
  const length = (end - offset) >>> 0;
  // A length of a little less than 2^32 wraps to a token that ends where it begins. libfdt 1.6.1
  // walks on the spot for ever there; we call it malformed.
  if (length === 0 || structOffset(fdt, offset, length) < 0) return FDT_END;
  next.offset = ((end + 3) & ~3) | 0;
  return tag;
}

/** Offset behind the zero byte of a name at `offset`, or -1 when the block ends before it. */
function endOfName(fdt: Uint8Array, offset: number): number {
  const from = structOffset(fdt, offset, 1);
  if (from < 0) return -1;
  // Behind the end of our bytes everything reads as zero; the block's own end decides. A plain
  // loop: names are short, and `indexOf` costs more than they do.
  let at = from;
  while (at < fdt.length && fdt[at] !== 0) at++;
  const end = offset + (at - from) + 1;
  return structOffset(fdt, end - 1, 1) < 0 ? -1 : end;
}

/** Before version 16 a value of 8 bytes and more begins at a multiple of 8. */
function endOfProperty(fdt: Uint8Array, offset: number, length: number): number {
  const end = (offset + FDT_PROP_HEADER_SIZE + length) | 0;
  if (fdtVersion(fdt) >= 16 || length < 8) return end;
  return ((end - length) >>> 0) % 8 === 0 ? end : (end + 4) | 0;
}

const step: Next = { offset: 0 };

/** Offset behind the BEGIN_NODE token at `offset`, or -BADOFFSET. Source: fdt.c. */
export function checkNodeOffset(fdt: Uint8Array, offset: number): number {
  if (offset < 0 || offset % FDT_TAGSIZE !== 0) return -FDT_ERR.BADOFFSET;
  return fdtNextTag(fdt, offset, step) === FDT_BEGIN_NODE ? step.offset : -FDT_ERR.BADOFFSET;
}

/** Offset behind the property at `offset`, or -BADOFFSET. Source: fdt.c. */
export function checkPropOffset(fdt: Uint8Array, offset: number): number {
  if (offset < 0 || offset % FDT_TAGSIZE !== 0) return -FDT_ERR.BADOFFSET;
  return fdtNextTag(fdt, offset, step) === FDT_PROP ? step.offset : -FDT_ERR.BADOFFSET;
}

/** Depth of a walk relative to where it began: borrowed, moved by `fdtNextNode`. */
export interface Depth {
  depth: number;
}

/**
 * The node after the one at `offset` in the order of the blob (-1 begins at the root), or -NOTFOUND
 * behind the last one. With `level`, its depth follows, and a walk that leaves the level it
 * began at (depth below 0) answers the offset behind that END_NODE.
 * Source: libfdt, fdt.c, `fdt_next_node`.
 */
export function fdtNextNode(fdt: Uint8Array, offset: number, level?: Depth): number {
  let next = 0;
  if (offset >= 0) {
    next = checkNodeOffset(fdt, offset);
    if (next < 0) return next;
  }
  for (;;) {
    const here = next;
    const tag = fdtNextTag(fdt, here, step);
    next = step.offset;
    if (tag === FDT_BEGIN_NODE) {
      if (level) level.depth++;
      return here;
    }
    if (tag === FDT_END_NODE) {
      if (level && --level.depth < 0) return next;
    } else if (tag === FDT_END) {
      const plainEnd = next >= 0 || (next === -FDT_ERR.TRUNCATED && !level);
      return plainEnd ? -FDT_ERR.NOTFOUND : next;
    }
  }
}

/** First child of the node at `offset`, or -NOTFOUND. */
export function fdtFirstSubnode(fdt: Uint8Array, offset: number): number {
  const level = { depth: 0 };
  const child = fdtNextNode(fdt, offset, level);
  return child < 0 || level.depth !== 1 ? -FDT_ERR.NOTFOUND : child;
}

/** The sibling after the child at `offset`, or -NOTFOUND. */
export function fdtNextSubnode(fdt: Uint8Array, offset: number): number {
  const level = { depth: 1 };
  let child = offset;
  do {
    child = fdtNextNode(fdt, child, level);
    if (child < 0 || level.depth < 1) return -FDT_ERR.NOTFOUND;
  } while (level.depth > 1);
  return child;
}
