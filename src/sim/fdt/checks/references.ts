/** Checks that fill in references and leave out unused nodes. Source: dtc, checks.c. */
import { set32 } from '../bytes.ts';
import { deleteNode, getProperty, type Marker, type Node, Property } from '../tree.ts';
import { error, type Check, type Checked } from './check.ts';
import { NEEDED } from './names.ts';

/** The phandle of a node; a node that had none gets the property too. */
export function assignPhandle(tree: Checked, node: Node): number {
  const { phandle, isNew } = tree.phandleOf(node);
  if (isNew && !getProperty(node, 'phandle')) {
    const value = new Uint8Array(4);
    set32(value, 0, phandle);
    node.properties.push(
      new Property('phandle', value, [{ kind: 'u32', offset: 0, ref: undefined }]),
    );
  }
  return phandle;
}

/** A reference to a phandle in 4 bytes of a value. */
export const phandleReferences = error(
  'phandle_references',
  (tree, node) => {
    // A node may refer to itself, and gets a property more on the way.
    for (let i = 0; i < node.properties.length; i++) {
      const property = node.properties[i]!;
      if (property.deleted || !property.markers) continue;
      for (const { kind, offset, ref = '' } of property.markers) {
        if (kind !== 'phandle') continue;
        const target = tree.byRef(ref);
        if (target) {
          set32(property.value, offset, assignPhandle(tree, target));
          target.isReferenced = true;
        } else if (tree.tree.isPlugin) {
          set32(property.value, offset, 0xffffffff);
        } else {
          tree.fail(`there is no node ${ref}`, node);
        }
      }
    }
  },
  NEEDED.duplicateNodeNames,
  NEEDED.explicitPhandles,
);

/** A reference outside of cells: the path of the node as a string. */
const pathReferences = error(
  'path_references',
  (tree, node) => {
    for (const property of node.properties) {
      if (property.deleted) continue;
      property.markers?.forEach((marker, i, markers) => {
        if (marker.kind !== 'path') return;
        const target = tree.byRef(marker.ref ?? '');
        if (target) {
          insertPath(property, markers, i, target.path);
          target.isReferenced = true;
        } else {
          tree.fail(`there is no node ${marker.ref ?? ''}`, node);
        }
      });
    }
  },
  NEEDED.duplicateNodeNames,
);

function insertPath(property: Property, markers: Marker[], index: number, path: string): void {
  const { value } = property;
  const at = markers[index]!.offset;
  const size = path.length + 1;
  const longer = new Uint8Array(value.length + size);
  longer.set(value.subarray(0, at));
  for (let i = 0; i < path.length; i++) longer[at + i] = path.charCodeAt(i);
  longer.set(value.subarray(at), at + size);
  property.value = longer;
  for (let i = index + 1; i < markers.length; i++) markers[i]!.offset += size;
}

const omitUnusedNodes = error(
  'omit_unused_nodes',
  (tree, node) => {
    if (tree.symbols && node.labels) return;
    if (node.omitIfUnused && !node.isReferenced) deleteNode(node);
  },
  phandleReferences,
  pathReferences,
);

/** In dtc's order. */
export const REFERENCE_CHECKS: readonly Check[] = [
  phandleReferences,
  pathReferences,
  omitUnusedNodes,
];
