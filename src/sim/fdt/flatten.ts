/**
 * A tree to a blob, byte for byte as dtc writes it. Source: dtc, flattree.c, `dt_to_blob`.
 *
 *     header | reserve map, empty slots, terminator | structure | strings | padding
 */
import { align, set32, set64 } from './bytes.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_MAGIC,
  FDT_PROP,
  FDT_RESERVE_ENTRY,
  FDT_V17_SIZE,
  FDT_V1_SIZE,
  FDT_V2_SIZE,
  FDT_V3_SIZE,
  HEADER,
} from './header.layout.ts';
import { StringTable } from './string-table.ts';
import { baseNameOf, type DeviceTree, type Node, type Property } from './tree.ts';

/** Versions that can be written, and what each has; a header of 16 has no size of the structure. */
const VERSIONS: ReadonlyMap<number, { compatible: number; headerSize: number; old: boolean }> =
  new Map([
    [1, { compatible: 1, headerSize: FDT_V1_SIZE, old: true }],
    [2, { compatible: 1, headerSize: FDT_V2_SIZE, old: true }],
    [3, { compatible: 1, headerSize: FDT_V3_SIZE, old: true }],
    [16, { compatible: 16, headerSize: FDT_V3_SIZE, old: false }],
    [17, { compatible: 16, headerSize: FDT_V17_SIZE, old: false }],
  ]);

/** True when {@link flatten} can write that version: 1, 2, 3, 16 or 17. */
export const isWritableVersion = (version: number): boolean => VERSIONS.has(version);

/** Sizes in bytes; 0 asks for nothing. */
export interface FlattenOptions {
  readonly version: number;
  /** Empty entries behind the reserve map. */
  readonly reserveSlots: number;
  /** Least size of the blob. */
  readonly space: number;
  /** Bytes added behind the strings, instead of `space`. */
  readonly pad: number;
  /** The size becomes a multiple of it: a power of two. */
  readonly align: number;
}

/** A blob, and whether it turned out larger than the space that was asked for. */
export interface Flattened {
  readonly blob: Uint8Array;
  readonly exceedsSpace: boolean;
}

/** Flattens a checked tree. The version must be writable. */
export function flatten(tree: DeviceTree, options: FlattenOptions): Flattened {
  const version = VERSIONS.get(options.version) ?? { compatible: 16, headerSize: 40, old: false };
  const strings = new StringTable();
  const structure = new StructureWriter(strings, version.old).write(tree.root);
  const table = strings.bytes();

  const entries = tree.reserves.length + Math.max(options.reserveSlots, 0);
  const reserve = align(version.headerSize, 8);
  const structAt = reserve + (entries + 1) * FDT_RESERVE_ENTRY.size;
  const stringsAt = structAt + structure.length;
  const size = stringsAt + table.length;
  const total = size + padding(size, options);

  const header = new Uint8Array(FDT_V17_SIZE);
  set32(header, HEADER.magic, FDT_MAGIC);
  set32(header, HEADER.totalsize, total);
  set32(header, HEADER.off_dt_struct, structAt);
  set32(header, HEADER.off_dt_strings, stringsAt);
  set32(header, HEADER.off_mem_rsvmap, reserve);
  set32(header, HEADER.version, options.version);
  set32(header, HEADER.last_comp_version, version.compatible);
  set32(header, HEADER.boot_cpuid_phys, tree.bootCpu);
  set32(header, HEADER.size_dt_strings, table.length);
  set32(header, HEADER.size_dt_struct, structure.length);

  const blob = new Uint8Array(total);
  blob.set(header.subarray(0, version.headerSize));
  tree.reserves.forEach((entry, i) => {
    set64(blob, reserve + i * FDT_RESERVE_ENTRY.size, entry.address);
    set64(blob, reserve + i * FDT_RESERVE_ENTRY.size + 8, entry.size);
  });
  blob.set(structure, structAt);
  blob.set(table, stringsAt);
  return { blob, exceedsSpace: options.space > 0 && options.space < size };
}

function padding(size: number, options: FlattenOptions): number {
  let padding = options.space > 0 ? Math.max(options.space - size, 0) : 0;
  if (options.pad > 0) padding = options.pad;
  if (options.align > 0) padding = align(size + padding, options.align) - size;
  return padding;
}

class StructureWriter {
  #bytes = new Uint8Array(1 << 16);
  #size = 0;
  readonly #strings: StringTable;
  /** Before version 16: full paths, a `name` property, long values aligned to 8. */
  readonly #isOld: boolean;

  constructor(strings: StringTable, isOld: boolean) {
    this.#strings = strings;
    this.#isOld = isOld;
  }

  write(root: Node): Uint8Array {
    // Children to visit, and `undefined` where a node ends: no recursion, any depth.
    const waiting: (Node | undefined)[] = [root];
    while (waiting.length > 0) {
      const node = waiting.pop();
      if (!node) {
        this.#cell(FDT_END_NODE);
        continue;
      }
      if (node.deleted) continue;
      this.#begin(node);
      waiting.push(undefined);
      for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i]);
    }
    this.#cell(FDT_END);
    return this.#bytes.subarray(0, this.#size);
  }

  #begin(node: Node): void {
    this.#cell(FDT_BEGIN_NODE);
    this.#text(this.#isOld ? node.path : node.name);
    this.#align(4);
    let hasName = false;
    for (const property of node.properties) {
      if (property.deleted) continue;
      hasName ||= property.name === 'name';
      this.#property(property);
    }
    if (this.#isOld && !hasName) this.#nameProperty(node);
  }

  #property({ name, value }: Property): void {
    this.#propertyHead(name, value.length);
    this.#reserve(value.length + 4);
    this.#bytes.set(value, this.#size);
    this.#size += value.length;
    this.#align(4);
  }

  #nameProperty(node: Node): void {
    const base = baseNameOf(node);
    this.#propertyHead('name', base.length + 1);
    // dtc takes an empty length for "all of it": a name of nothing but a unit is written whole.
    this.#text(base === '' ? node.name : base);
    this.#align(4);
  }

  #propertyHead(name: string, length: number): void {
    const nameoff = this.#strings.insert(name);
    this.#cell(FDT_PROP);
    this.#cell(length);
    this.#cell(nameoff);
    if (this.#isOld && length >= 8) this.#align(8);
  }

  #cell(value: number): void {
    this.#reserve(4);
    set32(this.#bytes, this.#size, value);
    this.#size += 4;
  }

  #text(text: string): void {
    this.#reserve(text.length + 1);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#size + i] = text.charCodeAt(i);
    this.#bytes[this.#size + text.length] = 0;
    this.#size += text.length + 1;
  }

  #align(step: number): void {
    const end = align(this.#size, step);
    this.#reserve(step);
    this.#bytes.fill(0, this.#size, end);
    this.#size = end;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + more));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
