import { checkWords, errnoText, readArguments } from '../arguments.ts';
import { ERRNO } from '../../base/errno.ts';
import type { Command, Io, Steps } from '../command.ts';
import { resolvePath } from '../path.ts';

/** `rm`: files go. */
export const rm: Command = {
  name: 'rm',
  group: 'files',
  summary: 'remove files',
  usage: 'rm [-f] FILE...',
  more: '  -f  a file that is not there is fine',
  options: ['-f'],
  run: (args, io) => remove('unlink', 'rm', 'FILE', args, io),
};

/** `rmdir`: empty folders go, and instances. */
export const rmdir: Command = {
  name: 'rmdir',
  group: 'files',
  summary: 'remove empty folders, or an instance',
  usage: 'rmdir FOLDER...',
  more: 'An instance goes with rmdir /sys/fs/multikernel/instances/NAME.',
  run: (args, io) => remove('rmdir', 'rmdir', 'FOLDER', args, io),
};

function* remove(
  call: 'unlink' | 'rmdir',
  name: string,
  what: string,
  args: readonly string[],
  io: Io,
): Steps<number> {
  const { words, has } = readArguments(args, call === 'unlink' ? 'f' : '');
  checkWords(words, what, 1);
  let status = 0;
  for (const word of words) {
    const { ret } = yield { call, path: resolvePath(io.state.cwd, word) };
    if (ret >= 0 || (has('f') && ret === -ERRNO.ENOENT)) continue;
    io.err(`${name}: ${word}: ${errnoText(ret)}`);
    status = 1;
  }
  return status;
}
