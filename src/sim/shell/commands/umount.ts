import { checkWords, errnoText, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { resolvePath } from '../path.ts';

/** `umount`: a file system goes from its folder. */
export const umount: Command = {
  name: 'umount',
  group: 'files',
  summary: 'unmount a file system',
  usage: 'umount PATH',
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, 'PATH', 1, 1);
    const [word = ''] = words;
    const { ret } = yield { call: 'umount', path: resolvePath(io.state.cwd, word) };
    if (ret >= 0) return 0;
    io.err(`umount: ${word}: ${errnoText(ret)}`);
    return 1;
  },
};
