/**
 * The sequential writer: a blob is written front to back, and all its state lies in the buffer.
 *
 *     fdtCreate ─► reserve map ─ fdtFinishReservemap ─► structure ─ fdtFinish ─► complete
 *
 * Until it is finished the magic is {@link FDT_SW_MAGIC}, `totalsize` is the size of the buffer,
 * `off_dt_strings` is 0 in the first state and the size of the buffer in the second. Structure
 * grows upwards, strings grow downwards from the end of the buffer, and names are negative
 * offsets from there until the strings are moved down at the end.
 *
 * Every function answers 0 or a negative code and leaves the buffer as libfdt would.
 * Source: libfdt, fdt_sw.c.
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
  FDT_PROP,
  FDT_PROP_HEADER_SIZE,
  FDT_RESERVE_ENTRY,
  FDT_SW_MAGIC,
  FDT_TAGSIZE,
  HEADER,
} from './header.layout.ts';
import {
  fdtMagic,
  fdtNextTag,
  fdtOffDtStrings,
  fdtOffDtStruct,
  fdtSizeDtStrings,
  fdtSizeDtStruct,
  fdtTotalsize,
  type Next,
} from './tags.ts';

/** The header, rounded up so that the reserve map behind it begins at a multiple of 16. */
const FIRST_BYTE = 48;

/**
 * Clears the buffer and begins a blob in it. -NOSPACE when not even the header fits.
 * Source: fdt_sw.c, `fdt_create`.
 */
export function fdtCreate(fdt: Uint8Array): number {
  if (fdt.length < FIRST_BYTE) return -FDT_ERR.NOSPACE;
  fdt.fill(0);
  set32(fdt, HEADER.magic, FDT_SW_MAGIC);
  set32(fdt, HEADER.version, FDT_LAST_SUPPORTED_VERSION);
  set32(fdt, HEADER.totalsize, fdt.length);
  set32(fdt, HEADER.off_mem_rsvmap, FIRST_BYTE);
  set32(fdt, HEADER.off_dt_struct, FIRST_BYTE);
  return 0;
}

function probe(fdt: Uint8Array): number {
  const magic = fdtMagic(fdt);
  if (magic === FDT_MAGIC) return -FDT_ERR.BADSTATE;
  return magic === FDT_SW_MAGIC ? 0 : -FDT_ERR.BADMAGIC;
}

function probeReserve(fdt: Uint8Array): number {
  return probe(fdt) || (fdtOffDtStrings(fdt) === 0 ? 0 : -FDT_ERR.BADSTATE);
}

function probeStruct(fdt: Uint8Array): number {
  return probe(fdt) || (fdtOffDtStrings(fdt) === fdtTotalsize(fdt) ? 0 : -FDT_ERR.BADSTATE);
}

/** Appends a reserved range, in bytes. -BADSTATE behind the reserve map, -NOSPACE. */
export function fdtAddReservemapEntry(fdt: Uint8Array, address: bigint, size: bigint): number {
  const state = probeReserve(fdt);
  if (state !== 0) return state;
  const at = fdtOffDtStruct(fdt);
  if (at + FDT_RESERVE_ENTRY.size > fdtTotalsize(fdt)) return -FDT_ERR.NOSPACE;
  set64(fdt, at, address);
  set64(fdt, at + 8, size);
  set32(fdt, HEADER.off_dt_struct, at + FDT_RESERVE_ENTRY.size);
  return 0;
}

/** Ends the reserve map and opens the structure block. */
export function fdtFinishReservemap(fdt: Uint8Array): number {
  const code = fdtAddReservemapEntry(fdt, 0n, 0n);
  if (code === 0) set32(fdt, HEADER.off_dt_strings, fdtTotalsize(fdt));
  return code;
}

/** Takes `size` bytes of the structure block: their offset in the blob, or -1. */
function grabSpace(fdt: Uint8Array, size: number): number {
  const offset = fdtSizeDtStruct(fdt);
  const base = fdtOffDtStruct(fdt);
  const left = (fdtTotalsize(fdt) - base - fdtSizeDtStrings(fdt)) >>> 0;
  const end = (offset + size) >>> 0;
  if (end < offset || end > left) return -1;
  // A header that was overwritten meanwhile may claim more than there is.
  if (base + end > fdt.length) return -1;
  set32(fdt, HEADER.size_dt_struct, end);
  return base + offset;
}

/** Opens a node. -BADSTATE outside the structure block, -NOSPACE. */
export function fdtBeginNode(fdt: Uint8Array, name: string): number {
  const state = probeStruct(fdt);
  if (state !== 0) return state;
  const bytes = cString(name);
  const at = grabSpace(fdt, FDT_TAGSIZE + align(bytes.length, FDT_TAGSIZE));
  if (at < 0) return -FDT_ERR.NOSPACE;
  set32(fdt, at, FDT_BEGIN_NODE);
  fdt.set(bytes, at + FDT_TAGSIZE);
  return 0;
}

/** Closes the node opened last; nobody counts. -BADSTATE, -NOSPACE. */
export function fdtEndNode(fdt: Uint8Array): number {
  const state = probeStruct(fdt);
  if (state !== 0) return state;
  const at = grabSpace(fdt, FDT_TAGSIZE);
  if (at < 0) return -FDT_ERR.NOSPACE;
  set32(fdt, at, FDT_END_NODE);
  return 0;
}

/** Negative offset of a new string, or 0 when it would meet the structure block. */
function addString(fdt: Uint8Array, name: Uint8Array): number {
  const total = fdtTotalsize(fdt);
  const offset = fdtSizeDtStrings(fdt) + name.length;
  const structEnd = (fdtOffDtStruct(fdt) + fdtSizeDtStruct(fdt)) >>> 0;
  const at = total - offset;
  // A header that was overwritten meanwhile may claim more strings than there are bytes.
  if (at < structEnd || total > fdt.length) return 0;
  fdt.set(name, at);
  set32(fdt, HEADER.size_dt_strings, offset);
  return -offset;
}

/**
 * Appends a property to the open node. A name that is already the end of a string is shared.
 * -BADSTATE; -NOSPACE, and then a name that was new is taken back, its bytes stay in the buffer.
 * Source: fdt_sw.c, `fdt_property_placeholder`.
 */
export function fdtProperty(fdt: Uint8Array, name: string, value: Uint8Array): number {
  const state = probeStruct(fdt);
  if (state !== 0) return state;
  const total = fdtTotalsize(fdt);
  const stringsSize = fdtSizeDtStrings(fdt);
  const bytes = cString(name);
  const known = find(fdt, total - stringsSize, stringsSize, bytes);
  const nameoff = known < 0 ? addString(fdt, bytes) : known - total;
  if (nameoff === 0) return -FDT_ERR.NOSPACE;
  const at = grabSpace(fdt, FDT_PROP_HEADER_SIZE + align(value.length, FDT_TAGSIZE));
  if (at < 0) {
    set32(fdt, HEADER.size_dt_strings, stringsSize);
    return -FDT_ERR.NOSPACE;
  }
  set32(fdt, at, FDT_PROP);
  set32(fdt, at + 4, value.length);
  set32(fdt, at + 8, nameoff);
  fdt.set(value, at + FDT_PROP_HEADER_SIZE);
  return 0;
}

/** A property whose value is a string of characters 0 to 255 and its zero byte. */
export function fdtPropertyString(fdt: Uint8Array, name: string, text: string): number {
  return fdtProperty(fdt, name, cString(text));
}

/** A property of one 32-bit cell. */
export function fdtPropertyU32(fdt: Uint8Array, name: string, value: number): number {
  const bytes = new Uint8Array(4);
  set32(bytes, 0, value);
  return fdtProperty(fdt, name, bytes);
}

/** A property of two cells, the high one first. */
export function fdtPropertyU64(fdt: Uint8Array, name: string, value: bigint): number {
  const bytes = new Uint8Array(8);
  set64(bytes, 0, value);
  return fdtProperty(fdt, name, bytes);
}

/**
 * Ends the structure block, moves the strings down to it and gives the blob its magic. -BADSTATE,
 * -NOSPACE (not one token of room: the blob stays unfinished), -BADSTRUCTURE, -TRUNCATED.
 * Source: fdt_sw.c, `fdt_finish`.
 */
export function fdtFinish(fdt: Uint8Array): number {
  const state = probeStruct(fdt);
  if (state !== 0) return state;
  const end = grabSpace(fdt, FDT_TAGSIZE);
  if (end < 0) return -FDT_ERR.NOSPACE;
  set32(fdt, end, FDT_END);

  const total = fdtTotalsize(fdt);
  const base = fdtOffDtStruct(fdt);
  const stringsSize = fdtSizeDtStrings(fdt);
  const strings = base + fdtSizeDtStruct(fdt);
  fdt.copyWithin(strings, total - stringsSize, total);
  set32(fdt, HEADER.off_dt_strings, strings);

  const next: Next = { offset: 0 };
  for (let offset = 0; ; offset = next.offset) {
    const tag = fdtNextTag(fdt, offset, next);
    if (tag === FDT_END) break;
    const nameoff = base + offset + 8;
    if (tag === FDT_PROP) set32(fdt, nameoff, get32(fdt, nameoff) + stringsSize);
  }
  if (next.offset < 0) return next.offset;

  set32(fdt, HEADER.totalsize, strings + stringsSize);
  set32(fdt, HEADER.last_comp_version, FDT_LAST_COMPATIBLE_VERSION);
  set32(fdt, HEADER.magic, FDT_MAGIC);
  return 0;
}
