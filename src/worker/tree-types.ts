import type { RangeKind } from '../sim/fdt/map.ts';

/** A device tree that exists in the machine at this moment. */
export interface TreeChoice {
  readonly kind: 'file' | 'instance' | 'kho';
  /** Path of a file, or whose tree it is. */
  readonly name: string;
  /** Physical address of its first byte; -1 for a file. */
  readonly addr: number;
  readonly bytes: number;
}

/** A piece of a value as people read it; `to` is the row of the node it refers to. */
export interface ValuePart {
  readonly text: string;
  readonly to?: number;
}

/** From the first character or byte up to, and without, the second. */
export type Stretch = readonly [from: number, to: number];

/** A node or a property, parents first. */
export interface TreeRow {
  readonly kind: 'node' | 'property';
  /** Full path of the node, or of the node the property belongs to. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Row of the node it is in, -1 for the root. */
  readonly parent: number;
  readonly labels: readonly string[];
  readonly type: '' | 'text' | 'cells' | 'bytes' | 'tree';
  readonly value: readonly ValuePart[];
  /** The value in other words: a size, a number of bytes. */
  readonly hint: string;
  /** Characters of the source it was written with; none when it was not written there. */
  readonly source: Stretch | undefined;
  /** Bytes of a property's name among the strings. */
  readonly string: Stretch | undefined;
}

/** Bytes of a blob and what they are; `row` is the node or property they belong to, or -1. */
export interface TreeRange {
  readonly from: number;
  readonly to: number;
  readonly kind: RangeKind;
  readonly label: string;
  readonly row: number;
}

/** What is wrong, and at which characters of the source. */
export interface TreeProblem {
  readonly severity: 'error' | 'warning';
  readonly kind: string;
  readonly text: string;
  /** `LINE:COLUMN`, the name of another file, or ''. */
  readonly place: string;
  readonly source: Stretch | undefined;
}

/** What libfdt says of a blob, as `fdt_strerror` would: `no error` or `FDT_ERR_…`. */
export interface Verdicts {
  readonly header: string;
  readonly full: string;
}

/** Source, tree and bytes of one device tree, linked. */
export interface TreeReading {
  /** The source, for a blob that dtc can read. */
  readonly text: string | undefined;
  /** The bytes; undefined for a source that does not compile. */
  readonly blob: Uint8Array | undefined;
  readonly problems: readonly TreeProblem[];
  readonly rows: readonly TreeRow[];
  readonly ranges: readonly TreeRange[];
  readonly verdicts: Verdicts | undefined;
  /** Nodes and properties that were left out: there were too many. */
  readonly left: number;
}
