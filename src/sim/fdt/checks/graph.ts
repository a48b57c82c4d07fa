/** Checks of ports and endpoints of graphs. Source: dtc, checks.c. */
import { baseNameOf, getProperty, unitNameOf, type Node } from '../tree.ts';
import { cell, childrenOf, isNoPhandle, warning, type Check, type Checked } from './check.ts';

const graphNodes = warning('graph_nodes', (_tree, node) => {
  const hasEndpoint = childrenOf(node).some(
    (child) => baseNameOf(child) === 'endpoint' || getProperty(child, 'remote-endpoint'),
  );
  if (!hasEndpoint) return;
  node.bus = 'graph-port';
  const { parent } = node;
  if (parent && !parent.bus && (parent.name === 'ports' || getProperty(node, 'reg')))
    parent.bus = 'graph-ports';
});

const graphChildAddress = warning(
  'graph_child_address',
  (tree, node) => {
    if (node.bus !== 'graph-ports' && node.bus !== 'graph-port') return;
    const children = childrenOf(node);
    for (const child of children) {
      const reg = getProperty(child, 'reg');
      if (reg && cell(reg.value) !== 0) return;
    }
    if (children.length === 1 && node.addressCells !== -1)
      tree.fail(`a single child needs neither #address-cells nor #size-cells`, node);
  },
  graphNodes,
);

function checkReg(tree: Checked, node: Node): void {
  const reg = getProperty(node, 'reg');
  if (!reg) return;
  if (reg.value.length !== 4) {
    tree.fail('"reg" is not one cell', node);
    return;
  }
  const unit = cell(reg.value).toString(16);
  if (unitNameOf(node) !== unit) tree.fail(`by its "reg" the unit address is ${unit}`, node);
  const { parent } = node;
  if (!parent) return;
  if (parent.addressCells !== 1)
    tree.fail('its bus has 1 #address-cells', node, getProperty(node, '#address-cells'));
  if (parent.sizeCells !== 0)
    tree.fail('its bus has 0 #size-cells', node, getProperty(node, '#size-cells'));
}

const graphPort = warning(
  'graph_port',
  (tree, node) => {
    if (node.bus !== 'graph-port') return;
    if (baseNameOf(node) !== 'port') tree.fail('a port of a graph is called port', node);
    checkReg(tree, node);
  },
  graphNodes,
);

function remoteEndpoint(tree: Checked, endpoint: Node): Node | undefined {
  const property = getProperty(endpoint, 'remote-endpoint');
  const phandle = property ? cell(property.value) : 0;
  if (isNoPhandle(phandle)) return undefined;
  const node = tree.byPhandle(phandle);
  if (!node) tree.fail('no node has this phandle', endpoint, property);
  return node;
}

const graphEndpoint = warning(
  'graph_endpoint',
  (tree, node) => {
    if (node.parent?.bus !== 'graph-port') return;
    if (baseNameOf(node) !== 'endpoint') tree.fail('an endpoint is called endpoint', node);
    checkReg(tree, node);
    const remote = remoteEndpoint(tree, node);
    if (remote && remoteEndpoint(tree, remote) !== node)
      tree.fail(`${remote.path} does not lead back`, node);
  },
  graphNodes,
);

/** In dtc's order. */
export const GRAPH_CHECKS: readonly Check[] = [
  graphNodes,
  graphChildAddress,
  graphPort,
  graphEndpoint,
];
