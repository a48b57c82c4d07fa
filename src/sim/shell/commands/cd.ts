import { checkWords, errnoText, readArguments } from '../arguments.ts';
import { ERRNO } from '../../base/errno.ts';
import type { Command } from '../command.ts';
import { HOME } from '../expand.ts';
import { resolvePath } from '../path.ts';

/** `cd`: the folder relative paths start from. */
export const cd: Command = {
  name: 'cd',
  group: 'files',
  summary: 'change the folder that relative paths start from',
  usage: 'cd [PATH]',
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, '', 0, 1);
    const typed = words[0] ?? HOME;
    const path = resolvePath(io.state.cwd, typed);
    const { ret, kind } = yield { call: 'stat', path };
    const error = ret >= 0 && kind === 'file' ? -ERRNO.ENOTDIR : ret;
    if (error < 0) {
      io.err(`cd: ${typed}: ${errnoText(error)}`);
      return 1;
    }
    io.setCwd(path);
    return 0;
  },
};

/** `pwd`: that folder. */
export const pwd: Command = {
  name: 'pwd',
  group: 'files',
  summary: 'print that folder',
  usage: 'pwd',
  // eslint-disable-next-line require-yield -- nothing is asked
  *run(args, io) {
    checkWords(args, '', 0, 0);
    io.out(`${io.state.cwd}\n`);
    return 0;
  },
};
