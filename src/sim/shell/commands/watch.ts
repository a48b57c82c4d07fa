import { show } from '../arguments.ts';
import { WrongUsage, type Command } from '../command.ts';
import { askAbout } from '../instances.ts';
import { SLEEP_MAX_S } from '../limits.ts';
import { CLEAR, DIM, paint } from '../palette.ts';
import { readSeconds } from '../seconds.ts';

/** Simulated seconds between two rounds: much happens in a millisecond. */
const EVERY = '0.001';

/** `watch`: a command again and again, until Ctrl-C. */
export const watch: Command = {
  name: 'watch',
  group: 'shell',
  summary: 'run a command again and again, until Ctrl-C',
  usage: 'watch [-n SECONDS] COMMAND [WORD...]',
  more: `  -n SECONDS  simulated time between two rounds; ${EVERY} when left out`,
  options: ['-n'],
  *run(args, io) {
    const every = args[0] === '-n' ? (args[1] ?? '') : EVERY;
    const words = args.slice(args[0] === '-n' ? 2 : 0);
    const ns = readSeconds(every, '-n', SLEEP_MAX_S);
    const command = words.length === 1 ? words[0]!.trim().split(/\s+/) : words;
    const [name = ''] = command;
    if (name.startsWith('-')) throw new WrongUsage(`there is no option ${show(name)}`);
    if (name === '') throw new WrongUsage('COMMAND is missing');
    if (!io.tty) throw new WrongUsage('it never ends, so it cannot feed a pipe or a file');
    const { timeNs } = yield* askAbout();
    const title = `every ${every} s: ${command.join(' ')}    ${(timeNs / 1e9).toFixed(6)} s`;
    io.out(`${CLEAR}${paint(DIM, title)}\n\n`);
    yield* io.run(command);
    yield { call: 'sleep', ns };
    return { again: args };
  },
  complete: (words, _lookups, commands) => (words.length === 1 ? commands : []),
};
