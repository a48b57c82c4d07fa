import { struct, u32, u64 } from '../base/struct.ts';

/** First word of every finished blob. */
export const FDT_MAGIC = 0xd00dfeed;
/** First word of a blob the sequential writer has not finished: the complement of the magic. */
export const FDT_SW_MAGIC = 0x2ff20112;

/** Oldest version libfdt reads (libfdt.h, FDT_FIRST_SUPPORTED_VERSION). */
export const FDT_FIRST_SUPPORTED_VERSION = 0x02;
/** What the writers of this folder put into `last_comp_version`. */
export const FDT_LAST_COMPATIBLE_VERSION = 0x10;
/** Newest version we know, and the one we write unless told otherwise. */
export const FDT_LAST_SUPPORTED_VERSION = 0x11;

/** Tokens of the structure block (Devicetree Specification, "Lexical structure"). */
export const FDT_BEGIN_NODE = 1;
export const FDT_END_NODE = 2;
export const FDT_PROP = 3;
export const FDT_NOP = 4;
export const FDT_END = 9;
/** Bytes of a token. */
export const FDT_TAGSIZE = 4;
/** Bytes in front of a property's value: token, length, offset of the name. */
export const FDT_PROP_HEADER_SIZE = 12;

/** Bytes of the header in each version; fields were only ever added at its end. */
export const FDT_V1_SIZE = 28;
export const FDT_V2_SIZE = 32;
export const FDT_V3_SIZE = 36;
export const FDT_V17_SIZE = 40;

/** Devicetree Specification, "Header"; field names are those of `struct fdt_header`. */
export const FDT_HEADER = struct(
  'fdt_header',
  'be',
  {
    magic: u32,
    totalsize: u32,
    off_dt_struct: u32,
    off_dt_strings: u32,
    off_mem_rsvmap: u32,
    version: u32,
    last_comp_version: u32,
    boot_cpuid_phys: u32,
    size_dt_strings: u32,
    size_dt_struct: u32,
  },
  { size: FDT_V17_SIZE },
);

/** Byte offset of each header field. */
export const HEADER = FDT_HEADER.offsetOf;

/** Devicetree Specification, "Memory Reservation Block": one reserved range, zeros at the end. */
export const FDT_RESERVE_ENTRY = struct(
  'fdt_reserve_entry',
  'be',
  { address: u64, size: u64 },
  { size: 16 },
);
