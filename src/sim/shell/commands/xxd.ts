import { toHex } from '../../base/hex.ts';
import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { printable, rowsOf, windowOf } from '../dump.ts';
import { readInputs } from '../files.ts';

const ROW = 16;
/** Characters of a full row's bytes: eight groups of four digits. */
const HEX_WIDTH = 39;

/** `xxd`: bytes in hexadecimal, two and two. */
export const xxd: Command = {
  name: 'xxd',
  group: 'text',
  summary: 'show bytes in hexadecimal, two and two',
  usage: 'xxd [-p] [-s SKIP] [-l LENGTH] [FILE]',
  more: '  -p  digits only, as `mk send` takes them',
  options: ['-p', '-s', '-l'],
  *run(args, io) {
    const { words, has, value } = readArguments(args, 'ps:l:');
    checkWords(words, '', 0, 1);
    const { files, failed } = yield* readInputs(io, 'xxd', words);
    for (const { bytes } of files) {
      const { from, shown } = windowOf(io, 'xxd', bytes, value('s'), value('l'));
      if (has('p'))
        io.out(
          rowsOf(shown, 30)
            .map((row) => `${toHex(row)}\n`)
            .join(''),
        );
      else
        io.out(
          rowsOf(shown, ROW)
            .map((row, i) => lineOf(from + i * ROW, row))
            .join(''),
        );
    }
    return failed ? 1 : 0;
  },
};

function lineOf(at: number, row: Uint8Array): string {
  const groups = rowsOf(row, 2).map(toHex).join(' ');
  return `${at.toString(16).padStart(8, '0')}: ${groups.padEnd(HEX_WIDTH)}  ${printable(row)}\n`;
}
