import { FDT_ERR } from './error.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_FIRST_SUPPORTED_VERSION,
  FDT_LAST_SUPPORTED_VERSION,
  FDT_MAGIC,
  FDT_PROP,
  FDT_V17_SIZE,
  FDT_V1_SIZE,
  FDT_V2_SIZE,
  FDT_V3_SIZE,
} from './header.layout.ts';
import { fdtGetName, fdtNumMemRsv, nameOffset, stringEnd } from './read.ts';
import {
  fdtLastCompVersion,
  fdtMagic,
  fdtNextTag,
  fdtOffDtStrings,
  fdtOffDtStruct,
  fdtOffMemRsvmap,
  fdtSizeDtStrings,
  fdtSizeDtStruct,
  fdtTotalsize,
  fdtVersion,
  type Next,
} from './tags.ts';

/** Bytes of the header of a blob of `version`. Source: libfdt, fdt.c, `fdt_header_size_`. */
export function fdtHeaderSize(version: number): number {
  if (version <= 1) return FDT_V1_SIZE;
  if (version <= 2) return FDT_V2_SIZE;
  return version <= 16 ? FDT_V3_SIZE : FDT_V17_SIZE;
}

const isInside = (headerSize: number, total: number, offset: number): boolean =>
  offset >= headerSize && offset <= total;

const holdsBlock = (headerSize: number, total: number, base: number, size: number): boolean => {
  const end = (base + size) >>> 0;
  return isInside(headerSize, total, base) && end >= base && isInside(headerSize, total, end);
};

/**
 * May the header be believed? 0, or -ALIGNMENT (the address is no multiple of 8), -BADMAGIC,
 * -BADVERSION, -TRUNCATED (a block reaches out of the blob). Looks at the header alone: the
 * bytes may be fewer than it says. Source: libfdt, fdt.c, `fdt_check_header`.
 *
 * @param address where the blob lies in the memory of whoever asks; only its low 3 bits matter
 */
export function fdtCheckHeader(fdt: Uint8Array, address = 0): number {
  if (address % 8 !== 0) return -FDT_ERR.ALIGNMENT;
  if (fdtMagic(fdt) !== FDT_MAGIC) return -FDT_ERR.BADMAGIC;
  const version = fdtVersion(fdt);
  const compatible = fdtLastCompVersion(fdt);
  if (version < FDT_FIRST_SUPPORTED_VERSION) return -FDT_ERR.BADVERSION;
  if (compatible > FDT_LAST_SUPPORTED_VERSION) return -FDT_ERR.BADVERSION;
  if (version < compatible) return -FDT_ERR.BADVERSION;

  const size = fdtHeaderSize(version);
  const total = fdtTotalsize(fdt);
  if (total < size || total > 0x7fffffff) return -FDT_ERR.TRUNCATED;
  if (!isInside(size, total, fdtOffMemRsvmap(fdt))) return -FDT_ERR.TRUNCATED;
  const structSize = version < 17 ? 0 : fdtSizeDtStruct(fdt);
  if (!holdsBlock(size, total, fdtOffDtStruct(fdt), structSize)) return -FDT_ERR.TRUNCATED;
  if (!holdsBlock(size, total, fdtOffDtStrings(fdt), fdtSizeDtStrings(fdt)))
    return -FDT_ERR.TRUNCATED;
  return 0;
}

/**
 * May the whole blob be believed? 0, or the first thing found wrong: everything
 * {@link fdtCheckHeader} answers, -TRUNCATED when `length` bytes do not hold it, -BADSTRUCTURE,
 * -BADOFFSET (a property's name lies outside the strings).
 * Source: libfdt, fdt_check.c, `fdt_check_full`.
 */
export function fdtCheckFull(fdt: Uint8Array, length = fdt.length, address = 0): number {
  if (length < FDT_V1_SIZE || length < fdtHeaderSize(fdtVersion(fdt))) return -FDT_ERR.TRUNCATED;
  const header = fdtCheckHeader(fdt, address);
  if (header !== 0) return header;
  if (length < fdtTotalsize(fdt)) return -FDT_ERR.TRUNCATED;
  const reserved = fdtNumMemRsv(fdt);
  return reserved < 0 ? reserved : checkStructure(fdt);
}

function checkStructure(fdt: Uint8Array): number {
  const next: Next = { offset: 0 };
  let depth = 0;
  let expectEnd = false;
  for (;;) {
    const offset = next.offset;
    const tag = fdtNextTag(fdt, offset, next);
    if (next.offset < 0) return next.offset;
    // Behind the root's end only the end of the block may follow: a second root is one too many.
    if (expectEnd && tag !== FDT_END) return -FDT_ERR.BADSTRUCTURE;
    if (tag === FDT_END) return depth === 0 ? 0 : -FDT_ERR.BADSTRUCTURE;
    if (tag === FDT_BEGIN_NODE) {
      if (++depth === 1 && fdtGetName(fdt, offset) !== '') return -FDT_ERR.BADSTRUCTURE;
    } else if (tag === FDT_END_NODE) {
      if (depth-- === 0) return -FDT_ERR.BADSTRUCTURE;
      expectEnd = depth === 0;
    } else if (tag === FDT_PROP) {
      const name = stringEnd(fdt, nameOffset(fdt, offset));
      if (name < 0) return name;
    }
  }
}
