import { toHex } from '../../base/hex.ts';
import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { printable, rowsOf, windowOf } from '../dump.ts';
import { readInputs } from '../files.ts';

const ROW = 16;

/** `hexdump`: bytes in hexadecimal; rows that repeat are one star. */
export const hexdump: Command = {
  name: 'hexdump',
  group: 'text',
  summary: 'show bytes in hexadecimal, repeated rows as a star',
  usage: 'hexdump [-C] [-v] [-s SKIP] [-n LENGTH] [FILE]',
  more: `  -C  byte by byte, with their characters; without it, 16-bit words
  -v  repeated rows too`,
  options: ['-C', '-v', '-s', '-n'],
  *run(args, io) {
    const { words, has, value } = readArguments(args, 'Cvs:n:');
    checkWords(words, '', 0, 1);
    const { files, failed } = yield* readInputs(io, 'hexdump', words);
    for (const { bytes } of files) {
      const { from, shown } = windowOf(io, 'hexdump', bytes, value('s'), value('n'));
      io.out(dump(from, shown, has('C'), !has('v')));
    }
    return failed ? 1 : 0;
  },
};

function dump(from: number, bytes: Uint8Array, canonical: boolean, fold: boolean): string {
  const address = (at: number): string => at.toString(16).padStart(canonical ? 8 : 7, '0');
  const lines: string[] = [];
  let before = '';
  for (const [i, row] of rowsOf(bytes, ROW).entries()) {
    const body = canonical ? canonicalRow(row) : wordRow(row);
    if (fold && body === before && row.length === ROW) {
      if (lines.at(-1) !== '*') lines.push('*');
    } else lines.push(address(from + i * ROW) + body);
    before = body;
  }
  if (bytes.length > 0) lines.push(address(from + bytes.length));
  return lines.map((line) => `${line}\n`).join('');
}

function canonicalRow(row: Uint8Array): string {
  const half = (part: Uint8Array): string => rowsOf(part, 1).map(toHex).join(' ').padEnd(23);
  return `  ${half(row.subarray(0, 8))}  ${half(row.subarray(8))}  |${printable(row)}|`;
}

const wordRow = (row: Uint8Array): string =>
  rowsOf(row, 2)
    .map((pair) => ` ${((pair[1] ?? 0) * 256 + pair[0]!).toString(16).padStart(4, '0')}`)
    .join('');
