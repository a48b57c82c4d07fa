/**
 * Source text to a tree, without resolving references. Accepts what dtc's grammar accepts and
 * stops at the same token. Source: dtc, dtc-parser.y.
 */
import { GaveUp, type Problem } from '../problem.ts';
import { addLabel, deleteNode, Node, Property, type DeviceTree, type Reserve } from '../tree.ts';
import { CHAR } from './chars.ts';
import { LabelIndex } from './labels.ts';
import { Lexer, type ReadFile } from './lex.ts';
import { mergeNodes } from './merge.ts';
import { PropertyReader } from './property.ts';
import { SourceFile } from './source.ts';
import { T } from './token.ts';
import { TokenStream, type Spot } from './tokens.ts';

/** Nodes within nodes; dtc's parser stack ends at the same depth. */
export const NODE_DEPTH_MAX = 3330;

/** A parsed source with the index that finds its labels. */
export interface Parsed {
  readonly tree: DeviceTree;
  readonly labels: LabelIndex;
}

/**
 * Parses a source; undefined when that failed. Problems are appended in the order they are met,
 * and a parse that went on after one has failed all the same.
 */
export function parseDts(
  name: string,
  bytes: Uint8Array,
  read: ReadFile,
  problems: Problem[],
): Parsed | undefined {
  const before = problems.length;
  try {
    const parsed = new Parser(new Lexer(new SourceFile(name, bytes), read, problems), read).parse();
    return problems.length > before ? undefined : parsed;
  } catch (failure) {
    if (failure instanceof GaveUp) return undefined;
    throw failure;
  }
}

/** Labels and marks in front of a node or a property. */
interface Prefix {
  readonly spot: Spot;
  readonly labels: string[];
  omit: boolean;
}

class Parser {
  readonly #tokens: TokenStream;
  readonly #properties: PropertyReader;
  readonly #labels = new LabelIndex();
  #isPlugin = false;
  #fragments = 0;

  constructor(lexer: Lexer, read: ReadFile) {
    this.#tokens = new TokenStream(lexer);
    this.#properties = new PropertyReader(this.#tokens, read);
  }

  parse(): Parsed {
    this.#headers();
    const reserves = this.#reserves();
    const root = this.#tree();
    const tree = { root, reserves, isPlugin: this.#isPlugin, bootCpu: guessBootCpu(root) };
    return { tree, labels: this.#labels };
  }

  #headers(): void {
    const tokens = this.#tokens;
    const flags: { isPlugin: boolean; spot: Spot }[] = [];
    do {
      const spot = tokens.spot();
      tokens.expect(T.version);
      tokens.expect(CHAR.semicolon);
      const isPlugin = tokens.accepts(T.plugin);
      if (isPlugin) tokens.expect(CHAR.semicolon);
      flags.push({ isPlugin, spot });
    } while (tokens.peek() === T.version);
    for (let i = flags.length - 1; i > 0; i--) {
      const { isPlugin, spot } = flags[i]!;
      if (isPlugin !== flags[i - 1]!.isPlugin)
        tokens.semantic('this header differs from an earlier one', spot);
    }
    this.#isPlugin = flags[0]!.isPlugin;
  }

  #reserves(): Reserve[] {
    const tokens = this.#tokens;
    const reserves: Reserve[] = [];
    for (;;) {
      const labels: string[] = [];
      while (tokens.peek() === T.label) labels.push(tokens.expectText(T.label));
      if (labels.length === 0 && tokens.peek() !== T.memreserve) return reserves;
      tokens.expect(T.memreserve);
      const address = tokens.integer();
      const size = tokens.integer();
      tokens.expect(CHAR.semicolon);
      reserves.push({ address, size, labels: [...new Set(labels)] });
    }
  }

  #tree(): Node {
    const root = this.#first();
    for (;;) {
      switch (this.#tokens.peek()) {
        case T.end:
          return root;
        case CHAR.slash:
          this.#tokens.take();
          mergeNodes(root, this.#node(), this.#labels);
          break;
        case T.label:
          this.#labelled(root);
          break;
        case T.labelRef:
        case T.pathRef:
          this.#extension(root);
          break;
        case T.deleteNode:
        case T.omitIfNoRef:
          this.#statement(root);
          break;
        default:
          this.#tokens.unexpected();
      }
    }
  }

  #first(): Node {
    const tokens = this.#tokens;
    if (tokens.accepts(CHAR.slash)) {
      const root = this.#node();
      this.#labels.addTree(root);
      return root;
    }
    const token = tokens.peek();
    if (token !== T.labelRef && token !== T.pathRef) tokens.unexpected();
    const ref = tokens.expectText(token);
    const spot = tokens.spot();
    const node = this.#node();
    if (!this.#isPlugin) tokens.semantic(`there is no node ${ref} to extend`, spot);
    const root = new Node('');
    this.#addFragment(root, node, ref);
    return root;
  }

  /** `label: &ref { … };` */
  #labelled(root: Node): void {
    const label = this.#tokens.expectText(T.label);
    const { ref, spot } = this.#reference();
    const node = this.#node();
    const target = this.#labels.byRef(root, ref);
    if (!target) {
      this.#tokens.semantic(`there is no node ${ref} to extend`, spot);
      return;
    }
    addLabel(target, label);
    mergeNodes(target, node, this.#labels);
  }

  /** `&ref { … };`: into that node, or as a fragment of an overlay. */
  #extension(root: Node): void {
    const isPath = this.#tokens.peek() === T.pathRef;
    const { ref, spot } = this.#reference();
    const node = this.#node();
    // A path of an overlay means the tree it will be laid over, never the overlay itself.
    const target = isPath && this.#isPlugin ? undefined : this.#labels.byRef(root, ref);
    if (target) mergeNodes(target, node, this.#labels);
    else if (this.#isPlugin) this.#addFragment(root, node, ref);
    else this.#tokens.semantic(`there is no node ${ref} to extend`, spot);
  }

  /** `/delete-node/ &ref;` and `/omit-if-no-ref/ &ref;` */
  #statement(root: Node): void {
    const tokens = this.#tokens;
    const isDelete = tokens.peek() === T.deleteNode;
    tokens.take();
    const { ref, spot } = this.#reference();
    tokens.expect(CHAR.semicolon);
    const target = this.#labels.byRef(root, ref);
    if (!target) tokens.semantic(`there is no node ${ref}`, spot);
    else if (isDelete) deleteNode(target);
    else target.omitIfUnused = true;
  }

  #reference(): { ref: string; spot: Spot } {
    const tokens = this.#tokens;
    const token = tokens.peek();
    if (token !== T.labelRef && token !== T.pathRef) tokens.unexpected();
    const spot = tokens.spot();
    return { ref: tokens.expectText(token), spot };
  }

  /** Source: dtc, livetree.c, `add_orphan_node`. */
  #addFragment(root: Node, node: Node, ref: string): void {
    const fragment = new Node(`fragment@${this.#fragments++}`);
    if (ref.startsWith('/')) {
      const path = Uint8Array.from(`${ref}\0`, (char) => char.charCodeAt(0));
      const markers = [{ kind: 'string', offset: 0, ref } as const];
      fragment.properties.push(new Property('target-path', path, markers));
    } else {
      const markers = [{ kind: 'phandle', offset: 0, ref } as const];
      fragment.properties.push(new Property('target', new Uint8Array(4).fill(255), markers));
    }
    node.name = '__overlay__';
    fragment.append(node);
    root.append(fragment);
    this.#labels.addTree(fragment);
  }

  /** `{ … };`, the node not named yet. Children wait on a stack of our own. */
  #node(): Node {
    const open: { node: Node; spot: Spot }[] = [];
    let node = this.#open(open);
    for (;;) {
      if (this.#tokens.peek() === CHAR.closeBrace) {
        const { spot } = open.at(-1)!;
        this.#tokens.take();
        this.#tokens.expect(CHAR.semicolon);
        node.span = this.#tokens.spanFrom(spot);
        open.pop();
        const outer = open.at(-1)?.node;
        if (!outer) return node;
        node = outer;
        continue;
      }
      const child = this.#item(node);
      if (child === undefined) continue;
      node.append(child);
      node = this.#open(open, child);
    }
  }

  #open(open: { node: Node; spot: Spot }[], node = new Node('')): Node {
    const tokens = this.#tokens;
    const spot = tokens.spot();
    if (open.length > NODE_DEPTH_MAX || tokens.peek() !== CHAR.openBrace) tokens.unexpected();
    tokens.take();
    open.push({ node, spot });
    return node;
  }

  /** One property or deletion of a node; or the child whose brace is ahead. */
  #item(node: Node): Node | undefined {
    const tokens = this.#tokens;
    const prefix = this.#prefix();
    const spot = tokens.spot();
    const token = tokens.peek();
    if (token === T.deleteNode) {
      tokens.take();
      const child = new Node(tokens.expectText(T.name));
      tokens.expect(CHAR.semicolon);
      child.span = tokens.spanFrom(spot);
      child.deleted = true;
      applyPrefix(child, prefix);
      node.append(child);
      return undefined;
    }
    if (token === T.deleteProperty && !prefix.omit) {
      tokens.take();
      const property = new Property(tokens.expectText(T.name), new Uint8Array(0));
      tokens.expect(CHAR.semicolon);
      property.deleted = true;
      this.#addProperty(node, property, prefix);
      return undefined;
    }
    const name = tokens.expectText(T.name);
    const next = tokens.peek();
    if (next !== CHAR.openBrace) {
      if (prefix.omit || (next !== CHAR.equals && next !== CHAR.semicolon)) tokens.unexpected();
      const property = this.#properties.read(name, () => tokens.spanFrom(spot));
      this.#addProperty(node, property, prefix);
      return undefined;
    }
    const child = new Node(name);
    applyPrefix(child, prefix);
    return child;
  }

  #prefix(): Prefix {
    const tokens = this.#tokens;
    const prefix: Prefix = { spot: tokens.spot(), labels: [], omit: false };
    for (;;) {
      if (tokens.peek() === T.label) prefix.labels.push(tokens.expectText(T.label));
      else if (tokens.accepts(T.omitIfNoRef)) prefix.omit = true;
      else return prefix;
    }
  }

  #addProperty(node: Node, property: Property, { spot, labels }: Prefix): void {
    if (node.children.length > 0) {
      this.#tokens.semantic('properties stand in front of the nodes', spot);
      throw new GaveUp('properties stand in front of the nodes');
    }
    for (const label of labels.toReversed()) addLabel(property, label);
    node.properties.push(property);
  }
}

function applyPrefix(node: Node, { labels, omit }: Prefix): void {
  for (const label of labels.toReversed()) addLabel(node, label);
  node.omitIfUnused = omit;
}

/** The `reg` cell of the first node below /cpus. Source: dtc, livetree.c, `guess_boot_cpuid`. */
function guessBootCpu(root: Node): number {
  const cpus = root.children.find((child) => !child.deleted && child.name === 'cpus');
  const reg = cpus?.children[0]?.properties.find((one) => one.name === 'reg' && !one.deleted);
  if (reg?.value.length !== 4) return 0;
  return new DataView(reg.value.buffer, reg.value.byteOffset).getUint32(0);
}
