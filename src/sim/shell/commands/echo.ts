import type { Command } from '../command.ts';

/** `echo`: its words. */
export const echo: Command = {
  name: 'echo',
  group: 'files',
  summary: 'print its words',
  usage: 'echo [-n] [WORD...]',
  more: '  -n  no end of line behind the last word',
  // eslint-disable-next-line require-yield -- nothing is asked
  *run(args, io) {
    const bare = args[0] === '-n';
    io.out(args.slice(bare ? 1 : 0).join(' ') + (bare ? '' : '\n'));
    return 0;
  },
};
