import { Fault, type Node } from './cel.ts';
import {
  BUILT_INS,
  MACROS,
  NAMES,
  RECORDS,
  type Field,
  type Name,
  type RecordName,
} from './names.ts';
import { suggestion } from './words.ts';

/** Macros inside macros: two run over 1024 x 1024 CPUs, three would not end. */
const MACRO_DEPTH_MAX = 2;

/** What may be written inside expressions, of what the library knows. */
const OPERATORS: readonly string[] = [
  ...['value', 'id', '.', '[]', 'call', 'rcall', 'list', '?:', '||', '&&', '!_', '-_'],
  ...['!=', '==', 'in', '+', '-', '*', '/', '%', '<', '<=', '>', '>='],
];

/**
 * Refuses unknown names, functions and operators at their place, and gives the access paths the
 * expression uses, such as `stats.lost` or `instance("web-server").state`, in order, each once.
 */
export function checkNames(tree: Node): readonly string[] {
  const walk = new Walk();
  walk.visit(tree, []);
  return [...walk.paths];
}

class Walk {
  readonly paths = new Set<string>();

  /** `bound` are the variables of the macros around `node`. Answers whether one was used. */
  visit(node: Node, bound: readonly string[]): boolean {
    if (!OPERATORS.includes(node.op)) throw fault(node, `"${node.op}" is not supported here`);
    if (rootOf(node)) {
      const before = [...this.paths];
      const free = !this.#children(node, bound);
      if (free) this.#add(textOf(node), before);
      return !free;
    }
    if (node.op === 'id') {
      if (bound.includes(node.args)) return true;
      const known = NAMES[node.args as keyof typeof NAMES] as Name | undefined;
      if (known && Object.hasOwn(NAMES, node.args))
        throw fault(node, `${node.args} is a function: ${formOf(node.args, known)}`);
      throw fault(node, `there is no name "${node.args}"${suggestion(node.args, allNames(bound))}`);
    }
    return this.#children(node, bound);
  }

  /** An outer path comes before the ones inside its arguments, as it is read. */
  #add(path: string, before: readonly string[]): void {
    const inner = [...this.paths].slice(before.length);
    for (const name of inner) this.paths.delete(name);
    this.paths.add(path);
    for (const name of inner) this.paths.add(name);
  }

  #children(node: Node, bound: readonly string[]): boolean {
    if (node.op === 'rcall' && MACROS.includes(node.args[0])) return this.#macro(node, bound);
    if (node.op === 'call') checkCall(node, node.args[0]);
    if (node.op === 'rcall') checkMethod(node, node.args[0]);
    const rooted = rootOf(node);
    if (rooted) checkField(node);
    const used = childrenOf(node).map((child, index) =>
      // Only the whole chain is a path, not what it goes through.
      rooted && index === 0 && isLink(node)
        ? this.#children(child, bound)
        : this.visit(child, bound),
    );
    return used.includes(true);
  }

  #macro(node: Extract<Node, { op: 'rcall' }>, bound: readonly string[]): boolean {
    const [name, list, [variable, claim, ...more]] = node.args;
    if (variable?.op !== 'id' || !claim || more.length > 0)
      throw fault(node, `${name} is written LIST.${name}(x, CLAIM)`);
    if (bound.length >= MACRO_DEPTH_MAX)
      throw fault(node, `lists are walked at most ${MACRO_DEPTH_MAX} deep`);
    if (Object.hasOwn(NAMES, variable.args))
      throw fault(variable, `"${variable.args}" already has a meaning; take another letter`);
    const outer = this.visit(list, bound);
    const inner = this.visit(claim, [...bound, variable.args]);
    return outer || inner;
  }
}

const isVariable = (name: string): boolean =>
  Object.hasOwn(NAMES, name) && NAMES[name as keyof typeof NAMES].params.length === 0;

const isLink = (node: Node): node is Extract<Node, { op: '.' | '[]' }> =>
  node.op === '.' || node.op === '[]';

/** True when the chain of `.` and `[]` begins with a name of the table. */
function rootOf(node: Node): boolean {
  let at = node;
  while (isLink(at)) at = at.args[0];
  if (at.op === 'id') return isVariable(at.args);
  return at.op === 'call' && Object.hasOwn(NAMES, at.args[0]);
}

/** The record that a chain from the table comes to, if it is one. */
function recordOf(node: Node): RecordName | undefined {
  const fields = node.op === '.' ? fieldsOf(node.args[0]) : undefined;
  const name = node.op === 'id' ? node.args : node.op === 'call' ? node.args[0] : undefined;
  const type =
    node.op === '.'
      ? fields?.[node.args[1]]?.type
      : name !== undefined && Object.hasOwn(NAMES, name)
        ? NAMES[name as keyof typeof NAMES].type
        : undefined;
  return type !== undefined && type in RECORDS ? (type as RecordName) : undefined;
}

function fieldsOf(node: Node): Readonly<Record<string, Field>> | undefined {
  const record = recordOf(node);
  return record && RECORDS[record];
}

function checkField(node: Node): void {
  if (node.op !== '.') return;
  const [from, key] = node.args;
  const fields = fieldsOf(from);
  if (fields && !Object.hasOwn(fields, key))
    throw new Fault(
      `${textOf(from)} has no "${key}"${suggestion(key, Object.keys(fields))}`,
      node.end - key.length,
      'field',
    );
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function checkCall(node: Node, name: string): void {
  if (Object.hasOwn(NAMES, name)) {
    const entry: Name = NAMES[name as keyof typeof NAMES];
    if (entry.params.length === 0)
      throw fault(node, `${name} is not a function; write it without ()`);
    return;
  }
  if (name !== 'size')
    throw fault(node, `there is no function "${name}"${suggestion(name, allNames([]))}`);
}

function checkMethod(node: Extract<Node, { op: 'rcall' }>, name: string): void {
  if (Object.hasOwn(BUILT_INS, name)) return;
  const after = node.args[1].end;
  const at = after + Math.max(0, node.input.slice(after, node.end).indexOf(name));
  const hint = suggestion(name, Object.keys(BUILT_INS));
  throw new Fault(`there is no method "${name}"${hint}`, at, 'unknown_method');
}

const allNames = (bound: readonly string[]): readonly string[] => [...bound, ...Object.keys(NAMES)];

function formOf(name: string, { params }: Name): string {
  const list = params.map((param) => (param.optional ? `[${param.name}]` : param.name));
  return `${name}(${list.join(', ')})`;
}

const textOf = (node: Node): string => node.input.slice(node.start, node.end).trim();
const fault = (node: Node, sentence: string): Fault => new Fault(sentence, node.start, 'name');

/** `+` may only add numbers: texts and lists that grow have no limit. */
export function checkSums(tree: Node): void {
  // The checker leaves the type on the node; the library's declarations do not say so.
  const { checkedType } = tree as { readonly checkedType?: { readonly name: string } };
  if (tree.op === '+' && !/^(int|double|uint)$/.test(checkedType?.name ?? ''))
    throw fault(tree, '+ adds numbers only');
  for (const child of childrenOf(tree)) checkSums(child);
}

/** The library's complaint in the words of a teacher. */
export function explain({ message, code, at }: Fault, text: string): string {
  const found = text.slice(at);
  if (code === 'unexpected_character' && /^={1,2}(?!=)/.test(found))
    return 'equality is written ==';
  const word = /^\w+/.exec(found)?.[0];
  if (code === 'unexpected_character' && word) return `"${word}" is not expected here`;
  if (message.includes('EOF')) return 'the expression ends too early';
  const key = /^No such key: (.*)$/.exec(message)?.[1];
  if (code === 'no_such_key' && key !== undefined) return `there is no field "${key}"`;
  const overload = /^no such overload: (.*)$/.exec(message)?.[1];
  if (overload !== undefined) return `these types do not go together: ${overload}`;
  const call = /^found no matching overload for '(.*)'$/.exec(message)?.[1];
  if (call !== undefined) return `the arguments do not fit: ${call}`;
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\s+/g, ' ');
}
