/** Checks of standard properties: strings, cells, reg and ranges. Source: dtc, checks.c. */
import { getChild, getNodeByPath, getProperty, unitNameOf, type Node } from '../tree.ts';
import {
  addressCells,
  cell,
  childrenOf,
  firstString,
  isMultiple,
  sizeCells,
  warning,
  type Check,
  type Checked,
} from './check.ts';
import { mustBeCell, mustBeString, mustBeStringList } from './names.ts';

/** A warning that `property` is no single cell. */
export const isCell = (name: string, property: string): Check =>
  warning(name, (tree, node) => {
    mustBeCell(tree, node, property);
  });
const isString = (name: string, property: string): Check =>
  warning(name, (tree, node) => {
    mustBeString(tree, node, property);
  });

const addressCellsIsCell = isCell('address_cells_is_cell', '#address-cells');
const sizeCellsIsCell = isCell('size_cells_is_cell', '#size-cells');
/** `device_type` is one string. */
export const deviceTypeIsString = isString('device_type_is_string', 'device_type');
/** `compatible` is a list of strings. */
export const compatibleIsStringList = warning('compatible_is_string_list', (tree, node) => {
  mustBeStringList(tree, node, 'compatible');
});

const namesIsStringList = warning('names_is_string_list', (tree, node) => {
  for (const { name, deleted } of node.properties)
    if (!deleted && name.endsWith('-names')) mustBeStringList(tree, node, name);
});

const cellsOf = (node: Node, name: string): number => {
  const property = getProperty(node, name);
  return property ? cell(property.value) | 0 : -1;
};

/** Notes #address-cells and #size-cells of every node. */
export const addrSizeCells = warning(
  'addr_size_cells',
  (_tree, node) => {
    node.addressCells = cellsOf(node, '#address-cells');
    node.sizeCells = cellsOf(node, '#size-cells');
  },
  addressCellsIsCell,
  sizeCellsIsCell,
);

/** `reg` holds whole entries of the parent's cells. */
export const regFormat = warning(
  'reg_format',
  (tree, node) => {
    const reg = getProperty(node, 'reg');
    if (!reg) return;
    if (!node.parent) {
      tree.fail('the root has no "reg"', node);
      return;
    }
    const { length } = reg.value;
    if (length === 0) tree.fail('is empty', node, reg);
    const address = addressCells(node.parent);
    const size = sizeCells(node.parent);
    if (!isMultiple(length, ((address + size) * 4) | 0))
      tree.fail(`${length} bytes, with ${address} address and ${size} size cells`, node, reg);
  },
  addrSizeCells,
);

function checkRanges(tree: Checked, node: Node, name: string): void {
  const ranges = getProperty(node, name);
  if (!ranges) return;
  const { parent } = node;
  if (!parent) {
    tree.fail(`the root has no "${name}"`, node, ranges);
    return;
  }
  const [address, size] = [addressCells(node), sizeCells(node)];
  const [parentAddress, parentSize] = [addressCells(parent), sizeCells(parent)];
  const { length } = ranges.value;
  if (length === 0) {
    if (parentAddress !== address)
      tree.fail(`empty, but ${address} address cells become ${parentAddress}`, node, ranges);
    if (parentSize !== size)
      tree.fail(`empty, but ${size} size cells become ${parentSize}`, node, ranges);
  } else if (!isMultiple(length, ((parentAddress + address + size) * 4) | 0)) {
    const cells = `${address} child address, ${parentAddress} parent address, ${size} size cells`;
    tree.fail(`${length} bytes, with ${cells}`, node, ranges);
  }
}

const unitAddressVsReg = warning('unit_address_vs_reg', (tree, node) => {
  // Fragments of overlays are numbered, and have neither.
  if (getChild(node, '__overlay__')) return;
  const ranges = getProperty(node, 'ranges');
  const has = getProperty(node, 'reg') ?? (ranges && ranges.value.length > 0 ? ranges : undefined);
  const unit = unitNameOf(node);
  if (has && unit === '') tree.fail('has a "reg" or "ranges", but no unit address', node);
  if (!has && unit !== '') tree.fail('has a unit address, but neither "reg" nor "ranges"', node);
});

const avoidDefaultAddrSize = warning(
  'avoid_default_addr_size',
  (tree, node) => {
    if (!node.parent || !(getProperty(node, 'reg') ?? getProperty(node, 'ranges'))) return;
    if (node.parent.addressCells === -1) tree.fail('its bus does not say #address-cells', node);
    if (node.parent.sizeCells === -1) tree.fail('its bus does not say #size-cells', node);
  },
  addrSizeCells,
);

const avoidUnnecessaryAddrSize = warning(
  'avoid_unnecessary_addr_size',
  (tree, node) => {
    if (!node.parent || node.addressCells < 0 || node.sizeCells < 0) return;
    if (getProperty(node, 'ranges') || node.children.length === 0) return;
    if (!childrenOf(node).some((child) => getProperty(child, 'reg')))
      tree.fail('#address-cells and #size-cells serve no child and no "ranges"', node);
  },
  avoidDefaultAddrSize,
);

const uniqueUnitAddress = warning(
  'unique_unit_address',
  (tree, node) => {
    if (node.addressCells < 0 || node.sizeCells < 0) return;
    const earlier = new Map<string, Node[]>();
    for (const child of childrenOf(node)) {
      const unit = unitNameOf(child);
      if (unit === '') continue;
      const twins = earlier.get(unit);
      if (!twins) {
        earlier.set(unit, [child]);
        continue;
      }
      for (const twin of twins) tree.fail(`${child.path} has the same unit address`, twin);
      twins.push(child);
    }
  },
  avoidDefaultAddrSize,
);

const obsoleteChosen = warning('obsolete_chosen_interrupt_controller', (tree, node) => {
  const chosen = node === tree.root ? getNodeByPath(node, '/chosen') : undefined;
  const property = chosen && getProperty(chosen, 'interrupt-controller');
  if (property) tree.fail('"interrupt-controller" of /chosen is obsolete', node, property);
});

const chosenIsRoot = warning('chosen_node_is_root', (tree, node) => {
  if (node.name === 'chosen' && node.parent !== tree.root)
    tree.fail('"chosen" belongs to the root', node);
});

const chosenBootargs = warning('chosen_node_bootargs', (tree, node) => {
  if (node.name === 'chosen') mustBeString(tree, node, 'bootargs');
});

const chosenStdoutPath = warning('chosen_node_stdout_path', (tree, node) => {
  if (node.name !== 'chosen') return;
  if (getProperty(node, 'stdout-path')) {
    mustBeString(tree, node, 'stdout-path');
    return;
  }
  const old = getProperty(node, 'linux,stdout-path');
  if (!old) return;
  tree.fail('is called "stdout-path" today', node, old);
  mustBeString(tree, node, 'linux,stdout-path');
});

const aliasPaths = warning('alias_paths', (tree, node) => {
  if (node.name !== 'aliases') return;
  for (const property of node.properties) {
    const { name, value, deleted } = property;
    if (deleted || name === 'phandle' || name === 'linux,phandle') continue;
    if (value.length === 0 || !getNodeByPath(tree.root, firstString(value)))
      tree.fail('is not the path of a node', node, property);
    else if (/[^a-z0-9-]/.test(name))
      tree.fail(`alias ${name} has other characters than a-z, 0-9 and '-'`, node);
  }
});

/** Strings and cells, in dtc's order. */
export const VALUE_CHECKS: readonly Check[] = [
  addressCellsIsCell,
  sizeCellsIsCell,
  deviceTypeIsString,
  isString('model_is_string', 'model'),
  isString('status_is_string', 'status'),
  isString('label_is_string', 'label'),
  compatibleIsStringList,
  namesIsStringList,
  addrSizeCells,
  regFormat,
  warning('ranges_format', (t, node) => checkRanges(t, node, 'ranges'), addrSizeCells),
  warning('dma_ranges_format', (t, node) => checkRanges(t, node, 'dma-ranges'), addrSizeCells),
  unitAddressVsReg,
];

/** Matters of style, in dtc's order. */
export const STYLE_CHECKS: readonly Check[] = [
  avoidDefaultAddrSize,
  avoidUnnecessaryAddrSize,
  uniqueUnitAddress,
  obsoleteChosen,
  chosenIsRoot,
  chosenBootargs,
  chosenStdoutPath,
];

/** Runs near the end of dtc's list. */
export const ALIAS_CHECKS: readonly Check[] = [aliasPaths];
