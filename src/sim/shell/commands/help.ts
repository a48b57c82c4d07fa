import { checkWords, readArguments, show } from '../arguments.ts';
import type { Command, Group } from '../command.ts';
import { didYouMean } from '../nearest.ts';
import { BOLD, paint } from '../palette.ts';

const GROUPS: readonly Group[] = [
  'files',
  'text',
  'device tree',
  'kernel',
  'instances',
  'messages',
  'shell',
];

/** `help`: all commands by group, or one. */
export const help: Command = {
  name: 'help',
  group: 'shell',
  summary: 'list all commands, or tell of one',
  usage: 'help [COMMAND]',
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, '', 0, 1);
    const name = words[0];
    if (name !== undefined) {
      if (io.commands.some((command) => command.name === name))
        return yield* io.run([name, '--help']);
      const names = io.commands.map((command) => command.name);
      io.err(`help: no command ${show(name)}${didYouMean(name, names)}`);
      return 1;
    }
    for (const group of GROUPS) {
      const title = group.toUpperCase();
      io.out(`${io.tty ? paint(BOLD, title) : title}\n`);
      for (const command of io.commands)
        if (command.group === group) io.out(`  ${command.name.padEnd(12)}${command.summary}\n`);
    }
    io.out('COMMAND --help tells more. Lines may have | > >> < && || ; quotes and $?.\n');
    return 0;
  },
  complete: (words, _lookups, commands) => (words.length === 1 ? commands : []),
};
