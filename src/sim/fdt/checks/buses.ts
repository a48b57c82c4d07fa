/** Checks of unit addresses by the rules of each bus. Source: dtc, checks.c. */
import { baseNameOf, getProperty, unitNameOf, type Node } from '../tree.ts';
import {
  addressCells,
  cell,
  childrenOf,
  firstString,
  sizeCells,
  warning,
  type Check,
  type Checked,
} from './check.ts';
import { addrSizeCells, compatibleIsStringList, deviceTypeIsString, regFormat } from './format.ts';
import { NEEDED } from './names.ts';

const hex = (value: number | bigint): string => value.toString(16);

const pciBridge = warning(
  'pci_bridge',
  (tree, node) => {
    const type = getProperty(node, 'device_type');
    if (!type || firstString(type.value) !== 'pci') return;
    node.bus = 'pci';
    const name = baseNameOf(node);
    if (name !== 'pci' && name !== 'pcie') tree.fail('a PCI bridge is called pci or pcie', node);
    if (!getProperty(node, 'ranges')) tree.fail('a PCI bridge has "ranges"', node);
    if (addressCells(node) !== 3) tree.fail('a PCI bridge has 3 #address-cells', node);
    if (sizeCells(node) !== 2) tree.fail('a PCI bridge has 2 #size-cells', node);
    const range = getProperty(node, 'bus-range');
    if (!range) return;
    const { value } = range;
    if (value.length !== 8) {
      tree.fail('is not two cells', node, range);
      return;
    }
    if (cell(value) > cell(value, 1)) tree.fail('the first bus is above the last', node, range);
    if (cell(value, 1) > 0xff) tree.fail('there is no bus above 255', node, range);
  },
  deviceTypeIsString,
  addrSizeCells,
);

const pciDeviceReg = warning(
  'pci_device_reg',
  (tree, node) => {
    const reg = node.parent?.bus === 'pci' ? getProperty(node, 'reg') : undefined;
    if (!reg) return;
    const first = cell(reg.value);
    if (cell(reg.value, 1) !== 0 || cell(reg.value, 2) !== 0)
      tree.fail('cells 2 and 3 of a configuration address are 0', node, reg);
    if (first >>> 24 !== 0) tree.fail('is not an address in configuration space', node, reg);
    if ((first & 0xff) !== 0) tree.fail('the register number is not 0', node, reg);
    const device = hex((first & 0xf800) >> 11);
    const slot = (first & 0x700) >> 8;
    const unit = unitNameOf(node);
    if (slot === 0 && unit === device) return;
    const both = `${device},${hex(slot)}`;
    if (unit !== both) tree.fail(`by its "reg" the unit address is ${both}`, node);
  },
  regFormat,
  pciBridge,
);

const pciDeviceBusNum = warning(
  'pci_device_bus_num',
  (tree, node) => {
    const reg = node.parent?.bus === 'pci' ? getProperty(node, 'reg') : undefined;
    if (!reg || !node.parent) return;
    const bus = (cell(reg.value) & 0xff0000) >> 16;
    const range = getProperty(node.parent, 'bus-range');
    // dtc 1.6.1 takes the first cell for both ends.
    const only = range ? cell(range.value) : 0;
    if (bus !== only) tree.fail(`bus ${bus} is not the bridge's bus ${only}`, node, reg);
  },
  regFormat,
  pciBridge,
);

function isCompatible(node: Node, name: string): boolean {
  const list = getProperty(node, 'compatible')?.value;
  if (!list) return false;
  for (let at = 0; at < list.length;) {
    const entry = firstString(list.subarray(at));
    if (entry === name) return true;
    at += entry.length + 1;
  }
  return false;
}

const simpleBusBridge = warning(
  'simple_bus_bridge',
  (_tree, node) => {
    if (isCompatible(node, 'simple-bus')) node.bus = 'simple-bus';
  },
  addrSizeCells,
  compatibleIsStringList,
);

/** Value and index of the cell where the address of a child of a simple bus begins. */
function simpleBusAddress(node: Node): { value: Uint8Array; from: number } | undefined {
  const reg = getProperty(node, 'reg');
  if (reg) return reg.value.length > 0 ? { value: reg.value, from: 0 } : undefined;
  const ranges = getProperty(node, 'ranges');
  if (!ranges || ranges.value.length === 0) return undefined;
  return { value: ranges.value, from: addressCells(node) };
}

const simpleBusReg = warning(
  'simple_bus_reg',
  (tree, node) => {
    const { parent } = node;
    if (parent?.bus !== 'simple-bus') return;
    const address = simpleBusAddress(node);
    if (!address) {
      if (parent.parent && node.bus !== 'simple-bus')
        tree.fail('has neither "reg" nor "ranges" on a simple bus', node);
      return;
    }
    const { value, from } = address;
    const cells = Math.min(addressCells(parent), value.length / 4);
    let reg = 0n;
    for (let i = 0; i < cells; i++) reg = (reg << 32n) | BigInt(cell(value, from + i));
    const unit = hex(BigInt.asUintN(64, reg));
    if (unitNameOf(node) !== unit) tree.fail(`by its address the unit address is ${unit}`, node);
  },
  regFormat,
  simpleBusBridge,
);

/** Reports unless a bus has `address` and no size cells. */
function mustHaveCells(tree: Checked, node: Node, bus: string, address: number): void {
  if (addressCells(node) !== address) tree.fail(`${bus} has ${address} #address-cells`, node);
  if (sizeCells(node) !== 0) tree.fail(`${bus} has 0 #size-cells`, node);
}

const i2cBusBridge = warning(
  'i2c_bus_bridge',
  (tree, node) => {
    if (!['i2c', 'i2c-bus', 'i2c-arb'].includes(baseNameOf(node))) return;
    node.bus = 'i2c-bus';
    if (node.children.length > 0) mustHaveCells(tree, node, 'an I2C bus', 1);
  },
  addrSizeCells,
);

const I2C_OWN_SLAVE_ADDRESS = 0x40000000;
const I2C_TEN_BIT_ADDRESS = 0x80000000;

const i2cBusReg = warning(
  'i2c_bus_reg',
  (tree, node) => {
    if (node.parent?.bus !== 'i2c-bus') return;
    const reg = getProperty(node, 'reg');
    if (!reg || reg.value.length === 0) {
      tree.fail('has no "reg" on an I2C bus', node);
      return;
    }
    const address = (index: number): number =>
      (cell(reg.value, index) & ~I2C_OWN_SLAVE_ADDRESS) >>> 0;
    const unit = hex(address(0));
    if (unitNameOf(node) !== unit) tree.fail(`by its "reg" the unit address is ${unit}`, node);
    for (let i = 0; i * 4 < reg.value.length; i++) {
      const one = address(i);
      if (one >= I2C_TEN_BIT_ADDRESS && one - I2C_TEN_BIT_ADDRESS > 0x3ff)
        tree.fail(`0x${hex(one)} has more than 10 bits`, node, reg);
      else if (one > 0x7f) tree.fail(`0x${hex(one)} has more than 7 bits`, node, reg);
    }
  },
  regFormat,
  i2cBusBridge,
);

const spiBusBridge = warning(
  'spi_bus_bridge',
  (tree, node) => {
    if (baseNameOf(node) === 'spi') {
      node.bus = 'spi-bus';
    } else {
      // A bus by another name: its children have properties that only devices on SPI have.
      if (addressCells(node) !== 1 || sizeCells(node) !== 0) return;
      const isSpi = childrenOf(node).some((child) =>
        child.properties.some(({ name, deleted }) => !deleted && name.startsWith('spi-')),
      );
      if (isSpi) node.bus = 'spi-bus';
      if (node.bus === 'spi-bus' && getProperty(node, 'reg'))
        tree.fail('an SPI bus is called spi', node);
    }
    if (node.bus !== 'spi-bus' || node.children.length === 0) return;
    mustHaveCells(tree, node, 'this SPI bus', getProperty(node, 'spi-slave') ? 0 : 1);
  },
  addrSizeCells,
);

const spiBusReg = warning(
  'spi_bus_reg',
  (tree, node) => {
    const { parent } = node;
    if (parent?.bus !== 'spi-bus' || getProperty(parent, 'spi-slave')) return;
    const reg = getProperty(node, 'reg');
    if (!reg || reg.value.length === 0) {
      tree.fail('has no "reg" on an SPI bus', node);
      return;
    }
    const unit = hex(cell(reg.value));
    if (unitNameOf(node) !== unit) tree.fail(`by its "reg" the unit address is ${unit}`, node);
  },
  regFormat,
  spiBusBridge,
);

const unitAddressFormat = warning(
  'unit_address_format',
  (tree, node) => {
    if (node.parent?.bus) return;
    let unit = unitNameOf(node);
    if (unit.startsWith('0x')) {
      tree.fail('a unit address has no 0x in front', node);
      unit = unit.slice(2);
    }
    if (/^0[0-9a-fA-F]/.test(unit)) tree.fail('a unit address has no zeros in front', node);
  },
  NEEDED.nodeNameFormat,
  pciBridge,
  simpleBusBridge,
);

/** In dtc's order. */
export const BUS_CHECKS: readonly Check[] = [
  unitAddressFormat,
  pciBridge,
  pciDeviceReg,
  pciDeviceBusNum,
  simpleBusBridge,
  simpleBusReg,
  i2cBusBridge,
  i2cBusReg,
  spiBusBridge,
  spiBusReg,
];
