/**
 * A blob to a tree, as strictly as dtc reads one: it looks at what it needs and no further, so a
 * blob it accepts may still fail {@link fdtCheckFull}, and the other way round.
 * Source: dtc, flattree.c, `dt_from_blob`.
 */
import { get32, get64, textOf } from './bytes.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_V1_SIZE,
  HEADER,
} from './header.layout.ts';
import { GaveUp, type Problem } from './problem.ts';
import { Node, Property, type DeviceTree, type Reserve } from './tree.ts';

/**
 * Nodes within nodes. Ours alone: dtc goes on until its own stack ends, and then prints a tree
 * whose indentation grows with the square of the depth.
 */
export const BLOB_DEPTH_MAX = 10_000;

/** Reads a blob; undefined when it is refused. Problems are appended with the byte they lie at. */
export function unflatten(
  file: string,
  bytes: Uint8Array,
  problems: Problem[],
): DeviceTree | undefined {
  try {
    return new BlobReader(file, bytes, problems).read();
  } catch (failure) {
    if (failure instanceof GaveUp) return undefined;
    throw failure;
  }
}

/** A part of the blob that is read front to back. */
interface Part {
  readonly base: number;
  readonly limit: number;
  at: number;
}

class BlobReader {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  readonly #problems: Problem[];
  #strings: Part = { base: 0, limit: 0, at: 0 };
  #structure: Part = { base: 0, limit: 0, at: 0 };
  #isOld = false;

  constructor(file: string, bytes: Uint8Array, problems: Problem[]) {
    this.#file = file;
    this.#bytes = bytes;
    this.#problems = problems;
  }

  read(): DeviceTree {
    const bytes = this.#bytes;
    const total = this.#header();
    const version = get32(bytes, HEADER.version);
    this.#isOld = version < 16;
    const reserves = this.#reserves({
      base: get32(bytes, HEADER.off_mem_rsvmap),
      at: get32(bytes, HEADER.off_mem_rsvmap),
      limit: total,
    });
    const first = this.#word();
    if (first !== FDT_BEGIN_NODE) this.#refuse('the structure does not begin with a node', -4);
    const root = this.#tree();
    if (this.#word() !== FDT_END) this.#refuse('something follows the end of the root node', -4);
    const bootCpu = get32(bytes, HEADER.boot_cpuid_phys);
    return { root, reserves, isPlugin: false, bootCpu };
  }

  #header(): number {
    const bytes = this.#bytes;
    const field = (name: keyof typeof HEADER): number => get32(bytes, HEADER[name]);
    const check = (isGood: boolean, text: string, name: keyof typeof HEADER): void => {
      if (!isGood) this.#giveUp(text, HEADER[name]);
    };
    check(bytes.length >= 4, 'the file ends before the magic', 'magic');
    check(field('magic') === FDT_MAGIC, 'the magic is not that of a blob', 'magic');
    check(bytes.length >= 8, 'the file ends before the total size', 'totalsize');
    const total = field('totalsize');
    check(total >= FDT_V1_SIZE, `a total size of ${total} bytes holds no header`, 'totalsize');
    check(total <= bytes.length, `the file ends before its ${total} bytes`, 'totalsize');
    const reserve = field('off_mem_rsvmap');
    check(reserve < total, 'the reserve map begins behind the end', 'off_mem_rsvmap');
    const struct = field('off_dt_struct');
    check(struct < total, 'the structure begins behind the end', 'off_dt_struct');
    const strings = field('off_dt_strings');
    check(strings <= total, 'the strings begin behind the end', 'off_dt_strings');

    const version = field('version');
    const stringsEnd = version >= 3 ? strings + field('size_dt_strings') : total;
    check(stringsEnd <= total, 'the strings reach behind the end', 'size_dt_strings');
    const structEnd = version >= 17 ? struct + field('size_dt_struct') : total;
    check(structEnd <= total, 'the structure reaches behind the end', 'size_dt_struct');
    this.#strings = { base: strings, limit: stringsEnd, at: strings };
    // The size of the structure was checked, and is not looked at again.
    this.#structure = { base: struct, limit: total, at: struct };
    return total;
  }

  #reserves(map: Part): Reserve[] {
    const reserves: Reserve[] = [];
    for (;;) {
      const at = this.#chunk(map, 16);
      const size = get64(this.#bytes, at + 8);
      if (size === 0n) return reserves;
      reserves.push({ address: get64(this.#bytes, at), size, labels: [] });
    }
  }

  #tree(): Node {
    const root = new Node('');
    let path = this.#name();
    root.name = this.#isOld ? this.#lastOf('', path) : path;
    // Full names of the open nodes; before version 16 a child's begins with its parent's.
    const paths: string[] = [path];
    let node = root;
    for (;;) {
      const tag = this.#word();
      if (tag === FDT_PROP) {
        if (node.children.length > 0) this.#warn('a property follows a node');
        node.properties.push(this.#property());
      } else if (tag === FDT_BEGIN_NODE) {
        if (paths.length >= BLOB_DEPTH_MAX)
          this.#refuse(`more than ${BLOB_DEPTH_MAX} nodes are open`, -4);
        path = this.#name();
        const child = new Node(this.#isOld ? this.#lastOf(paths.at(-1) ?? '', path) : path);
        paths.push(path);
        node.append(child);
        node = child;
      } else if (tag === FDT_END_NODE) {
        paths.pop();
        if (!node.holder) return root;
        node = node.holder;
      } else if (tag === FDT_NOP) {
        if (this.#isOld) this.#warn('a NOP stands in a blob older than version 16');
      } else {
        const what = tag === FDT_END ? 'the structure ends inside a node' : `${tag} is no token`;
        this.#refuse(what, -4);
      }
    }
  }

  #property(): Property {
    const length = this.#word();
    const name = this.#string(this.#word());
    if (this.#isOld && length >= 8) this.#realign(8);
    if (length === 0) return new Property(name, this.#bytes.subarray(0, 0));
    const at = this.#chunk(this.#structure, length);
    this.#realign(4);
    return new Property(name, this.#bytes.subarray(at, at + length));
  }

  #name(): string {
    const part = this.#structure;
    const from = part.at;
    while (part.at < part.limit && this.#bytes[part.at] !== 0) part.at++;
    if (part.at >= part.limit) this.#refuse('a name does not end', from - part.at);
    const name = textOf(this.#bytes, from, part.at);
    part.at++;
    this.#realign(4);
    return name;
  }

  readonly #names = new Map<number, string>();

  #string(offset: number): string {
    const known = this.#names.get(offset);
    if (known !== undefined) return known;
    const { base, limit } = this.#strings;
    const from = base + offset;
    let end = from;
    while (end < limit && this.#bytes[end] !== 0) end++;
    if (end >= limit) this.#refuse(`no string ends behind ${offset} of the strings`, -4);
    const name = textOf(this.#bytes, from, end);
    this.#names.set(offset, name);
    return name;
  }

  /** Source: dtc, flattree.c, `nodename_from_path`. */
  #lastOf(parent: string, path: string): string {
    if (!path.startsWith(parent)) this.#refuse(`${path} is no path below ${parent}`, 0);
    return path.slice(parent === '/' ? 1 : parent.length + 1);
  }

  #word(): number {
    return get32(this.#bytes, this.#chunk(this.#structure, 4));
  }

  /** Goes `length` bytes on in a part; where they begin. */
  #chunk(part: Part, length: number): number {
    const { at } = part;
    if (at + length > part.limit) this.#giveUp('the blob ends too early', at);
    part.at = at + length;
    return at;
  }

  #realign(step: number): void {
    const part = this.#structure;
    const past = (part.at - part.base) % step;
    if (past !== 0) part.at += step - past;
    if (part.at > part.limit) this.#giveUp('the blob ends too early', part.limit);
  }

  #warn(text: string): void {
    const offset = this.#structure.at - 4;
    this.#problems.push({ severity: 'warning', kind: 'blob', text, file: this.#file, offset });
  }

  /** Refuses at the place in the structure that is read, moved by `back` bytes. */
  #refuse(text: string, back: number): never {
    this.#giveUp(text, this.#structure.at + back);
  }

  #giveUp(text: string, offset: number): never {
    const { length } = this.#problems;
    const sentence = `${text} (byte ${offset})`;
    this.#problems[length] = {
      severity: 'error',
      kind: 'semantic',
      text: sentence,
      file: this.#file,
      offset,
    };
    throw new GaveUp(sentence);
  }
}
