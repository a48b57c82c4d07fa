import type { Span } from './dts/source.ts';

/** What a byte of a value is, as far as the source said. Source: dtc, dtc.h, `enum markertype`. */
export type MarkerKind = 'data' | 'phandle' | 'path' | 'label' | MarkerType;
/** How the bytes from a marker on were written: cells of a width, or a string. */
export type MarkerType = 'u8' | 'u16' | 'u32' | 'u64' | 'string';

/** A place in a value: where a type begins, a label stands, or a reference is to be filled in. */
export interface Marker {
  readonly kind: MarkerKind;
  /** Bytes from the beginning of the value. */
  offset: number;
  /** Label or path that is referred to, or the name of the label itself. */
  readonly ref: string | undefined;
}

/** A label; deleting what it stands at leaves it in place, as dtc does. */
export interface Label {
  readonly name: string;
  deleted: boolean;
}

/** A property. Names and labels are strings of characters 0 to 255, one a byte. */
export class Property {
  readonly name: string;
  value: Uint8Array;
  markers: Marker[] | undefined;
  labels: Label[] | undefined;
  deleted: boolean;
  /** Where it was written, from its name to its semicolon. */
  span: Span | undefined;

  constructor(name: string, value: Uint8Array, markers?: Marker[], span?: Span) {
    this.name = name;
    this.value = value;
    this.markers = markers;
    this.labels = undefined;
    this.deleted = false;
    this.span = span;
  }
}

/** A kind of bus that a check found; children are judged by its rules. */
export type Bus = 'pci' | 'simple-bus' | 'i2c-bus' | 'spi-bus' | 'graph-port' | 'graph-ports';

/** A node. Deleted nodes and properties stay in their lists: a later definition revives them. */
export class Node {
  name: string;
  readonly properties: Property[];
  readonly children: Node[];
  /** The node it is in. */
  holder: Node | undefined;
  /**
   * The same, as dtc knows it: a node that was deleted before it was defined has none, and some
   * checks and the fixups of an overlay show it.
   */
  parent: Node | undefined;
  labels: Label[] | undefined;
  deleted: boolean;
  /** Where it was written first, from its brace to its semicolon. */
  span: Span | undefined;
  /** Its phandle, 0 while it has none. */
  phandle: number;
  /** #address-cells and #size-cells for its children, -1 where not given; 0 before that check. */
  addressCells: number;
  sizeCells: number;
  bus: Bus | undefined;
  /** Full path, '/' for the root; filled in by {@link fillPaths}. */
  path: string;
  omitIfUnused: boolean;
  isReferenced: boolean;
  #byName: Map<string, Node> | undefined;

  constructor(name: string, span?: Span) {
    this.name = name;
    this.properties = [];
    this.children = [];
    this.holder = undefined;
    this.parent = undefined;
    this.labels = undefined;
    this.deleted = false;
    this.span = span;
    this.phandle = 0;
    this.addressCells = 0;
    this.sizeCells = 0;
    this.bus = undefined;
    this.path = '';
    this.omitIfUnused = false;
    this.isReferenced = false;
  }

  append(child: Node): void {
    child.holder = this;
    if (!child.deleted) child.parent = this;
    this.children.push(child);
    if (this.#byName && !this.#byName.has(child.name)) this.#byName.set(child.name, child);
  }

  /** First child of that name, deleted or not. */
  firstNamed(name: string): Node | undefined {
    if (this.children.length <= INDEX_FROM)
      return this.children.find((child) => child.name === name);
    if (!this.#byName) {
      this.#byName = new Map();
      for (const child of this.children)
        if (!this.#byName.has(child.name)) this.#byName.set(child.name, child);
    }
    return this.#byName.get(name);
  }
}

/** From this many children on, an index by name pays. */
const INDEX_FROM = 16;

/** Characters in front of the unit address. */
export function baseNameOf(node: Node): string {
  const at = node.name.indexOf('@');
  return at < 0 ? node.name : node.name.slice(0, at);
}

/** The unit address, '' where there is none. */
export function unitNameOf(node: Node): string {
  const at = node.name.indexOf('@');
  return at < 0 ? '' : node.name.slice(at + 1);
}

/** First property of that name that is not deleted. */
export function getProperty(node: Node, name: string): Property | undefined {
  for (const property of node.properties)
    if (property.name === name && !property.deleted) return property;
  return undefined;
}

/** First child of that name that is not deleted. */
export function getChild(node: Node, name: string): Node | undefined {
  const first = node.firstNamed(name);
  if (!first?.deleted) return first;
  return node.children.find((child) => !child.deleted && child.name === name);
}

/**
 * The root and every node below it that is not deleted, parents before children, in the order of the source. A list and
 * no recursion: depth is the writer's choice, the stack is not ours.
 */
export function nodesOf(root: Node): Node[] {
  const order: Node[] = [];
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.deleted && node !== root) continue;
    order.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i];
      if (child) waiting.push(child);
    }
  }
  return order;
}

/** Adds a label unless it is there; a deleted one lives again. The newest comes first. */
export function addLabel(to: Node | Property, name: string): void {
  const known = to.labels?.find((label) => label.name === name);
  if (known) known.deleted = false;
  else to.labels = [{ name, deleted: false }, ...(to.labels ?? [])];
}

/** Deletes a property with its labels. */
export function deleteProperty(property: Property): void {
  property.deleted = true;
  for (const label of property.labels ?? []) label.deleted = true;
}

/** Deletes a node, everything below it, and all their labels. */
export function deleteNode(node: Node): void {
  for (const one of nodesOf(node)) {
    one.deleted = true;
    for (const property of one.properties) if (!property.deleted) deleteProperty(property);
    for (const label of one.labels ?? []) label.deleted = true;
  }
  node.deleted = true;
}

/**
 * Gives every live node its full path. Paths are only ever concatenated here and not looked into:
 * a deep tree of long names would need more memory for whole paths than there is.
 * Source: dtc, dtc.c, `fill_fullpaths`.
 */
export function fillPaths(root: Node): void {
  for (const node of nodesOf(root)) {
    const parent = node === root ? undefined : node.holder;
    if (!parent) node.path = `/${node.name}`;
    else node.path = endsInSlash(parent, root) ? parent.path + node.name : below(parent, node.name);
  }
}

const endsInSlash = (node: Node, root: Node): boolean =>
  node.name.endsWith('/') || (node === root && node.name === '');
const below = ({ path }: Node, name: string): string => path + '/' + name;

/**
 * The live node at an absolute path, or undefined. Path '/' alone finds nothing, '/a/' finds a.
 * Source: dtc, livetree.c, `get_node_by_path`.
 */
export function getNodeByPath(root: Node, path: string): Node | undefined {
  let node = root;
  let at = 0;
  for (;;) {
    if (at === path.length) return node.deleted ? undefined : node;
    while (path[at] === '/') at++;
    const slash = path.indexOf('/', at);
    const child = getChild(node, path.slice(at, slash < 0 ? path.length : slash));
    if (!child || slash < 0) return child;
    node = child;
    at = slash + 1;
  }
}

/** One range of the reserve map, in bytes. */
export interface Reserve {
  readonly address: bigint;
  readonly size: bigint;
  readonly labels: readonly string[];
}

/** A whole device tree: what a source says, or a blob holds. */
export interface DeviceTree {
  readonly root: Node;
  readonly reserves: Reserve[];
  readonly isPlugin: boolean;
  bootCpu: number;
}
