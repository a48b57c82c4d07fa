import type { Node } from '../tree.ts';
import { getNodeByPath, nodesOf } from '../tree.ts';

const isLabelled = (node: Node, name: string): boolean =>
  !node.deleted && (node.labels?.some((label) => label.name === name && !label.deleted) ?? false);

/**
 * Finds nodes of a growing tree by label. dtc searches the whole tree for each reference; a map of
 * candidates gives the same answer at once, because only those that are still in the tree and
 * still carry the label count.
 */
export class LabelIndex {
  readonly #candidates = new Map<string, Set<Node>>();

  /** Notes every label in the subtree below `top`, which is about to join the tree. */
  addTree(top: Node): void {
    for (const node of nodesOf(top)) this.addNode(node);
  }

  addNode(node: Node): void {
    for (const { name } of node.labels ?? []) {
      const known = this.#candidates.get(name);
      if (known) known.add(node);
      else this.#candidates.set(name, new Set([node]));
    }
  }

  /** The first live node with the label. Source: dtc, livetree.c, `get_node_by_label`. */
  byLabel(root: Node, name: string): Node | undefined {
    const found = [...(this.#candidates.get(name) ?? [])].filter(
      (node) => isLabelled(node, name) && isIn(root, node),
    );
    if (found.length <= 1) return found[0];
    return nodesOf(root).find((node) => isLabelled(node, name));
  }

  /** The node a reference names: '/', a path, or a label. */
  byRef(root: Node, ref: string): Node | undefined {
    if (ref === '/') return root;
    return ref.startsWith('/') ? getNodeByPath(root, ref) : this.byLabel(root, ref);
  }
}

function isIn(root: Node, node: Node): boolean {
  let at: Node | undefined = node;
  while (at && at !== root) {
    if (at.deleted) return false;
    at = at.holder;
  }
  return at === root;
}
