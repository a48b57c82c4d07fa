import { toHex } from '../sim/base/hex.ts';
import { formatSize } from '../sim/base/units.ts';
import { get32, get64, textOf } from '../sim/fdt/bytes.ts';
import type { ValueType } from '../sim/fdt/kinds.layout.ts';
import { FDT_MAGIC } from '../sim/fdt/header.layout.ts';
import { getProperty, type Marker, type Node, type Property } from '../sim/fdt/tree.ts';

/** Finds the row of a node. */
export interface Finder {
  byPhandle(phandle: number): { readonly row: number; readonly node: Node } | undefined;
  byPath(path: string): number | undefined;
}

/** A piece of a value as people read it; `to` is the row of the node it refers to. */
interface ValuePart {
  readonly text: string;
  readonly to?: number;
}

/** A value as people read it; `hint` says it in other words: a size, a number of bytes. */
export interface Typed {
  readonly type: ValueType;
  readonly value: readonly ValuePart[];
  readonly hint: string;
}

/** Words of a value that are shown. */
const WORDS_MAX = 64;
/** Numbers below this are written as people write them. */
const DECIMAL_BELOW = 1000;

/** Properties whose every cell is a phandle. Source: Devicetree Specification v0.4, and bindings. */
const PHANDLES =
  /^(interrupt-parent|remote-endpoint|phy-handle|memory-region|msi-parent|next-level-cache|cpu)$|-supply$/;
/** Lists of a phandle and as many cells as the node it names says. */
const SPECIFIERS: Readonly<Record<string, string>> = {
  ...{ clocks: 'clock', 'interrupts-extended': 'interrupt', resets: 'reset', dmas: 'dma' },
  ...{ phys: 'phy', pwms: 'pwm', mboxes: 'mbox', iommus: 'iommu', gpios: 'gpio' },
  ...{ 'power-domains': 'power-domain', 'io-channels': 'io-channel' },
};

/** A value with its type: as its source wrote it, else as dtc would guess. */
export function typedValue(property: Property, find: Finder): Typed {
  const { name, value, markers = [] } = property;
  if (value.length === 0) return { type: '', value: [], hint: '' };
  if (value.length >= 40 && get32(value, 0) === FDT_MAGIC)
    return {
      type: 'tree',
      value: [{ text: 'a device tree' }],
      hint: formatSize(get32(value, 4)),
    };
  const written = writtenAs(markers);
  if (written === 'string' || (!written && isText(value))) return strings(value, find);
  const width = written ? WIDTHS[written] : value.length % 4 === 0 ? 4 : 1;
  if (width === 1 || value.length % width !== 0) return plainBytes(value);
  const links = width === 4 ? linksOf(name, value, markers, find) : new Map<number, number>();
  return cells(name, value, width, links);
}

const WIDTHS = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

/** The one type all parts of a value were written in; undefined when there are several or none. */
function writtenAs(markers: readonly Marker[]): keyof typeof WIDTHS | 'string' | undefined {
  let type: keyof typeof WIDTHS | 'string' | undefined;
  for (const { kind } of markers) {
    if (kind === 'data' || kind === 'path' || kind === 'label' || kind === 'phandle') continue;
    if (type !== undefined && type !== kind) return undefined;
    type = kind;
  }
  return type;
}

/** Strings, each at least one printable character long. Source: dtc, util.c. */
const isText = (value: Uint8Array): boolean =>
  value.at(-1) === 0 &&
  value.every((byte, i) =>
    byte === 0 ? i > 0 && value[i - 1] !== 0 : byte >= 0x20 && byte <= 0x7e,
  );

function strings(value: Uint8Array, find: Finder): Typed {
  const texts = textOf(value, 0, value.length - 1)
    .split('\0')
    .slice(0, WORDS_MAX);
  const parts = texts.map((text): ValuePart => {
    const to = text.startsWith('/') ? find.byPath(text) : undefined;
    return to === undefined ? { text: `"${text}"` } : { text: `"${text}"`, to };
  });
  return { type: 'text', value: parts, hint: '' };
}

function plainBytes(value: Uint8Array): Typed {
  const shown = value.subarray(0, WORDS_MAX);
  const text = [...shown].map((byte) => toHex([byte])).join(' ');
  const more = value.length > WORDS_MAX ? ' …' : '';
  return { type: 'bytes', value: [{ text: `[${text}${more}]` }], hint: formatSize(value.length) };
}

function cells(
  name: string,
  value: Uint8Array,
  width: number,
  links: ReadonlyMap<number, number>,
): Typed {
  const parts: ValuePart[] = [];
  for (let at = 0; at < value.length && parts.length < WORDS_MAX; at += width) {
    const word = width === 8 ? get64(value, at) : BigInt(wordAt(value, at, width));
    const text = word < DECIMAL_BELOW ? String(word) : `0x${word.toString(16)}`;
    const to = links.get(at);
    parts.push(to === undefined ? { text } : { text, to });
  }
  if (value.length > WORDS_MAX * width) parts.push({ text: '…' });
  const isSize = /(^|-)(bytes|size)$/.test(name) && value.length <= 8;
  const size = value.length === 8 ? Number(get64(value, 0)) : get32(value, 0);
  const hint = isSize && Number.isSafeInteger(size) ? formatSize(size) : '';
  return { type: 'cells', value: parts, hint };
}

const wordAt = (value: Uint8Array, at: number, width: number): number =>
  width === 2 ? get32(value, at) >>> 16 : get32(value, at);

/** Rows that cells refer to, by offset: as the source says, else as the name tells. */
function linksOf(
  name: string,
  value: Uint8Array,
  markers: readonly Marker[],
  find: Finder,
): Map<number, number> {
  const links = new Map<number, number>();
  const link = (at: number): Node | undefined => {
    const found = find.byPhandle(get32(value, at));
    if (found) links.set(at, found.row);
    return found?.node;
  };
  for (const { kind, offset } of markers) if (kind === 'phandle') link(offset);
  if (links.size > 0) return links;
  if (PHANDLES.test(name)) for (let at = 0; at < value.length; at += 4) link(at);
  const what = SPECIFIERS[name] ?? (name.endsWith('-gpios') ? 'gpio' : undefined);
  if (what === undefined) return links;
  for (let at = 0; at < value.length;) {
    const node = link(at);
    const count = node && getProperty(node, `#${what}-cells`);
    if (count?.value.length !== 4) return links;
    at += 4 + 4 * get32(count.value, 0);
  }
  return links;
}
