/**
 * Lays an overlay over a base tree, both as blobs. Source: libfdt, fdt_overlay.c.
 *
 * An overlay is a list of fragments, each a `target` (or `target-path`) and a node `__overlay__`
 * to be merged there; `__local_fixups__` say where it refers to itself, `__fixups__` where to
 * labels of the base.
 */
import { get32, set32, textAt, textOf } from './bytes.ts';
import {
  fdtAddSubnode,
  fdtSetprop,
  fdtSetpropInplacePartial,
  fdtSetpropPlaceholder,
} from './edit.ts';
import { FDT_ERR } from './error.ts';
import { HEADER } from './header.layout.ts';
import {
  fdtFindMaxPhandle,
  fdtGetPath,
  fdtGetPhandle,
  fdtNodeOffsetByPhandle,
  fdtPathOffset,
  fdtSubnodeOffset,
} from './lookup.ts';
import {
  fdtFirstPropertyOffset,
  fdtGetName,
  fdtGetprop,
  fdtGetpropByOffset,
  fdtNextPropertyOffset,
  type BlobProperty,
} from './read.ts';
import { fdtFirstSubnode, fdtNextSubnode, fdtRoProbe } from './tags.ts';

const { NOTFOUND } = FDT_ERR;

/**
 * Merges `overlay` into `fdt`, whose buffer needs room for it. 0, -NOSPACE, -BADOVERLAY,
 * -NOTFOUND (a label is missing), -NOPHANDLES and others. The overlay is spoilt in any case, the
 * base too when it fails: their magic is wiped out.
 */
export function fdtOverlayApply(fdt: Uint8Array, overlay: Uint8Array): number {
  const probe = Math.min(fdtRoProbe(fdt), 0) || Math.min(fdtRoProbe(overlay), 0);
  if (probe < 0) return probe;
  const code = apply(fdt, overlay);
  set32(overlay, HEADER.magic, 0xffffffff);
  if (code !== 0) set32(fdt, HEADER.magic, 0xffffffff);
  return code;
}

function apply(fdt: Uint8Array, overlay: Uint8Array): number {
  const delta = fdtFindMaxPhandle(fdt);
  if (delta < 0) return delta;
  return (
    adjustPhandles(overlay, 0, delta) ||
    adjustLocalReferences(overlay, delta) ||
    resolveFixups(fdt, overlay) ||
    merge(fdt, overlay) ||
    updateSymbols(fdt, overlay)
  );
}

/** Calls `visit` for each property; the first answer that is not 0 ends it. */
function eachProperty(
  fdt: Uint8Array,
  node: number,
  visit: (property: BlobProperty) => number,
): number {
  for (let at = fdtFirstPropertyOffset(fdt, node); at >= 0; at = fdtNextPropertyOffset(fdt, at)) {
    const property = fdtGetpropByOffset(fdt, at);
    const code = typeof property === 'number' ? property : visit(property);
    if (code !== 0) return code;
  }
  return 0;
}

/** Calls `visit` for each child; the first answer that is not 0 ends it. */
function eachChild(fdt: Uint8Array, node: number, visit: (child: number) => number): number {
  for (let child = fdtFirstSubnode(fdt, node); child >= 0; child = fdtNextSubnode(fdt, child)) {
    const code = visit(child);
    if (code !== 0) return code;
  }
  return 0;
}

/**
 * Nodes within nodes an overlay may have. libfdt goes as deep as its stack, in a time that grows with
 * the square of it; no tree anybody uses comes near.
 */
const OVERLAY_DEPTH_MAX = 256;

/**
 * Moves the overlay's own phandles behind those of the base. Looks at every node first of all, so
 * that here is where one too deep is refused.
 */
function adjustPhandles(overlay: Uint8Array, node: number, delta: number, depth = 0): number {
  if (depth > OVERLAY_DEPTH_MAX) return -FDT_ERR.BADSTRUCTURE;
  for (const name of ['phandle', 'linux,phandle']) {
    const value = fdtGetprop(overlay, node, name);
    if (typeof value === 'number') {
      if (value !== -NOTFOUND) return value;
      continue;
    }
    if (value.length !== 4) return -FDT_ERR.BADPHANDLE;
    const phandle = get32(value, 0) + delta;
    if (phandle >= 0xffffffff) return -FDT_ERR.NOPHANDLES;
    set32(value, 0, phandle);
  }
  return eachChild(overlay, node, (child) => adjustPhandles(overlay, child, delta, depth + 1));
}

function adjustLocalReferences(overlay: Uint8Array, delta: number): number {
  const fixups = fdtPathOffset(overlay, '/__local_fixups__');
  if (fixups < 0) return fixups === -NOTFOUND ? 0 : fixups;
  return adjustReferences(overlay, 0, fixups, delta);
}

function adjustReferences(
  overlay: Uint8Array,
  node: number,
  fixups: number,
  delta: number,
): number {
  const code = eachProperty(overlay, fixups, ({ name, value: offsets }) => {
    if (offsets.length % 4 !== 0) return -FDT_ERR.BADOVERLAY;
    const value = fdtGetprop(overlay, node, name);
    if (typeof value === 'number') return value === -NOTFOUND ? -FDT_ERR.BADOVERLAY : value;
    for (let i = 0; i < offsets.length; i += 4) {
      const at = get32(offsets, i);
      if (at + 4 > value.length) return -FDT_ERR.BADOVERLAY;
      set32(value, at, (get32(value, at) + delta) >>> 0);
    }
    return 0;
  });
  if (code !== 0) return code;
  return eachChild(overlay, fixups, (fixupChild) => {
    const name = fdtGetName(overlay, fixupChild);
    if (typeof name === 'number') return name;
    const child = fdtSubnodeOffset(overlay, node, name);
    if (child < 0) return child === -NOTFOUND ? -FDT_ERR.BADOVERLAY : child;
    return adjustReferences(overlay, child, fixupChild, delta);
  });
}

/** Fills the phandles of labelled nodes of the base into the overlay. */
function resolveFixups(fdt: Uint8Array, overlay: Uint8Array): number {
  const fixups = fdtPathOffset(overlay, '/__fixups__');
  if (fixups < 0) return fixups === -NOTFOUND ? 0 : fixups;
  const symbols = fdtPathOffset(fdt, '/__symbols__');
  if (symbols < 0 && symbols !== -NOTFOUND) return symbols;
  return eachProperty(overlay, fixups, ({ name: label, value }) => {
    let at = 0;
    do {
      const end = value.indexOf(0, at);
      if (end < 0) return -FDT_ERR.BADOVERLAY;
      const code = resolveFixup(fdt, overlay, symbols, label, textOf(value, at, end));
      if (code !== 0) return code;
      at = end + 1;
    } while (at < value.length);
    return 0;
  });
}

/** One entry `path:property:offset`. */
function resolveFixup(
  fdt: Uint8Array,
  overlay: Uint8Array,
  symbols: number,
  label: string,
  entry: string,
): number {
  const match = /^([^:]*):([^:]+):([ \t\n\v\f\r]*[+-]?[0-9]+)$/.exec(entry);
  if (!match) return -FDT_ERR.BADOVERLAY;
  const [, path = '', name = '', offset = ''] = match;
  if (symbols < 0) return symbols;
  const symbol = fdtGetprop(fdt, symbols, label);
  if (typeof symbol === 'number') return symbol;
  const target = fdtPathOffset(fdt, textAt(symbol, 0));
  if (target < 0) return target;
  const phandle = fdtGetPhandle(fdt, target);
  if (phandle === 0) return -NOTFOUND;
  const node = fdtPathOffset(overlay, path);
  if (node < 0) return node === -NOTFOUND ? -FDT_ERR.BADOVERLAY : node;
  const bytes = new Uint8Array(4);
  set32(bytes, 0, phandle);
  return fdtSetpropInplacePartial(overlay, node, name, Number(offset) | 0, bytes);
}

/** Where a fragment goes: an offset in the base, and its path where the fragment gives one. */
function targetOf(
  fdt: Uint8Array,
  overlay: Uint8Array,
  fragment: number,
): { node: number; path: string | undefined } {
  const target = fdtGetprop(overlay, fragment, 'target');
  if (typeof target !== 'number') {
    const isBad = target.length !== 4 || get32(target, 0) === 0xffffffff;
    if (isBad) return { node: -FDT_ERR.BADPHANDLE, path: undefined };
    const phandle = get32(target, 0);
    if (phandle !== 0) return { node: fdtNodeOffsetByPhandle(fdt, phandle), path: undefined };
  }
  const value = fdtGetprop(overlay, fragment, 'target-path');
  if (typeof value === 'number')
    return { node: value === -NOTFOUND ? -FDT_ERR.BADOVERLAY : value, path: undefined };
  const path = textAt(value, 0);
  return { node: fdtPathOffset(fdt, path), path };
}

function merge(fdt: Uint8Array, overlay: Uint8Array): number {
  return eachChild(overlay, 0, (fragment) => {
    const content = fdtSubnodeOffset(overlay, fragment, '__overlay__');
    if (content < 0) return content === -NOTFOUND ? 0 : content;
    const { node } = targetOf(fdt, overlay, fragment);
    return node < 0 ? node : mergeNode(fdt, node, overlay, content);
  });
}

function mergeNode(fdt: Uint8Array, target: number, overlay: Uint8Array, node: number): number {
  const code = eachProperty(overlay, node, ({ name, value }) =>
    fdtSetprop(fdt, target, name, value),
  );
  if (code !== 0) return code;
  return eachChild(overlay, node, (child) => {
    const name = fdtGetName(overlay, child);
    if (typeof name === 'number') return name;
    let into = fdtAddSubnode(fdt, target, name);
    if (into === -FDT_ERR.EXISTS) into = fdtSubnodeOffset(fdt, target, name);
    if (into < 0) return into === -NOTFOUND ? -FDT_ERR.INTERNAL : into;
    return mergeNode(fdt, into, overlay, child);
  });
}

/** Adds the overlay's labels to the base's, with the paths their nodes have there. */
function updateSymbols(fdt: Uint8Array, overlay: Uint8Array): number {
  const symbols = fdtSubnodeOffset(overlay, 0, '__symbols__');
  if (symbols < 0) return 0;
  let base = fdtSubnodeOffset(fdt, 0, '__symbols__');
  if (base === -NOTFOUND) base = fdtAddSubnode(fdt, 0, '__symbols__');
  if (base < 0) return base;
  return eachProperty(overlay, symbols, ({ name, value }) => {
    if (value.length < 1 || value.indexOf(0) !== value.length - 1) return -FDT_ERR.BADVALUE;
    const path = textAt(value, 0);
    if (!path.startsWith('/')) return -FDT_ERR.BADVALUE;
    // Labels of anything but the content of a fragment have no place in the base.
    const match = /^\/([^/]*)\/__overlay__(?:\/(.*)|)$/s.exec(path);
    return match ? addSymbol(fdt, base, overlay, name, match[1] ?? '', match[2] ?? '') : 0;
  });
}

function addSymbol(
  fdt: Uint8Array,
  symbols: number,
  overlay: Uint8Array,
  label: string,
  fragmentName: string,
  rest: string,
): number {
  const fragment = fdtSubnodeOffset(overlay, 0, fragmentName);
  if (fragment < 0) return -FDT_ERR.BADOVERLAY;
  if (fdtSubnodeOffset(overlay, fragment, '__overlay__') < 0) return -FDT_ERR.BADOVERLAY;
  const { node, path = fdtGetPath(fdt, node) } = targetOf(fdt, overlay, fragment);
  if (node < 0) return node;
  if (typeof path === 'number') return path;
  const full = `${path.length > 1 ? path : ''}/${rest}\0`;
  const at = fdtSetpropPlaceholder(fdt, symbols, label, full.length);
  if (at < 0) return at;
  for (let i = 0; i < full.length; i++) fdt[at + i] = full.charCodeAt(i);
  return 0;
}
