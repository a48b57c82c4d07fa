/**
 * The nodes dtc adds on its own: __symbols__ and aliases from labels, __fixups__ and
 * __local_fixups__ for overlays. Source: dtc, livetree.c.
 */
import { cString, set32 } from './bytes.ts';
import type { Checked } from './checks/check.ts';
import { assignPhandle } from './checks/references.ts';
import { getChild, getProperty, Node, nodesOf, Property, type Marker } from './tree.ts';

function childOf(parent: Node, name: string): Node {
  const known = getChild(parent, name);
  if (known) return known;
  const child = new Node(name);
  parent.append(child);
  // dtc leaves generated nodes without a path; blobs before version 16 need one.
  child.path = parent.path.endsWith('/') ? parent.path + name : `${parent.path}/${name}`;
  return child;
}

function appendTo(node: Node, name: string, bytes: Uint8Array, kind: 'string' | 'u32'): void {
  const known = getProperty(node, name);
  if (!known) {
    node.properties.push(new Property(name, bytes, [{ kind, offset: 0, ref: undefined }]));
    return;
  }
  (known.markers ??= []).push({ kind, offset: known.value.length, ref: undefined });
  const longer = new Uint8Array(known.value.length + bytes.length);
  longer.set(known.value);
  longer.set(bytes, known.value.length);
  known.value = longer;
}

/**
 * A property per label, its value the path of the labelled node. With `phandles` each of those
 * nodes gets a phandle. `onTaken` hears of labels whose name is taken in the target node.
 * Source: livetree.c, `generate_label_tree`.
 */
export function generateLabels(
  tree: Checked,
  name: string,
  phandles: boolean,
  onTaken: (label: string) => void,
): void {
  const nodes = nodesOf(tree.root);
  if (!nodes.some(({ labels }) => labels)) return;
  const target = childOf(tree.root, name);
  const taken = new Set(target.properties.filter((one) => !one.deleted).map((one) => one.name));
  for (const node of nodes) {
    if (!node.labels) continue;
    for (const label of node.labels) {
      if (label.deleted) continue;
      if (taken.has(label.name)) {
        onTaken(label.name);
        continue;
      }
      taken.add(label.name);
      const markers: Marker[] = [{ kind: 'string', offset: 0, ref: undefined }];
      target.properties.push(new Property(label.name, cString(node.path), markers));
    }
    if (phandles) assignPhandle(tree, node);
  }
}

interface Reference {
  readonly node: Node;
  readonly property: Property;
  readonly marker: Marker;
  readonly isLocal: boolean;
}

function phandleMarkers(tree: Checked): Reference[] {
  const found: Reference[] = [];
  for (const node of nodesOf(tree.root))
    for (const property of node.properties) {
      if (property.deleted || !property.markers) continue;
      for (const marker of property.markers)
        if (marker.kind === 'phandle')
          found.push({ node, property, marker, isLocal: !!tree.byRef(marker.ref ?? '') });
    }
  return found;
}

/**
 * Where an overlay refers to nodes it does not hold (__fixups__: `path:property:offset` by label)
 * and to its own (__local_fixups__: the same tree, offsets as values).
 * Source: livetree.c, `generate_fixups_tree`, `generate_local_fixups_tree`.
 */
export function generateFixups(tree: Checked): void {
  const references = phandleMarkers(tree);
  const open = references.filter(({ isLocal }) => !isLocal);
  if (open.length > 0) {
    const fixups = childOf(tree.root, '__fixups__');
    for (const { node, property, marker } of open) {
      const entry = cString(`${node.path}:${property.name}:${marker.offset}`);
      appendTo(fixups, marker.ref ?? '', entry, 'string');
    }
  }
  const local = references.filter(({ isLocal }) => isLocal);
  if (local.length === 0) return;
  const fixups = childOf(tree.root, '__local_fixups__');
  for (const { node, property, marker } of local) {
    const line: Node[] = [];
    for (let at: Node | undefined = node; at.parent; at = at.parent) line.push(at);
    const target = line.reduceRight((at, { name }) => childOf(at, name), fixups);
    const offset = new Uint8Array(4);
    set32(offset, 0, marker.offset);
    appendTo(target, property.name, offset, 'u32');
  }
}
