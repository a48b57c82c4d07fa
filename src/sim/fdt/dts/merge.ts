import { addLabel, deleteNode, deleteProperty, type Node, type Property } from '../tree.ts';
import type { LabelIndex } from './labels.ts';

/**
 * Lays a later definition over a node: labels are added, properties replaced, children merged by
 * name, deletions carried out. What was deleted before comes back at its old place.
 * Source: dtc, livetree.c, `merge_nodes`.
 */
export function mergeNodes(into: Node, from: Node, labels: LabelIndex): void {
  const work: [Node, Node][] = [[into, from]];
  for (let pair = work.pop(); pair; pair = work.pop()) {
    const [old, fresh] = pair;
    old.deleted = false;
    copyLabels(old, fresh);
    labels.addNode(old);
    mergeProperties(old, fresh.properties);
    // Two children of one name in the new definition meet here too. Order inside a child does not
    // depend on its siblings, so the list may be worked off later.
    const later: [Node, Node][] = [];
    for (const child of fresh.children) mergeChild(old, child, labels, later);
    work.push(...later.reverse());
    old.span ??= fresh.span;
  }
}

function copyLabels(old: Node | Property, fresh: Node | Property): void {
  for (const { name } of fresh.labels ?? []) addLabel(old, name);
}

const INDEX_FROM = 16;

function mergeProperties(old: Node, fresh: readonly Property[]): void {
  const index =
    fresh.length > INDEX_FROM
      ? new Map(old.properties.toReversed().map((property) => [property.name, property]))
      : undefined;
  for (const property of fresh) {
    const { name } = property;
    const known = index ? index.get(name) : old.properties.find((one) => one.name === name);
    if (property.deleted) {
      if (known) deleteProperty(known);
    } else if (known) {
      copyLabels(known, property);
      known.value = property.value;
      known.markers = property.markers;
      known.deleted = false;
      known.span = property.span;
    } else {
      old.properties.push(property);
      index?.set(name, property);
    }
  }
}

function mergeChild(old: Node, child: Node, labels: LabelIndex, later: [Node, Node][]): void {
  const known = old.firstNamed(child.name);
  if (child.deleted) {
    // Merges that wait must be done before the result is deleted.
    while (later.length > 0) {
      const pair = later.shift();
      if (pair) mergeNodes(pair[0], pair[1], labels);
    }
    if (known) deleteNode(known);
  } else if (known) {
    later.push([known, child]);
  } else {
    old.append(child);
    labels.addTree(child);
  }
}
