import { findHazards, HAZARD_BOOK, type Found } from '../../kernel/hazard-book.ts';
import { HAZARDS } from '../../kernel/hazards.ts';
import { checkWords, readArguments, show } from '../arguments.ts';
import type { Command, Io } from '../command.ts';
import { didYouMean } from '../nearest.ts';
import { BOLD, paint } from '../palette.ts';

const IDS: readonly string[] = HAZARD_BOOK.flatMap(({ hazards }) => hazards.map(({ id }) => id));
const EVENTS: readonly string[] = HAZARDS.map(({ key }) => key);

/** `man`: what is known of a hazard, or of a command. */
export const man: Command = {
  name: 'man',
  group: 'kernel',
  summary: 'tell of a hazard of the published code, or of a command',
  usage: 'man [HAZARD|EVENT|COMMAND]',
  more: `  HAZARD  an id such as H2 or K3; man alone lists them
  EVENT   a hazard as the timeline names it, such as slotOverwritten`,
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, '', 0, 1);
    const [word] = words;
    if (word === undefined) {
      listAll(io);
      return 0;
    }
    const found = findHazards(word);
    if (found.length === 0 && io.commands.some(({ name }) => name === word))
      return yield* io.run([word, '--help']);
    if (found.length === 0) {
      io.err(
        `man: no hazard ${show(word)}${didYouMean(word, [...IDS, ...EVENTS])}; man lists them`,
      );
      return 1;
    }
    found.forEach((each, i) => {
      if (i > 0) io.out('\n');
      showOne(io, each);
    });
    return 0;
  },
  complete: (words, _lookups, commands) =>
    words.length === 1 ? [...IDS, ...EVENTS, ...commands] : [],
};

const title = (io: Io, text: string): string => (io.tty ? paint(BOLD, text) : text);

function listAll(io: Io): void {
  for (const { title: name, hazards } of HAZARD_BOOK) {
    io.out(`${title(io, name.replace(/^\d+ /, '').toUpperCase())}\n`);
    for (const { id, what, here } of hazards)
      io.out(`  ${id.padEnd(7)}${here === undefined ? '- ' : '  '}${what}\n`);
  }
  io.out('Those with a - cannot be seen here; man ID tells why.\n');
}

function showOne(io: Io, { hazard, events }: Found): void {
  const { id, what, needs, here, why, later } = hazard;
  io.out(`${title(io, id)}  ${what}\n`);
  const part = (name: string, text: string): void => {
    if (text !== '') io.out(`  ${name.padEnd(9)}${text}\n`);
  };
  part('needs', needs);
  if (here === undefined) part('not here', why ?? '');
  else part('see it', here);
  for (const { key, text } of events) part('event', `${key}: ${text}`);
  part('later', later);
}
