import { checkWords, readArguments, show, wholeNumber } from '../arguments.ts';
import { WrongUsage, type Again, type Command, type Steps } from '../command.ts';
import { LOG_LEVELS, type LogLevel } from '../../kernel/log-events.ts';
import { didYouMean } from '../nearest.ts';
import { DIM, paint, RED, YELLOW } from '../palette.ts';

/** Simulated time between two looks at the log. */
const LOOK_EVERY_NS = 1_000_000;

const COLOUR: Readonly<Record<LogLevel, string>> = { err: RED, warn: YELLOW, info: '', debug: DIM };

/** `dmesg`: the log of this kernel. */
export const dmesg: Command = {
  name: 'dmesg',
  group: 'kernel',
  summary: "show this kernel's log",
  usage: 'dmesg [-w] [-l LEVELS] [--after N]',
  more: `  -l LEVEL       that level and what is more urgent: ${LOG_LEVELS.join(', ')}; info when left out
  -l LEVEL,...   these levels only
  -w, --follow   go on showing what is logged, until Ctrl-C
  --after N      leave out the first N records`,
  options: ['-w', '-l', '--follow', '--level', '--after'],
  *run(args, io): Steps<number | Again> {
    const long = { follow: 'w', level: 'l', after: 'A' };
    const { words, has, value } = readArguments(args, 'wl:A:', long);
    checkWords(words, '', 0, 0);
    const levels = levelsOf(value('l') ?? 'info');
    const after = wholeNumber(value('A') ?? '0', '--after');
    if (has('w') && !io.tty) throw new WrongUsage('-w never ends, so it cannot feed a pipe');
    const { about } = yield { call: 'about' };
    const log = about?.log ?? [];
    for (const { timeNs, level, text } of log.slice(after)) {
      if (!levels.has(level)) continue;
      const line = `[${(timeNs / 1e9).toFixed(6).padStart(12)}] ${text}`;
      io.out(`${io.tty ? paint(COLOUR[level], line) : line}\n`);
    }
    if (!has('w')) return 0;
    yield { call: 'sleep', ns: LOOK_EVERY_NS };
    return { again: ['-w', '-l', value('l') ?? 'info', '--after', String(log.length)] };
  },
  complete: (words) => (words.at(-2) === '-l' ? LOG_LEVELS : []),
};

function levelsOf(text: string): ReadonlySet<LogLevel> {
  const named = text.split(',').map((word) => {
    const level = LOG_LEVELS.find((known) => known === word);
    if (level) return level;
    throw new WrongUsage(`no level ${show(word)}${didYouMean(word, LOG_LEVELS)}`);
  });
  const most = LOG_LEVELS.indexOf(named[0]!);
  return new Set(named.length > 1 ? named : LOG_LEVELS.slice(0, most + 1));
}
