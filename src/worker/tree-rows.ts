import { get32 } from '../sim/fdt/bytes.ts';
import { VALUE_TYPES } from '../sim/fdt/kinds.layout.ts';
import type { DeviceTree, Node, Property } from '../sim/fdt/tree.ts';
import type { SourcePlaces } from './tree-places.ts';
import type { RowColumns, Stretch, Texts } from './tree-types.ts';
import { typedValue, type Finder, type Typed } from './tree-value.ts';

/** Rows that are shown; a page cannot show more, and nobody reads them. */
const ROWS_MAX = 20_000;
/** Nodes with a longer path are left out: paths of a deep tree need more memory than there is. */
export const PATH_MAX = 2000;

/** Texts as they come. */
class TextList {
  readonly #texts: string[] = [];
  readonly #end: number[] = [];
  #length = 0;

  get count(): number {
    return this.#end.length;
  }

  push(text: string): void {
    if (text !== '') this.#texts.push(text);
    this.#length += text.length;
    this.#end.push(this.#length);
  }

  packed(): Texts {
    return { text: this.#texts.join(''), end: Uint32Array.from(this.#end) };
  }
}

/** Rows as they come. */
class RowList {
  readonly isProperty: number[] = [];
  readonly depth: number[] = [];
  readonly parent: number[] = [];
  readonly source: number[] = [];
  readonly type: number[] = [];
  readonly partsEnd: number[] = [];
  readonly to: number[] = [];
  readonly name = new TextList();
  readonly labels = new TextList();
  readonly hint = new TextList();
  readonly parts = new TextList();

  get count(): number {
    return this.depth.length;
  }

  add(one: Node | Property, name: string, depth: number, parent: number, source?: Stretch): number {
    const row = this.count;
    this.depth.push(depth);
    this.parent.push(parent);
    this.source.push(source?.[0] ?? -1, source?.[1] ?? -1);
    this.name.push(name);
    this.labels.push(one.labels ? labelsOf(one) : '');
    return row;
  }

  /** The value of the next row in order; nodes have none. */
  addValue(typed: Typed | undefined): void {
    this.isProperty.push(typed ? 1 : 0);
    this.type.push(VALUE_TYPES.indexOf(typed?.type ?? ''));
    this.hint.push(typed?.hint ?? '');
    for (const { text, to } of typed?.value ?? []) {
      this.parts.push(text);
      this.to.push(to ?? -1);
    }
    this.partsEnd.push(this.parts.count);
  }

  packed(): RowColumns {
    return {
      count: this.count,
      isProperty: Uint8Array.from(this.isProperty),
      depth: Uint16Array.from(this.depth),
      parent: Int32Array.from(this.parent),
      type: Uint8Array.from(this.type),
      source: Int32Array.from(this.source),
      string: new Int32Array(2 * this.count).fill(-1),
      name: this.name.packed(),
      labels: this.labels.packed(),
      hint: this.hint.packed(),
      partsEnd: Uint32Array.from(this.partsEnd),
      parts: this.parts.packed(),
      to: Int32Array.from(this.to),
    };
  }
}

const labelsOf = ({ labels = [] }: Node | Property): string =>
  labels
    .filter(({ deleted }) => !deleted)
    .map((label) => label.name)
    .join(' ');

/** No rows at all. */
export const noRows = (): RowColumns => new RowList().packed();

/**
 * Every live node and property as a row, parents first, properties before children; `left` counts
 * those that are too many, or too deep.
 */
export function rowsOf(tree: DeviceTree, places: SourcePlaces): { rows: RowColumns; left: number } {
  const rows = new RowList();
  const nodes = new Map<Node, number>();
  const owners: (Property | undefined)[] = [];
  const waiting: { node: Node; depth: number; parent: number }[] = [
    { node: tree.root, depth: 0, parent: -1 },
  ];
  let left = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth, parent } = next;
    const live = node.properties.filter(({ deleted }) => !deleted);
    if (rows.count + 1 + live.length > ROWS_MAX || node.path.length > PATH_MAX) {
      left += 1 + live.length;
      continue;
    }
    const name = node.path === '/' ? '/' : node.name;
    const at = rows.add(node, name, depth, parent, places.ofNode(node));
    nodes.set(node, at);
    owners.push(undefined);
    for (const property of live) {
      rows.add(property, property.name, depth + 1, at, places.ofProperty(property));
      owners.push(property);
    }
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i]!;
      if (!child.deleted) waiting.push({ node: child, depth: depth + 1, parent: at });
    }
  }
  const find = finder(nodes);
  for (const property of owners) rows.addValue(property && typedValue(property, find));
  return { rows: rows.packed(), left };
}

function finder(nodes: ReadonlyMap<Node, number>): Finder {
  const byPhandle = new Map<number, { row: number; node: Node }>();
  const byPath = new Map<string, number>();
  for (const [node, row] of nodes) {
    byPath.set(node.path, row);
    for (const { name, value, deleted } of node.properties) {
      if (deleted || value.length !== 4 || (name !== 'phandle' && name !== 'linux,phandle'))
        continue;
      byPhandle.set(get32(value, 0), { row, node });
    }
  }
  return { byPhandle: (phandle) => byPhandle.get(phandle), byPath: (path) => byPath.get(path) };
}
