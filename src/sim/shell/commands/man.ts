import { findTerm, TERM_IDS, termOf, type TermId } from '../../base/glossary.ts';
import { findHazards, HAZARD_BOOK, type Found } from '../../kernel/hazard-book.ts';
import { HAZARDS } from '../../kernel/hazards.ts';
import { checkWords, readArguments, show } from '../arguments.ts';
import type { Command, Io } from '../command.ts';
import { didYouMean } from '../nearest.ts';
import { BOLD, paint } from '../palette.ts';

const IDS: readonly string[] = HAZARD_BOOK.flatMap(({ hazards }) => hazards.map(({ id }) => id));
const EVENTS: readonly string[] = HAZARDS.map(({ key }) => key);

/** What lists all there is of a kind. */
const WORDS = 'words';
const ALL = 'hazards';

/** `man`: what a word means, what is known of a hazard, or of a command. */
export const man: Command = {
  name: 'man',
  group: 'kernel',
  summary: 'explain a word, a hazard of the published code, or a command',
  usage: 'man [WORD|HAZARD|EVENT|COMMAND]',
  more: `  WORD    a word of the field or of this page, such as irr; man words lists them
  HAZARD  an id such as H2 or K3; man alone lists them
  EVENT   a hazard as the timeline names it, such as slotOverwritten`,
  *run(args, io) {
    const { words } = readArguments(args);
    checkWords(words, '', 0, 1);
    const [word] = words;
    if (word === undefined || word === ALL) {
      listAll(io);
      return 0;
    }
    if (word === WORDS) {
      listWords(io);
      return 0;
    }
    const found = findHazards(word);
    const term = found.length === 0 ? findTerm(word) : undefined;
    if (term !== undefined) showTerm(io, term);
    if (found.length === 0 && io.commands.some(({ name }) => name === word))
      return yield* io.run([word, '--help']);
    if (found.length === 0 && term === undefined) {
      const near = didYouMean(word, [...IDS, ...EVENTS, ...TERM_IDS]);
      io.err(`man: no word or hazard ${show(word)}${near}; man and man words list them`);
      return 1;
    }
    found.forEach((each, i) => {
      if (i > 0) io.out('\n');
      showOne(io, each);
    });
    return 0;
  },
  complete: (words, _lookups, commands) =>
    words.length === 1 ? [...IDS, ...EVENTS, WORDS, ALL, ...TERM_IDS, ...commands] : [],
};

const title = (io: Io, text: string): string => (io.tty ? paint(BOLD, text) : text);

function listAll(io: Io): void {
  for (const { title: name, hazards } of HAZARD_BOOK) {
    io.out(`${title(io, name.replace(/^\d+ /, '').toUpperCase())}\n`);
    for (const { id, what, here } of hazards)
      io.out(`  ${id.padEnd(7)}${here === undefined ? '- ' : '  '}${what}\n`);
  }
  io.out('Those with a - cannot be seen here; man ID tells why. man words lists the words.\n');
}

function listWords(io: Io): void {
  let chapter = '';
  for (const id of TERM_IDS) {
    const term = termOf(id);
    if (term.chapter !== chapter) io.out(`${title(io, term.chapter.toUpperCase())}\n`);
    ({ chapter } = term);
    io.out(`  ${id.padEnd(15)}${[term.name, term.long].filter(Boolean).join(', ')}\n`);
  }
}

function showTerm(io: Io, id: TermId): void {
  const { name, long, text, from, see } = termOf(id);
  io.out(`${title(io, name)}${long === undefined ? '' : `  ${long}`}\n`);
  for (const sentence of text.split(/(?<=\.) /)) io.out(`  ${sentence}\n`);
  io.out(`  see also ${see.join(', ')}\n  from     ${from}\n`);
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
