/** Checks of references with arguments and of interrupts. Source: dtc, checks.c. */
import { getProperty, type Node, type Property } from '../tree.ts';
import { cell, isMultiple, isNoPhandle, warning, type Check, type Checked } from './check.ts';
import { isCell } from './format.ts';
import { phandleReferences } from './references.ts';

/** `clocks = <&a 1 2>, <&b>`: each phandle's node says with how many cells it is followed. */
function checkPhandleArgs(
  tree: Checked,
  node: Node,
  property: Property,
  cellsName: string,
  isOptional = false,
): void {
  const { value, markers } = property;
  if (value.length % 4 !== 0) {
    tree.fail(`${value.length} bytes are not whole cells`, node, property);
    return;
  }
  const count = value.length / 4;
  for (let at = 0; at < count;) {
    const phandle = cell(value, at);
    if (isNoPhandle(phandle)) {
      // In an overlay it may be filled in later.
      if (tree.tree.isPlugin) return;
      at++;
      continue;
    }
    if (markers && !markers.some(({ kind, offset }) => kind === 'phandle' && offset === at * 4))
      tree.fail(`cell ${at} is not a reference`, node, property);
    const provider = tree.byPhandle(phandle);
    if (!provider) {
      tree.fail(`no node has the phandle in cell ${at}`, node, property);
      return;
    }
    const cells = getProperty(provider, cellsName);
    if (!cells && !isOptional) {
      tree.fail(`${provider.path} has no ${cellsName} for ${property.name}[${at}]`, node);
      return;
    }
    const size = cells ? cell(cells.value) : 0;
    if (at + size + 1 > count)
      tree.fail(`${value.length} bytes are too few for ${size} cells more`, node, property);
    at += size + 1;
  }
}

const PROVIDERS = [
  ['clocks', 'clock'],
  ['cooling-device', 'cooling'],
  ['dmas', 'dma'],
  ['hwlocks', 'hwlock'],
  ['interrupts-extended', 'interrupt'],
  ['io-channels', 'io-channel'],
  ['iommus', 'iommu'],
  ['mboxes', 'mbox'],
  ['msi-parent', 'msi'],
  ['mux-controls', 'mux-control'],
  ['phys', 'phy'],
  ['power-domains', 'power-domain'],
  ['pwms', 'pwm'],
  ['resets', 'reset'],
  ['sound-dai', 'sound-dai'],
  ['thermal-sensors', 'thermal-sensor'],
] as const;

const referenceChecks = PROVIDERS.flatMap(([name, kind]) => {
  const id = name.replaceAll('-', '_');
  const cells = `#${kind}-cells`;
  const cellCheck = isCell(`${id}_is_cell`, cells);
  const check = warning(
    `${id}_property`,
    (tree, node) => {
      const property = getProperty(node, name);
      if (property) checkPhandleArgs(tree, node, property, cells, name === 'msi-parent');
    },
    cellCheck,
    phandleReferences,
  );
  return [check, cellCheck];
});

const isGpio = (name: string): boolean => !name.endsWith(',nr-gpios') && /(^|-)gpios?$/.test(name);

const gpiosProperty = warning(
  'gpios_property',
  (tree, node) => {
    if (getProperty(node, 'gpio-hog')) return;
    for (const property of node.properties)
      if (!property.deleted && isGpio(property.name))
        checkPhandleArgs(tree, node, property, '#gpio-cells');
  },
  phandleReferences,
);

const isInterruptProvider = (node: Node): boolean =>
  Boolean(getProperty(node, 'interrupt-controller') ?? getProperty(node, 'interrupt-map'));

/** The node that takes this node's interrupts; undefined when there is none, or it was reported. */
function interruptParent(tree: Checked, node: Node): Node | undefined {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (at !== node && isInterruptProvider(at)) return at;
    const property = getProperty(at, 'interrupt-parent');
    if (!property) continue;
    const phandle = cell(property.value);
    if (isNoPhandle(phandle)) {
      if (tree.tree.isPlugin) return undefined;
      tree.fail('is no phandle', at, property);
      break;
    }
    const parent = tree.byPhandle(phandle);
    if (!parent) {
      tree.fail('no node has this phandle', at, property);
      return undefined;
    }
    if (!isInterruptProvider(parent))
      tree.fail('has neither "interrupt-controller" nor "interrupt-map"', parent);
    return parent;
  }
  tree.fail('nothing takes its interrupts', node);
  return undefined;
}

const interruptsProperty = warning('interrupts_property', (tree, node) => {
  const interrupts = getProperty(node, 'interrupts');
  if (!interrupts) return;
  const { length } = interrupts.value;
  if (length % 4 !== 0) tree.fail(`${length} bytes are not whole cells`, node, interrupts);
  const parent = interruptParent(tree, node);
  const cells = parent && getProperty(parent, '#interrupt-cells');
  if (!cells) return;
  const size = (cell(cells.value) * 4) | 0;
  if (!isMultiple(length, size))
    tree.fail(`${length} bytes are no multiple of ${size}`, node, cells);
});

const interruptProvider = warning('interrupt_provider', (tree, node) => {
  if (!isInterruptProvider(node)) return;
  for (const name of ['#interrupt-cells', '#address-cells'])
    if (!getProperty(node, name)) tree.fail(`takes interrupts, but does not say ${name}`, node);
});

/** In dtc's order. */
export const PROVIDER_CHECKS: readonly Check[] = [
  ...referenceChecks,
  gpiosProperty,
  interruptsProperty,
  interruptProvider,
];
