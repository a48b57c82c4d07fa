import { get32, textAt } from '../bytes.ts';
import type { Problem } from '../problem.ts';
import { getNodeByPath, nodesOf, type DeviceTree, type Node, type Property } from '../tree.ts';

/** One rule about a tree. It runs only when everything it `needs` has passed. */
export interface Check {
  /** dtc's name of it. */
  readonly name: string;
  readonly severity: 'error' | 'warning';
  /** Called for every live node, parents first; reports through {@link Checked.fail}. */
  readonly run: (tree: Checked, node: Node) => void;
  readonly needs: readonly Check[];
}

/** A check that only warns. */
export const warning = (name: string, run: Check['run'], ...needs: Check[]): Check => ({
  name,
  severity: 'warning',
  run,
  needs,
});

/** A check whose failure ends the compilation with status 2. */
export const error = (name: string, run: Check['run'], ...needs: Check[]): Check => ({
  name,
  severity: 'error',
  run,
  needs,
});

/** Problems that are kept; a source of nothing but mistakes has no end of them. */
const PROBLEMS_MAX = 10_000;

type Outcome = 'passed' | 'failed' | 'not run';

/** What the checks know about the tree beside the tree itself. */
export class Checked {
  readonly tree: DeviceTree;
  readonly root: Node;
  /** True when `-@` asks for __symbols__: labelled nodes are then never left out. */
  readonly symbols: boolean;
  /** Nodes that were live before the first check, parents first. Some may be deleted since. */
  readonly nodes: readonly Node[];
  readonly #file: string;
  readonly #problems: Problem[];
  readonly #outcomes = new Map<Check, Outcome>();
  readonly #byPhandle = new Map<number, Node>();
  #byLabel: Map<string, Node> | undefined;
  #current: Check | undefined;
  #nextPhandle = 1;

  constructor(tree: DeviceTree, file: string, symbols: boolean, problems: Problem[]) {
    this.tree = tree;
    this.root = tree.root;
    this.nodes = nodesOf(tree.root);
    this.symbols = symbols;
    this.#file = file;
    this.#problems = problems;
  }

  /** Runs a list of checks in order; false as soon as one that is an error fails. */
  runAll(checks: readonly Check[]): boolean {
    return checks.every((check) => this.#run(check));
  }

  /** False when an error was found. Source: dtc, checks.c, `run_check`. */
  #run(check: Check): boolean {
    if (!this.#outcomes.has(check)) {
      let isGood = true;
      for (const needed of check.needs) {
        isGood &&= this.#run(needed);
        if (this.#outcomes.get(needed) === 'passed') continue;
        this.#outcomes.set(check, 'not run');
        this.#report(check, `not checked, because ${needed.name} failed`);
      }
      if (!this.#outcomes.has(check)) this.#visit(check);
      if (!isGood) return false;
    }
    return check.severity === 'warning' || this.#outcomes.get(check) === 'passed';
  }

  #visit(check: Check): void {
    this.#outcomes.set(check, 'passed');
    this.#current = check;
    // A check may delete what lies ahead.
    for (const node of this.nodes) if (!node.deleted || node === this.root) check.run(this, node);
  }

  /** Reports a failure of the running check at a property, or at a node. */
  fail(text: string, node: Node, property?: Property): void {
    const check = this.#current;
    if (!check) return;
    this.#outcomes.set(check, 'failed');
    if (this.isFull) return;
    const where = property ? `${node.path}:${property.name}` : node.path;
    this.#report(check, `${where}: ${text}`, node, property);
  }

  #report({ name, severity }: Check, text: string, node?: Node, property?: Property): void {
    const span = property?.span ?? node?.span;
    const place = span?.file.placeOf(span.from);
    const file = span?.name ?? this.#file;
    this.#problems.push({
      severity,
      kind: name,
      text,
      file,
      line: place?.line,
      column: place?.column,
    });
  }

  /** True when there are more problems than anybody reads. */
  get isFull(): boolean {
    return this.#problems.length > PROBLEMS_MAX;
  }

  /** First live node with that label. Labels no longer change once checks run. */
  byLabel(label: string): Node | undefined {
    if (!this.#byLabel) {
      this.#byLabel = new Map();
      for (const node of this.nodes)
        for (const { name, deleted } of node.labels ?? [])
          if (!deleted && !node.deleted && !this.#byLabel.has(name)) this.#byLabel.set(name, node);
    }
    const node = this.#byLabel.get(label);
    return node?.deleted ? undefined : node;
  }

  /** The node that '/', a path or a label names. */
  byRef(ref: string): Node | undefined {
    if (ref === '/') return this.root;
    return ref.startsWith('/') ? getNodeByPath(this.root, ref) : this.byLabel(ref);
  }

  /** The live node with that phandle. */
  byPhandle(phandle: number): Node | undefined {
    // The search meets the root first, and ends there even if the root is deleted.
    const node = this.root.phandle === phandle ? this.root : this.#byPhandle.get(phandle);
    return node?.deleted ? undefined : node;
  }

  /** Notes the phandle a node was given in the source. */
  setPhandle(node: Node, phandle: number): void {
    node.phandle = phandle;
    this.#byPhandle.set(phandle, node);
  }

  /**
   * The phandle of a node, the next free number when it has none yet; `isNew` then, and the
   * caller adds the property. Source: dtc, livetree.c, `get_node_phandle`.
   */
  phandleOf(node: Node): { phandle: number; isNew: boolean } {
    if (node.phandle !== 0) return { phandle: node.phandle, isNew: false };
    while (this.byPhandle(this.#nextPhandle)) this.#nextPhandle++;
    this.setPhandle(node, this.#nextPhandle);
    return { phandle: this.#nextPhandle, isNew: true };
  }
}

/** Cell `index` of a value, 0 behind its end. */
export const cell = (value: Uint8Array, index = 0): number => get32(value, index * 4);
/** What stands for "no phandle" in a cell: 0 and -1. */
export const isNoPhandle = (phandle: number): boolean => phandle === 0 || phandle === 0xffffffff;
/** The first string of a value, without looking whether it ends. */
export const firstString = (value: Uint8Array): string => textAt(value, 0);
/** Live children. */
export const childrenOf = (node: Node): Node[] => node.children.filter((child) => !child.deleted);
/** Address cells its children use, 2 when it does not say. */
export const addressCells = (node: Node): number =>
  node.addressCells === -1 ? 2 : node.addressCells;
/** Size cells its children use, 1 when it does not say. */
export const sizeCells = (node: Node): number => (node.sizeCells === -1 ? 1 : node.sizeCells);
/** `length` is a multiple of `step`; of 0 only 0 is. */
export const isMultiple = (length: number, step: number): boolean =>
  step === 0 ? length === 0 : length % step === 0;
