import { readArguments, wholeNumber } from '../arguments.ts';
import type { Command, Io, Steps } from '../command.ts';
import { lineBytes, readInputs } from '../files.ts';

/** Lines shown when nothing else is said. */
const LINES = '10';
const MORE = `  -n N  that many lines; ${LINES} when left out; -N for short
  -c N  that many bytes`;

/** `head`: the first lines. */
export const head: Command = {
  name: 'head',
  group: 'text',
  summary: 'print the first lines',
  usage: 'head [-n N | -c N] [FILE...]',
  more: MORE,
  options: ['-n', '-c'],
  run: (args, io) => part('head', (count) => [0, count], args, io),
};

/** `tail`: the last lines. */
export const tail: Command = {
  name: 'tail',
  group: 'text',
  summary: 'print the last lines',
  usage: 'tail [-n N | -c N] [FILE...]',
  more: MORE,
  options: ['-n', '-c'],
  run: (args, io) => part('tail', (count, length) => [length - count, length], args, io),
};

/** Where `count` of `length` lines or bytes begin and end. */
type Bounds = (count: number, length: number) => readonly [from: number, to: number];

/** `-5` is `-n5`, as of old. */
const lines = (word: string): string => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word);

function* part(name: string, bounds: Bounds, args: readonly string[], io: Io): Steps<number> {
  const { words, value } = readArguments(args.map(lines), 'n:c:');
  const count = wholeNumber(value('c') ?? value('n') ?? LINES, 'the number');
  const { files, failed } = yield* readInputs(io, name, words);
  for (const [i, file] of files.entries()) {
    if (files.length > 1) io.out(`${i > 0 ? '\n' : ''}==> ${file.name} <==\n`);
    const { bytes } = file;
    if (value('c') === undefined) {
      const lines = lineBytes(bytes);
      const some = lines.slice(...bounds(Math.min(count, lines.length), lines.length));
      for (const line of some) io.out(line);
    } else io.out(bytes.slice(...bounds(Math.min(count, bytes.length), bytes.length)));
  }
  return failed ? 1 : 0;
}
