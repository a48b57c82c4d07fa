import { checkWords, errnoText, readArguments } from '../arguments.ts';
import { WrongUsage, type Command } from '../command.ts';
import { readFile } from '../files.ts';
import { resolvePath } from '../path.ts';

/** `mount`: a file system onto a folder. */
export const mount: Command = {
  name: 'mount',
  group: 'files',
  summary: 'mount a file system, or show what is mounted',
  usage: 'mount -t TYPE SOURCE PATH\nmount',
  more: 'The multikernel files: mount -t multikernel none /sys/fs/multikernel',
  options: ['-t'],
  *run(args, io) {
    const { words, value } = readArguments(args, 't:');
    const type = value('t');
    if (args.length === 0) {
      const mounts = yield* readFile(io, 'mount', '/proc/mounts');
      if (mounts) io.out(mounts);
      return mounts ? 0 : 1;
    }
    if (type === undefined) throw new WrongUsage('-t TYPE is missing');
    checkWords(words, words.length === 0 ? 'SOURCE' : 'PATH', 2, 2);
    const [source = '', typed = ''] = words;
    const path = resolvePath(io.state.cwd, typed);
    const { ret } = yield { call: 'mount', type, source, path };
    if (ret >= 0) return 0;
    io.err(`mount: ${type} on ${typed}: ${errnoText(ret)}`);
    return 1;
  },
  complete: (words) =>
    words.at(-2) === '-t' ? ['multikernel'] : words.length === 3 ? ['none'] : [],
};
