/** Checks of names, labels and phandles. Source: dtc, checks.c. */
import { textOf } from '../bytes.ts';
import { baseNameOf, getProperty, unitNameOf, type Node } from '../tree.ts';
import { cell, error, isNoPhandle, warning, type Check, type Checked } from './check.ts';

const isOneString = (value: Uint8Array): boolean =>
  value.length > 0 && value.indexOf(0) === value.length - 1;

const isStringList = (value: Uint8Array): boolean => value.length === 0 || value.at(-1) === 0;

/** Reports unless the property is absent or one string. */
export function mustBeString(tree: Checked, node: Node, name: string): void {
  const property = getProperty(node, name);
  if (property && !isOneString(property.value)) tree.fail('is not one string', node, property);
}

/** Reports unless the property is absent or a list of strings. */
export function mustBeStringList(tree: Checked, node: Node, name: string): void {
  const property = getProperty(node, name);
  if (property && !isStringList(property.value))
    tree.fail('is not a list of strings', node, property);
}

/** Reports unless the property is absent or one cell. */
export function mustBeCell(tree: Checked, node: Node, name: string): void {
  const property = getProperty(node, name);
  if (property && property.value.length !== 4) tree.fail('is not one cell', node, property);
}

/** Most nodes have few of each, and none twice: no map is built for them. */
function hasTwins(things: readonly { readonly name: string }[]): boolean {
  if (things.length > 8) return new Set(things.map(({ name }) => name)).size < things.length;
  return things.some(({ name }, i) => i > 0 && things.findIndex((one) => one.name === name) < i);
}

/** Lists of things of the same name, of those names that occur more than once. */
function twinsOf<Thing extends { readonly name: string }>(
  things: readonly Thing[],
): Map<string, Thing[]> {
  const groups = new Map<string, Thing[]>();
  if (!hasTwins(things)) return groups;
  for (const thing of things) {
    const group = groups.get(thing.name);
    if (group) group.push(thing);
    else groups.set(thing.name, [thing]);
  }
  for (const [name, group] of groups) if (group.length === 1) groups.delete(name);
  return groups;
}

const duplicateNodeNames = error('duplicate_node_names', (tree, node) => {
  if (node.children.length < 2) return;
  const twins = twinsOf(node.children);
  if (twins.size === 0) return;
  for (const child of node.children) {
    // Each child is compared with those behind it, even with deleted ones.
    const group = twins.get(child.name);
    group?.shift();
    if (child.deleted || tree.isFull) continue;
    for (const twin of group ?? []) tree.fail('a node of this name stands in front of it', twin);
  }
});

const duplicatePropertyNames = error('duplicate_property_names', (tree, node) => {
  if (node.properties.length < 2) return;
  const twins = twinsOf(node.properties.filter(({ deleted }) => !deleted));
  if (twins.size === 0) return;
  for (const property of node.properties) {
    const group = property.deleted ? undefined : twins.get(property.name);
    group?.shift();
    if (tree.isFull) continue;
    group?.forEach(() => tree.fail('another property has this name', node, property));
  }
});

const BAD_NODE_CHAR = /[^a-zA-Z0-9,._+\-@]/;
const BAD_PROPERTY_CHAR = /[^a-zA-Z0-9,._+*#?-]/;

const nodeNameChars = error('node_name_chars', (tree, node) => {
  const bad = BAD_NODE_CHAR.exec(node.name);
  if (bad) tree.fail(`'${bad[0]}' may not stand in the name of a node`, node);
});

const nodeNameFormat = error(
  'node_name_format',
  (tree, node) => {
    if (unitNameOf(node).includes('@')) tree.fail("the name holds more than one '@'", node);
  },
  nodeNameChars,
);

const propertyNameChars = error('property_name_chars', (tree, node) => {
  for (const property of node.properties) {
    const bad = property.deleted ? null : BAD_PROPERTY_CHAR.exec(property.name);
    if (bad) tree.fail(`'${bad[0]}' may not stand in the name of a property`, node, property);
  }
});

const nameIsString = error('name_is_string', (tree, node) => {
  mustBeString(tree, node, 'name');
});

const nameProperties = error(
  'name_properties',
  (tree, node) => {
    const index = node.properties.findIndex(({ name }) => name === 'name');
    const property = node.properties[index];
    if (!property) return;
    const base = baseNameOf(node);
    const { value } = property;
    const isRight = value.length === base.length + 1 && textOf(value, 0, base.length) === base;
    // A right one says nothing new, and is left out.
    if (isRight) node.properties.splice(index, 1);
    else tree.fail('the property "name" is not the name of the node', node);
  },
  nameIsString,
);

const nodeNameVsPropertyName = warning(
  'node_name_vs_property_name',
  (tree, node) => {
    if (node.parent && getProperty(node.parent, node.name))
      tree.fail('a property beside it has the same name', node);
  },
  nodeNameChars,
);

interface Holder {
  readonly node: Node;
  readonly thing: unknown;
}

/** Who holds each label: nodes come before properties, and those before places in values. */
function labelHolders(root: readonly Node[]): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  const add = (name: string, holder: Holder): void => {
    if (!holders.has(name)) holders.set(name, holder);
  };
  for (const node of root)
    for (const { name, deleted } of node.labels ?? [])
      if (!deleted) add(name, { node, thing: node });
  for (const node of root)
    for (const property of node.properties)
      for (const { name, deleted } of property.labels ?? [])
        if (!deleted && !property.deleted) add(name, { node, thing: property });
  for (const node of root)
    for (const property of node.properties)
      for (const marker of property.markers ?? [])
        if (marker.kind === 'label' && !property.deleted)
          add(marker.ref ?? '', { node, thing: marker });
  return holders;
}

/** Holders of the tree whose duplicates are looked for: asked for once a node. */
const holdersOf = new WeakMap<Checked, Map<string, Holder>>();

const duplicateLabel = error('duplicate_label', (tree, node) => {
  let holders = holdersOf.get(tree);
  if (!holders) holdersOf.set(tree, (holders = labelHolders(tree.nodes)));
  const check = (label: string, thing: unknown): void => {
    const holder = holders.get(label);
    if (holder && holder.thing !== thing)
      tree.fail(`label ${label} is at ${holder.node.path} already`, node);
  };
  for (const { name, deleted } of node.labels ?? []) if (!deleted) check(name, node);
  for (const property of node.properties) {
    if (property.deleted) continue;
    for (const { name, deleted } of property.labels ?? []) if (!deleted) check(name, property);
    for (const marker of property.markers ?? [])
      if (marker.kind === 'label') check(marker.ref ?? '', marker);
  }
});

/** A phandle the node gives itself, 0 where it gives none or a wrong one. */
function ownPhandle(tree: Checked, node: Node, name: string): number {
  const property = getProperty(node, name);
  if (!property) return 0;
  const { value, markers = [] } = property;
  if (value.length !== 4) {
    tree.fail(`${value.length} bytes are no phandle`, node, property);
    return 0;
  }
  const reference = markers.find(({ kind }) => kind === 'phandle');
  if (reference) {
    // A reference to itself asks for a number, and gets one later.
    if (tree.byRef(reference.ref ?? '') !== node) tree.fail(`${name} refers to another node`, node);
    return 0;
  }
  const phandle = cell(value);
  if (!isNoPhandle(phandle)) return phandle;
  tree.fail(`0x${phandle.toString(16)} is no phandle`, node, property);
  return 0;
}

const explicitPhandles = error('explicit_phandles', (tree, node) => {
  const phandle = ownPhandle(tree, node, 'phandle');
  const old = ownPhandle(tree, node, 'linux,phandle');
  if (phandle !== 0 && old !== 0 && phandle !== old)
    tree.fail('"phandle" and "linux,phandle" differ', node);
  const number = phandle || old;
  if (number === 0) return;
  const other = tree.byPhandle(number);
  if (other && other !== node)
    tree.fail(`phandle 0x${number.toString(16)} belongs to ${other.path}`, node);
  else tree.setPhandle(node, number);
});

/** The first checks, in dtc's order. */
export const NAME_CHECKS: readonly Check[] = [
  duplicateNodeNames,
  duplicatePropertyNames,
  nodeNameChars,
  nodeNameFormat,
  propertyNameChars,
  nameIsString,
  nameProperties,
  nodeNameVsPropertyName,
  duplicateLabel,
  explicitPhandles,
];

/** Checks that others need. */
export const NEEDED = { duplicateNodeNames, explicitPhandles, nodeNameFormat } as const;
