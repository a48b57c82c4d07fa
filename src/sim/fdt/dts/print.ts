/**
 * A tree to source text, as dtc 1.6.1 prints it. Values of unknown type are guessed: text when they
 * read like text, else cells, else bytes; all strings of one value stand in one pair of quotes.
 * Source: dtc, treesource.c, `dt_to_source`.
 */
import { get32, get64 } from '../bytes.ts';
import type { DeviceTree, Label, Marker, MarkerType, Node, Property } from '../tree.ts';

const ESCAPES = new Map<number, string>([
  [0, '\\0'],
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

/** What each byte of a string is printed as. */
const PRINTED = Array.from(
  { length: 256 },
  (_, byte) =>
    ESCAPES.get(byte) ?? (isPrintable(byte) ? String.fromCharCode(byte) : `\\x${hexByte(byte)}`),
);
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => hexByte(byte));

const OPEN: Record<MarkerType, string> = {
  u8: '[',
  u16: '/bits/ 16 <',
  u32: '<',
  u64: '/bits/ 64 <',
  string: '',
};
const CLOSE: Record<MarkerType, string> = { u8: ']', u16: '>', u32: '>', u64: '>', string: '' };

const isType = (kind: Marker['kind']): kind is MarkerType => kind in OPEN;

/** The source text, one character a byte. Pieces are handed to `write` in order. */
export function printDts(tree: DeviceTree, write: (text: string) => void): void {
  write('/dts-v1/;\n\n');
  for (const { address, size, labels } of tree.reserves) {
    const wide = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;
    const prefix = labels.map((label) => `${label}: `).join('');
    write(`${prefix}/memreserve/\t${wide(address)} ${wide(size)};\n`);
  }
  // Nodes to open and, as `close`, nodes to end: no recursion, any depth.
  const waiting: { node: Node; level: number; close: boolean }[] = [];
  waiting.push({ node: tree.root, level: 0, close: false });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, level, close } = next;
    if (close) {
      write(`${'\t'.repeat(level)}};\n`);
      continue;
    }
    printHead(node, level, write);
    waiting.push({ node, level, close: true });
    for (const child of node.children.toReversed())
      if (!child.deleted) waiting.push({ node: child, level: level + 1, close: false });
  }
  // No label may stand in front of the first definition of the root.
  for (const { name, deleted } of tree.root.labels ?? [])
    if (!deleted) write(`\n${name}: &{/} {\n};\n`);
}

const labelsOf = (labels: readonly Label[] | undefined): string =>
  (labels ?? []).map(({ name, deleted }) => (deleted ? '' : `${name}: `)).join('');

function printHead(node: Node, level: number, write: (text: string) => void): void {
  const tabs = '\t'.repeat(level);
  // A blank line parts a child from what stands in front of it.
  const labels = level > 0 ? labelsOf(node.labels) : '';
  write(`${level > 0 ? '\n' : ''}${tabs}${labels}${node.name || '/'} {\n`);
  for (const property of node.properties) {
    if (property.deleted) continue;
    write(`${tabs}\t${labelsOf(property.labels)}${property.name}${printValue(property)};\n`);
  }
}

/**
 * ` = …` of a property, nothing for an empty one. A value from a source is printed part by part as
 * it was written, so that it reads as the same bytes; 1.6.1 itself loses its way in empty parts. A
 * value from a blob has no parts, and its type is guessed. Source: treesource.c, `write_propval`.
 */
export function printValue({ value, markers = [] }: Property): string {
  if (value.length === 0) return '';
  const parts = partsOf(value, markers);
  if (parts.length === 0) {
    const type = guessType(value);
    return ` = ${OPEN[type]}${printPart(value, type, true)}${CLOSE[type]}`;
  }
  const labels = markers.filter(({ kind }) => kind === 'label');
  const labelsAt = (at: number): string =>
    labels.map(({ offset, ref = '' }) => (offset === at ? `${ref}: ` : '')).join('');
  const printed = parts.map(({ from, to, type }) => {
    // Labels inside stand between elements; those at either end stand outside.
    const inner = labels.map(({ offset }) => offset).filter((at) => at > from && at < to);
    const stops = [...new Set([from, ...inner])];
    const chunks = stops.map((at, i) => {
      const chunk = value.subarray(at, stops[i + 1] ?? to);
      return (i > 0 ? labelsAt(at) : '') + printPart(chunk, type, false);
    });
    return `${labelsAt(from)}${OPEN[type]}${chunks.join(' ')}${CLOSE[type]}`;
  });
  return ` = ${printed.join(', ')} ${labelsAt(value.length)}`.trimEnd();
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly type: MarkerType;
}

/** The parts of a value that hold bytes, as its source wrote them; none for one from a blob. */
function partsOf(value: Uint8Array, markers: readonly Marker[]): Part[] {
  const begins = markers.filter(({ kind }) => isType(kind) || kind === 'data');
  return begins.flatMap(({ kind, offset: from }, i) => {
    const to = begins[i + 1]?.offset ?? value.length;
    return to > from ? [{ from, to, type: isType(kind) ? kind : 'u8' }] : [];
  });
}

/** Source: treesource.c, `guess_value_type`. */
function guessType(value: Uint8Array): MarkerType {
  let zeros = 0;
  let isText = value.at(-1) === 0;
  for (let i = 0; i < value.length && isText; i++) {
    const byte = value[i]!;
    if (byte === 0) zeros++;
    isText = isPrintable(byte) || byte === 0 || (byte >= 7 && byte <= 13);
  }
  if (isText && zeros <= value.length - zeros) return 'string';
  return value.length % 4 === 0 ? 'u32' : 'u8';
}

function printPart(bytes: Uint8Array, type: MarkerType, isGuess: boolean): string {
  if (type === 'string') return printString(bytes, isGuess);
  const width = { u8: 1, u16: 2, u32: 4, u64: 8 }[type];
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += width) words.push(printWord(bytes, at, width));
  return words.join(' ');
}

function printWord(bytes: Uint8Array, at: number, width: number): string {
  const first = bytes[at]!;
  if (width === 1) return HEX_BYTES[first]!;
  if (width === 2)
    return `0x${((first << 8) | (bytes[at + 1] ?? 0)).toString(16).padStart(2, '0')}`;
  const value = width === 4 ? get32(bytes, at) : get64(bytes, at);
  return `0x${value.toString(16).padStart(2, '0')}`;
}

/**
 * The last byte is the string's own zero and is not printed. An octal digit behind a zero byte
 * would be read as part of its escape; dtc prints it all the same, and so do we where its text is
 * the measure: for values whose type was guessed.
 */
function printString(bytes: Uint8Array, isGuess: boolean): string {
  if (bytes.length === 0) return '';
  let text = '"';
  for (let i = 0; i < bytes.length - 1; i++) {
    const byte = bytes[i]!;
    const next = bytes[i + 1]!;
    const isAmbiguous = byte === 0 && next >= 0x30 && next <= 0x37 && !isGuess;
    text += isAmbiguous ? '\\x00' : PRINTED[byte]!;
  }
  return `${text}"`;
}
