import { utf8Decode } from '../../base/text.ts';
import { checkWords, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { lineBytes, readInputs } from '../files.ts';
import { compilePattern } from '../pattern.ts';

/** Status when a file cannot be read, as with the real one. */
const TROUBLE = 2;

/** `grep`: lines that fit a pattern. */
export const grep: Command = {
  name: 'grep',
  group: 'text',
  summary: 'print the lines that fit a pattern',
  usage: 'grep [-ivncqF] PATTERN [FILE...]',
  more: `  -i  small and capital letters are the same
  -v  the lines that do not fit
  -n  with their numbers
  -c  how many there are
  -q  nothing but the status: 0 found, 1 not found, 2 trouble
  -F  the pattern is plain text
In patterns: . [a-z] [^a-z] * + ? ^ $ | and \\ before a character that means itself.`,
  options: ['-i', '-v', '-n', '-c', '-q', '-F'],
  *run(args, io) {
    const { words, has } = readArguments(args, 'ivncqFE');
    checkWords(words, 'PATTERN', 1);
    const [text = '', ...paths] = words;
    const fits = compilePattern(text, { plain: has('F'), ignoreCase: has('i') });
    const { files, failed } = yield* readInputs(io, 'grep', paths);
    let found = 0;
    for (const { name, bytes } of files) {
      const title = files.length > 1 ? `${name}:` : '';
      let here = 0;
      for (const [i, line] of lineBytes(bytes).entries()) {
        const ended = line.at(-1) === 0x0a;
        if (fits(utf8Decode(ended ? line.subarray(0, -1) : line)) === has('v')) continue;
        here++;
        if (has('c') || has('q')) continue;
        if (title !== '' || has('n')) io.out(title + (has('n') ? `${i + 1}:` : ''));
        io.out(line);
        if (!ended) io.out('\n');
      }
      if (has('c') && !has('q')) io.out(`${title}${here}\n`);
      found += here;
    }
    return failed ? TROUBLE : found > 0 ? 0 : 1;
  },
};
