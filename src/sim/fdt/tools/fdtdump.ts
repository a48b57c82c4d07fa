import { align, get32, get64, textAt, textOf } from '../bytes.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_V17_SIZE,
  HEADER,
} from '../header.layout.ts';
import { readOptions } from './getopt.ts';
import { latin1Bytes, padded, type ToolIo } from './io.ts';

const USAGE = 'usage: fdtdump [-d] [-s] FILE.dtb';

/** Characters a byte of the file may become: a bent one may lead round in circles. */
const TEXT_PER_BYTE_MAX = 64;

/**
 * Prints a blob token by token, hardly looking whether it is sound. Exit status 0, or 1 when there
 * is no blob. Source: dtc, fdtdump.c.
 */
export function runFdtdump(argv: readonly string[], io: ToolIo): number {
  const read = readOptions(argv, 'ds', { debug: 'd', scan: 's' });
  const refuse = (text: string): number => {
    io.stderr(`${text}\n`);
    return 1;
  };
  if ('wrong' in read) return refuse(`fdtdump: ${read.wrong}\n${USAGE}`);
  const [file] = read.words;
  if (file === undefined || read.words.length > 1) return refuse(`fdtdump: one file\n${USAGE}`);
  const has = (letter: string): boolean => read.options.some((option) => option.letter === letter);
  const content = file === '-' ? io.stdin() : io.read(file);
  if (!content) return refuse(`${file}: the file cannot be read`);
  const out: string[] = [];
  const bytes = has('s') ? scan(file, content, has('d'), out) : padded(content);
  if (!bytes) {
    if (out.length > 0) io.stdout(latin1Bytes(out.join('')));
    return refuse(`${file}: there is no blob in it`);
  }
  if (!has('s') && !isHeader(bytes)) return refuse(`${file}: the header is not that of a blob`);
  const unknown = dump(bytes, has('d'), out);
  io.stdout(latin1Bytes(out.join('')));
  if (unknown) io.stderr(`${file}: ${unknown}\n`);
  return 0;
}

function isHeader(bytes: Uint8Array): boolean {
  const isInside = (at: number): boolean => get32(bytes, at) < bytes.length;
  return (
    bytes.length >= FDT_V17_SIZE &&
    get32(bytes, HEADER.magic) === FDT_MAGIC &&
    get32(bytes, HEADER.version) <= 17 &&
    get32(bytes, HEADER.last_comp_version) <= 17 &&
    isInside(HEADER.totalsize) &&
    isInside(HEADER.off_dt_struct) &&
    isInside(HEADER.off_dt_strings)
  );
}

/** Looks for a blob inside a larger file. */
function scan(
  file: string,
  content: Uint8Array,
  isDebug: boolean,
  out: string[],
): Uint8Array | undefined {
  const bytes = padded(content);
  for (let at = bytes.indexOf(0xd0); at >= 0; at = bytes.indexOf(0xd0, at + 1)) {
    if (get32(bytes, at) !== FDT_MAGIC) continue;
    const rest = bytes.subarray(at);
    const where = at === 0 ? '0' : `0x${at.toString(16)}`;
    if (isHeader(rest)) {
      out.push(`${file}: found fdt at offset ${where}\n`);
      return rest;
    }
    if (isDebug) out.push(`${file}: skipping fdt magic at offset ${where}\n`);
  }
  return undefined;
}

const TAGS = new Map([
  [FDT_BEGIN_NODE, 'FDT_BEGIN_NODE'],
  [FDT_END_NODE, 'FDT_END_NODE'],
  [FDT_PROP, 'FDT_PROP'],
  [FDT_NOP, 'FDT_NOP'],
  [FDT_END, 'FDT_END'],
]);

/** C's `%#x`. */
const hexOf = (value: bigint): string => (value === 0n ? '0' : `0x${value.toString(16)}`);
const offsetOf = (value: number): string => value.toString(16).padStart(4, '0');

function dumpHeader(bytes: Uint8Array, out: string[]): void {
  const field = (name: keyof typeof HEADER): number => get32(bytes, HEADER[name]);
  const hex = (name: keyof typeof HEADER): string => `0x${field(name).toString(16)}`;
  const version = field('version');
  out.push(
    '/dts-v1/;\n',
    `// magic:\t\t${hex('magic')}\n`,
    `// totalsize:\t\t${hex('totalsize')} (${field('totalsize')})\n`,
    `// off_dt_struct:\t${hex('off_dt_struct')}\n`,
    `// off_dt_strings:\t${hex('off_dt_strings')}\n`,
    `// off_mem_rsvmap:\t${hex('off_mem_rsvmap')}\n`,
    `// version:\t\t${version}\n`,
    `// last_comp_version:\t${field('last_comp_version')}\n`,
  );
  if (version >= 2) out.push(`// boot_cpuid_phys:\t${hex('boot_cpuid_phys')}\n`);
  if (version >= 3) out.push(`// size_dt_strings:\t${hex('size_dt_strings')}\n`);
  if (version >= 17) out.push(`// size_dt_struct:\t${hex('size_dt_struct')}\n`);
  out.push('\n');
  for (let at = field('off_mem_rsvmap'); at < bytes.length; at += 16) {
    const [address, size] = [get64(bytes, at), get64(bytes, at + 8)];
    if (address === 0n && size === 0n) break;
    out.push(`/memreserve/ ${hexOf(address)} ${hexOf(size)};\n`);
  }
}

/** Dumps the blob; what ended it early, if anything did. */
function dump(bytes: Uint8Array, isDebug: boolean, out: string[]): string | undefined {
  dumpHeader(bytes, out);
  const version = get32(bytes, HEADER.version);
  const strings = get32(bytes, HEADER.off_dt_strings);
  let at = get32(bytes, HEADER.off_dt_struct);
  let depth = 0;
  let length = 0;
  const put = (text: string): void => {
    length += text.length;
    out.push(text);
  };
  const debug = (text: string): void => {
    if (isDebug) put(`// ${text}\n`);
  };
  while (at < bytes.length && length < (bytes.length + 1024) * TEXT_PER_BYTE_MAX) {
    const tag = get32(bytes, at);
    if (tag === FDT_END) return undefined;
    const tagName = TAGS.get(tag) ?? 'FDT_???';
    debug(`${offsetOf(at)}: tag: 0x${tag.toString(16).padStart(8, '0')} (${tagName})`);
    at += 4;
    const indent = ' '.repeat(Math.abs(depth) * 4);
    if (tag === FDT_BEGIN_NODE) {
      const name = textAt(bytes, at);
      at = align(at + name.length + 1, 4);
      put(`${indent}${name || '/'} {\n`);
      depth++;
    } else if (tag === FDT_END_NODE) {
      depth--;
      put(`${' '.repeat(Math.abs(depth) * 4)}};\n`);
    } else if (tag === FDT_NOP) {
      put(`${indent}// [NOP]\n`);
    } else if (tag === FDT_PROP) {
      // A negative size leads backwards, as in the tool.
      const size = get32(bytes, at) | 0;
      const nameAt = strings + get32(bytes, at + 4);
      const name = textAt(bytes, nameAt);
      at += 8;
      if (version < 16 && size >= 8) at = align(at, 8);
      debug(`${offsetOf(nameAt)}: string: ${name}`);
      debug(`${offsetOf(at)}: value`);
      put(`${indent}${name}${printData(bytes, at, size)};\n`);
      at = align(at + size, 4);
    } else {
      return `0x${tag.toString(16)} at byte 0x${(at - 4).toString(16)} is no token`;
    }
  }
  return 'the blob ends too early';
}

/** True for strings, each at least one character long, of printable characters only. */
function isStrings(data: Uint8Array): boolean {
  if (data.length === 0 || data.at(-1) !== 0) return false;
  return data.every((byte, i) =>
    byte === 0 ? i > 0 && data[i - 1] !== 0 : byte >= 0x20 && byte <= 0x7e,
  );
}

/** Source: dtc, util.c, `utilfdt_print_data`. */
function printData(bytes: Uint8Array, at: number, size: number): string {
  if (size === 0) return '';
  if (size < 0 && bytes[at + size - 1] === 0) return ` = "${textAt(bytes, at)}"`;
  const data = bytes.subarray(at, at + Math.max(size, 0));
  if (isStrings(data)) {
    const texts = textOf(data, 0, data.length - 1).split('\0');
    return ` = ${texts.map((text) => `"${text}"`).join(', ')}`;
  }
  const words: string[] = [];
  if (size % 4 === 0) {
    for (let i = 0; i < data.length; i += 4)
      words.push(`0x${get32(data, i).toString(16).padStart(8, '0')}`);
    return ` = <${words.join(' ')}>`;
  }
  for (const byte of data) words.push(byte.toString(16).padStart(2, '0'));
  return ` = [${words.join(' ')}]`;
}
