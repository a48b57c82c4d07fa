import { utf8Decode } from '../../base/text.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { readInputs } from '../files.ts';

/** `wc`: how many lines, words and bytes. */
export const wc: Command = {
  name: 'wc',
  group: 'text',
  summary: 'count lines, words and bytes',
  usage: 'wc [-lwc] [FILE...]',
  options: ['-l', '-w', '-c'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'lwc');
    const all = !has('l') && !has('w') && !has('c');
    const wanted = ['l', 'w', 'c'].map((letter) => all || has(letter));
    const { files, failed } = yield* readInputs(io, 'wc', words);
    const rows = files.map(({ name, bytes }) => ({ name, counts: countsOf(bytes) }));
    if (rows.length > 1) {
      const sums = [0, 1, 2].map((i) => rows.reduce((sum, row) => sum + row.counts[i]!, 0));
      rows.push({ name: 'total', counts: sums });
    }
    const most = Math.max(0, ...rows.flatMap((row) => row.counts));
    const width = wanted.filter(Boolean).length === 1 ? 1 : String(most).length;
    for (const { name, counts } of rows) {
      const shown = counts.filter((_, i) => wanted[i]).map((n) => String(n).padStart(width));
      io.out(`${[...shown, ...(name === '-' ? [] : [name])].join(' ')}\n`);
    }
    return failed ? 1 : 0;
  },
};

function countsOf(bytes: Uint8Array): number[] {
  const words = utf8Decode(bytes).match(/\S+/g)?.length ?? 0;
  let lines = 0;
  for (const byte of bytes) if (byte === 0x0a) lines++;
  return [lines, words, bytes.length];
}
