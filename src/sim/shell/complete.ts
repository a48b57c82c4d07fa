import { COMMANDS } from './commands/table.ts';
import type { Command, Described, Lookups } from './command.ts';
import { resolvePath } from './path.ts';
import type { ShellState } from './state.ts';

/** What could stand at the end of a line: words that replace it from the column `from` on. */
export interface Completion {
  /** Characters of the line that stay. */
  readonly from: number;
  /** Ready to stand in the line, in order. Those that end in `/` or `=` want more behind them. */
  readonly words: readonly string[];
}

/** Words offered at most. */
const WORDS_SHOWN_MAX = 200;

/** Options whose value is a path, written behind a `=` or as the next word. */
const PATH_OPTION = /^(--(kernel|initrd|input)|-[kio])$/;

const NAMES: readonly string[] = COMMANDS.map(({ name }) => name).sort();

/** Tab: what could stand where the line ends. */
export function complete(state: ShellState, line: string, lookups: Lookups): Completion {
  const { words, from, redirects } = lastCommand(line);
  const typed = words.at(-1)!;
  const paths = (text: string, at: number): Completion => pathsLike(state, text, at, lookups);
  if (redirects) return paths(typed, from);
  if (words.length === 1) {
    return typed.includes('/') ? paths(typed, from) : fitting(NAMES, typed, from);
  }
  const name = words[0]!;
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) return paths(typed, from);
  if (command.verbs && words.length === 2)
    return fitting(
      command.verbs.map((verb) => verb.name),
      typed,
      from,
    );
  return argument(command, words.slice(1), from, lookups, paths);
}

function argument(
  command: Command,
  words: readonly string[],
  from: number,
  lookups: Lookups,
  paths: (text: string, at: number) => Completion,
): Completion {
  const verb = command.verbs?.find(({ name }) => name === words[0]);
  const described: Described = verb ?? command;
  const args = verb ? words.slice(1) : words;
  const typed = args.at(-1)!;
  const equals = typed.indexOf('=');
  if (typed.startsWith('-')) {
    if (equals < 0) return fitting([...(described.options ?? []), '--help'], typed, from);
    const isPath = PATH_OPTION.test(typed.slice(0, equals));
    const at = from + equals + 1;
    return isPath ? paths(typed.slice(equals + 1), at) : { from: at, words: [] };
  }
  const before = args.at(-2) ?? '';
  if (PATH_OPTION.test(before)) return paths(typed, from);
  const known = described.complete?.(args, lookups, NAMES);
  if (known && known.length > 0) return fitting(known, typed, from);
  return command.verbs ? { from, words: [] } : paths(typed, from);
}

function fitting(known: readonly string[], typed: string, from: number): Completion {
  const words = known.filter((word) => word.startsWith(typed)).map(quoted);
  return { from, words: words.slice(0, WORDS_SHOWN_MAX) };
}

function pathsLike(state: ShellState, typed: string, from: number, lookups: Lookups): Completion {
  const slash = typed.lastIndexOf('/') + 1;
  const folder = typed.slice(0, slash);
  const start = typed.slice(slash);
  const names = lookups.list(resolvePath(state.cwd, folder)) ?? [];
  const shown = [...names].sort().filter((name) => start !== '' || !name.startsWith('.'));
  return fitting(
    shown.map((name) => folder + name),
    typed,
    from,
  );
}

/** Quoted by backslashes where it must be. */
const quoted = (word: string): string => word.replace(/[\s'"\\|&;<>()$`*?#~!{}]/g, '\\$&');

/** The words of the command at the end of a line, the last of them unfinished, perhaps empty. */
interface LastCommand {
  readonly words: readonly string[];
  /** Column at which the last one begins. */
  readonly from: number;
  /** The last one is a file that `<` or `>` names. */
  readonly redirects: boolean;
}

/**
 * Splits a line that is still being typed. The parser of whole lines is of no use here: it mends what
 * is open, and what is open is what counts.
 */
function lastCommand(line: string): LastCommand {
  let words: string[] = [];
  let word: string | null = null;
  let from = 0;
  let quote = '';
  let redirects = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote === "'" || (quote === '"' && char !== '\\')) {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
      continue;
    }
    if (/[\s|&;<>]/.test(char) && quote === '') {
      if (word !== null && !redirects) words.push(word);
      if (word !== null || !/\s/.test(char)) redirects = char === '<' || char === '>';
      if (/[|&;]/.test(char)) words = [];
      word = null;
      continue;
    }
    if (word === null) from = i;
    word ??= '';
    if (char === '\\') word += line[++i] ?? '';
    else if (char === "'" || char === '"') quote = quote === '' ? char : '';
    else word += char;
  }
  return { words: [...words, word ?? ''], from: word === null ? line.length : from, redirects };
}
