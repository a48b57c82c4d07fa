import { get32, textAt } from './bytes.ts';
import { FDT_ERR } from './error.ts';
import { fdtGetName, fdtGetprop } from './read.ts';
import { fdtNextNode, fdtRoProbe, type Depth } from './tags.ts';

/** `wanted` names a node exactly, or without its unit address when it has no '@' of its own. */
function isNodeName(name: string | number, wanted: string): boolean {
  if (typeof name === 'number' || !name.startsWith(wanted)) return false;
  if (name.length === wanted.length) return true;
  return name[wanted.length] === '@' && !wanted.includes('@');
}

/**
 * Offset of the child `name` of the node at `offset`, or -NOTFOUND or a worse code.
 * Source: libfdt, fdt_ro.c, `fdt_subnode_offset_namelen`.
 */
export function fdtSubnodeOffset(fdt: Uint8Array, offset: number, name: string): number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  const level: Depth = { depth: 0 };
  let node = offset;
  while (node >= 0 && level.depth >= 0) {
    if (level.depth === 1 && isNodeName(fdtGetName(fdt, node), name)) return node;
    node = fdtNextNode(fdt, node, level);
  }
  return level.depth < 0 ? -FDT_ERR.NOTFOUND : node;
}

/**
 * Offset of the node at `path`. A path without a leading slash begins with an alias of
 * `/aliases`. -NOTFOUND, -BADPATH (no such alias), or a worse code.
 * Source: libfdt, fdt_ro.c, `fdt_path_offset_namelen`.
 */
export function fdtPathOffset(fdt: Uint8Array, path: string): number {
  return pathOffset(fdt, path, ALIAS_CHAIN_MAX);
}

/** Aliases may name aliases; libfdt follows a circle until its stack ends, we stop here. */
const ALIAS_CHAIN_MAX = 16;

function pathOffset(fdt: Uint8Array, path: string, aliases: number): number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  let offset = 0;
  let at = 0;
  if (!path.startsWith('/')) {
    const slash = path.indexOf('/');
    at = slash < 0 ? path.length : slash;
    const target = aliases > 0 ? fdtGetAlias(fdt, path.slice(0, at)) : undefined;
    if (target === undefined) return -FDT_ERR.BADPATH;
    offset = pathOffset(fdt, target, aliases - 1);
  }
  while (at < path.length) {
    while (path[at] === '/') if (++at === path.length) return offset;
    const slash = path.indexOf('/', at);
    const end = slash < 0 ? path.length : slash;
    offset = fdtSubnodeOffset(fdt, offset, path.slice(at, end));
    if (offset < 0) return offset;
    at = end;
  }
  return offset;
}

/** The path an alias of `/aliases` stands for, or undefined. Source: fdt_ro.c. */
export function fdtGetAlias(fdt: Uint8Array, name: string): string | undefined {
  const aliases = fdtPathOffset(fdt, '/aliases');
  const value = aliases < 0 ? aliases : fdtGetprop(fdt, aliases, name);
  return typeof value === 'number' ? undefined : textAt(value, 0);
}

/**
 * Full path of the node at `offset`, or a negative code. Walks the blob from its beginning.
 * Source: libfdt, fdt_ro.c, `fdt_get_path`.
 */
export function fdtGetPath(fdt: Uint8Array, offset: number): string | number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  const level: Depth = { depth: 0 };
  const names: string[] = [];
  let node = 0;
  while (node >= 0 && node <= offset) {
    const name = fdtGetName(fdt, node);
    if (typeof name === 'number') return name;
    names.length = Math.min(names.length, Math.max(level.depth, 0));
    names.push(name);
    if (node === offset) return names.join('/') || '/';
    node = fdtNextNode(fdt, node, level);
  }
  return walkFailure(node);
}

/** A walk that ended before it met the node it was asked about. */
function walkFailure(code: number): number {
  if (code === -FDT_ERR.NOTFOUND || code >= 0) return -FDT_ERR.BADOFFSET;
  return code === -FDT_ERR.BADOFFSET ? -FDT_ERR.BADSTRUCTURE : code;
}

/** Offset of the parent of the node at `offset`, -NOTFOUND for the root. Source: fdt_ro.c. */
export function fdtParentOffset(fdt: Uint8Array, offset: number): number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  const level: Depth = { depth: 0 };
  const line: number[] = [];
  let node = 0;
  while (node >= 0 && node <= offset) {
    line[Math.max(level.depth, 0)] = node;
    if (node === offset) return level.depth > 0 ? (line[level.depth - 1] ?? 0) : -FDT_ERR.NOTFOUND;
    node = fdtNextNode(fdt, node, level);
  }
  return walkFailure(node);
}

/** The node's own number, from `phandle` or `linux,phandle`; 0 when it has none. */
export function fdtGetPhandle(fdt: Uint8Array, offset: number): number {
  for (const name of ['phandle', 'linux,phandle']) {
    const value = fdtGetprop(fdt, offset, name);
    if (typeof value !== 'number' && value.length === 4) return get32(value, 0);
  }
  return 0;
}

/** Calls `visit` with the offset of every node; stops at the first answer that is no undefined. */
function search(
  fdt: Uint8Array,
  start: number,
  visit: (offset: number) => number | undefined,
): number {
  const probe = fdtRoProbe(fdt);
  if (probe < 0) return probe;
  let node = fdtNextNode(fdt, start);
  while (node >= 0) {
    const answer = visit(node);
    if (answer !== undefined) return answer;
    node = fdtNextNode(fdt, node);
  }
  return node;
}

/** Offset of the node with that phandle, -BADPHANDLE for 0 and 0xffffffff, -NOTFOUND. */
export function fdtNodeOffsetByPhandle(fdt: Uint8Array, phandle: number): number {
  if (phandle === 0 || phandle === 0xffffffff) return -FDT_ERR.BADPHANDLE;
  return search(fdt, -1, (node) => (fdtGetPhandle(fdt, node) === phandle ? node : undefined));
}

/** Largest phandle in the blob, 0 when there is none; or a negative code. */
export function fdtFindMaxPhandle(fdt: Uint8Array): number {
  let max = 0;
  let node = fdtNextNode(fdt, -1);
  while (node >= 0) {
    max = Math.max(max, fdtGetPhandle(fdt, node));
    node = fdtNextNode(fdt, node);
  }
  return node === -FDT_ERR.NOTFOUND ? max : node;
}

/**
 * True when `text` is one whole entry of a list of strings; anything behind the last zero byte is
 * looked at as libfdt does. Source: fdt_ro.c, `fdt_stringlist_contains`.
 */
export function fdtStringlistContains(list: Uint8Array, text: string): boolean {
  let at = 0;
  while (list.length - at >= text.length) {
    let i = 0;
    while (i < text.length && list[at + i] === text.charCodeAt(i)) i++;
    // libfdt compares the zero byte too, even where it lies one behind the list.
    if (i === text.length && (list[at + i] ?? 0) === 0) return true;
    const zero = list.indexOf(0, at);
    if (zero < 0) return false;
    at = zero + 1;
  }
  return false;
}

/**
 * 0 when the node's `compatible` lists `compatible`, 1 when it lists others only, or a negative
 * code (-1: no such property). Source: libfdt, fdt_ro.c, `fdt_node_check_compatible`.
 */
export function fdtNodeCheckCompatible(
  fdt: Uint8Array,
  offset: number,
  compatible: string,
): number {
  const list = fdtGetprop(fdt, offset, 'compatible');
  if (typeof list === 'number') return list;
  return fdtStringlistContains(list, compatible) ? 0 : 1;
}

/** First node behind `start` (-1: from the root) that is `compatible`, or a negative code. */
export function fdtNodeOffsetByCompatible(
  fdt: Uint8Array,
  start: number,
  compatible: string,
): number {
  return search(fdt, start, (node) => {
    const answer = fdtNodeCheckCompatible(fdt, node, compatible);
    if (answer === 0) return node;
    return answer < 0 && answer !== -FDT_ERR.NOTFOUND ? answer : undefined;
  });
}
