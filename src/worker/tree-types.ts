/** A device tree that exists in the machine at this moment. */
export interface TreeChoice {
  readonly kind: 'file' | 'instance' | 'kho';
  /** Path of a file, or whose tree it is. */
  readonly name: string;
  /** Physical address of its first byte; -1 for a file. */
  readonly addr: number;
  readonly bytes: number;
}

/** From the first character or byte up to, and without, the second. */
export type Stretch = readonly [from: number, to: number];

/** Many texts in one: text `i` ends before character `end[i]`, where the next one begins. */
export interface Texts {
  readonly text: string;
  readonly end: Uint32Array<ArrayBuffer>;
}

/**
 * Nodes and properties, parents first, properties before children. Columns, because they cross from
 * the worker to the page with every key that is typed: objects would cost twice what compiling does.
 */
export interface RowColumns {
  readonly count: number;
  /** 1 for a property, 0 for a node. */
  readonly isProperty: Uint8Array<ArrayBuffer>;
  readonly depth: Uint16Array<ArrayBuffer>;
  /** Row of the node it is in, -1 for the root. */
  readonly parent: Int32Array<ArrayBuffer>;
  /** Index into `VALUE_TYPES`. */
  readonly type: Uint8Array<ArrayBuffer>;
  /** Characters of the source it was written with, two words a row: -1 when it was not written there. */
  readonly source: Int32Array<ArrayBuffer>;
  /** Bytes of a property's name among the strings, two words a row, -1 for none. */
  readonly string: Int32Array<ArrayBuffer>;
  /** `/` for a root without a name. */
  readonly name: Texts;
  /** Labels with a space between them. */
  readonly labels: Texts;
  /** The value in other words: a size, a number of bytes. */
  readonly hint: Texts;
  /** Where the parts of the value of each row end among {@link parts}. */
  readonly partsEnd: Uint32Array<ArrayBuffer>;
  readonly parts: Texts;
  /** By part: row of the node it refers to, or -1. */
  readonly to: Int32Array<ArrayBuffer>;
}

/** What every byte is: range `i` is `[from[i], from[i + 1])`. */
export interface RangeColumns {
  readonly count: number;
  readonly from: Uint32Array<ArrayBuffer>;
  /** Index into `RANGE_KINDS`. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** Node or property it belongs to, or -1. */
  readonly row: Int32Array<ArrayBuffer>;
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
  readonly rows: RowColumns;
  readonly ranges: RangeColumns;
  readonly verdicts: Verdicts | undefined;
  /** Nodes and properties that were left out: there were too many. */
  readonly left: number;
}
