import { VALUE_TYPES, type ValueType } from '../../../sim/fdt/kinds.layout.ts';
import type { RowColumns, Stretch, Texts } from '../../../worker/tree-types.ts';

/** A piece of a value as people read it; `to` is the row of the node it refers to. */
interface ValuePart {
  readonly text: string;
  readonly to: number | undefined;
}

/** A node or a property. */
export interface TreeRow {
  readonly kind: 'node' | 'property';
  /** Full path of the node, or of the node the property belongs to. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Row of the node it is in, -1 for the root. */
  readonly parent: number;
  readonly labels: readonly string[];
  readonly type: ValueType;
  readonly value: readonly ValuePart[];
  readonly hint: string;
  readonly source: Stretch | undefined;
  readonly string: Stretch | undefined;
}

const textAt = ({ text, end }: Texts, i: number): string =>
  text.slice(i === 0 ? 0 : end[i - 1], end[i]);

const stretchAt = (words: Int32Array, row: number): Stretch | undefined => {
  const from = words[2 * row]!;
  return from < 0 ? undefined : [from, words[2 * row + 1]!];
};

/** The rows of a device tree as the worker sent them: an object for a row is made when it is seen. */
export class TreeRows {
  readonly #columns: RowColumns | undefined;
  readonly #made = new Map<number, TreeRow>();
  readonly #paths = new Map<number, string>();
  readonly count: number;

  constructor(columns?: RowColumns) {
    this.#columns = columns;
    this.count = columns?.count ?? 0;
  }

  /** A row by number; undefined when there is none of it. */
  at(row: number): TreeRow | undefined {
    const known = this.#made.get(row);
    if (known || !this.#columns || !(row >= 0 && row < this.count)) return known;
    const made = this.#make(this.#columns, row);
    this.#made.set(row, made);
    return made;
  }

  isProperty(row: number): boolean {
    return this.#columns?.isProperty[row] === 1;
  }

  /** Levels below the root; -1 when there is no such row. */
  depthOf(row: number): number {
    return this.#columns?.depth[row] ?? -1;
  }

  parentOf(row: number): number {
    return this.#columns?.parent[row] ?? -1;
  }

  nameOf(row: number): string {
    return this.#columns ? textAt(this.#columns.name, row) : '';
  }

  /** Path of a node, or of the node a property belongs to. */
  pathOf(row: number): string {
    if (this.isProperty(row)) return this.pathOf(this.parentOf(row));
    const known = this.#paths.get(row);
    if (known !== undefined) return known;
    const parent = this.parentOf(row);
    const name = this.nameOf(row);
    const above = parent < 0 ? '' : this.pathOf(parent);
    const path = name === '/' && parent < 0 ? '/' : above + (above.endsWith('/') ? '' : '/') + name;
    this.#paths.set(row, path);
    return path;
  }

  /** Characters of the source a row was written with. */
  sourceOf(row: number): Stretch | undefined {
    return this.#columns && stretchAt(this.#columns.source, row);
  }

  /** The first row whose name lies at a byte among the strings, or -1. */
  rowOfString(at: number): number {
    const words = this.#columns?.string ?? new Int32Array(0);
    for (let row = 0; row < this.count; row++)
      if (words[2 * row]! >= 0 && words[2 * row]! <= at && at < words[2 * row + 1]!) return row;
    return -1;
  }

  /** The row of the same name at the same path as one of another reading, or -1. */
  same(as: TreeRow | undefined): number {
    if (!as) return -1;
    const isProperty = as.kind === 'property';
    for (let row = 0; row < this.count; row++)
      if (
        this.isProperty(row) === isProperty &&
        this.depthOf(row) === as.depth &&
        this.nameOf(row) === as.name &&
        this.pathOf(row) === as.path
      )
        return row;
    return -1;
  }

  #make(columns: RowColumns, row: number): TreeRow {
    const labels = textAt(columns.labels, row);
    const first = row === 0 ? 0 : columns.partsEnd[row - 1]!;
    const value = Array.from({ length: columns.partsEnd[row]! - first }, (_, i): ValuePart => {
      const to = columns.to[first + i]!;
      return { text: textAt(columns.parts, first + i), to: to < 0 ? undefined : to };
    });
    return {
      kind: this.isProperty(row) ? 'property' : 'node',
      path: this.pathOf(row),
      name: this.nameOf(row),
      depth: this.depthOf(row),
      parent: this.parentOf(row),
      labels: labels === '' ? [] : labels.split(' '),
      type: VALUE_TYPES[columns.type[row]!] ?? '',
      value,
      hint: textAt(columns.hint, row),
      source: stretchAt(columns.source, row),
      string: stretchAt(columns.string, row),
    };
  }
}
