import { Refused } from '../base/assert.ts';
import type { Answer, Ask } from './ask.ts';
import type { ShellState } from './state.ts';

/** What a command is while it runs: it yields asks and is resumed with the answers. */
export type Steps<Result> = Generator<Ask, Result, Answer>;

/**
 * How an endless command ends a round: it is run again with these arguments, and what it asked so far
 * is forgotten. What it must remember travels in them.
 */
export interface Again {
  readonly again: readonly string[];
}

/** What a command sees of its surroundings, besides what it learns through asks. */
export interface Io {
  /** What was piped or redirected into it, null when nothing was. */
  readonly stdin: Uint8Array | null;
  /** Output goes straight to the console: it may be coloured, and it may be endless. */
  readonly tty: boolean;
  readonly state: ShellState;
  readonly commands: readonly Command[];
  out(what: string | Uint8Array): void;
  /** One line, without its end. */
  err(line: string): void;
  /** Runs another command with the same output, and comes back with its status. */
  run(words: readonly string[]): Steps<number>;
  setCwd(path: string): void;
}

export type Group =
  'files' | 'text' | 'device tree' | 'kernel' | 'instances' | 'messages' | 'shell';

/** What tab completion can ask for. It happens between steps, so nothing is simulated for it. */
export interface Lookups {
  /** Names in a folder, directories with a slash behind; undefined when it is none. */
  readonly list: (path: string) => readonly string[] | undefined;
  readonly instances: readonly string[];
}

/** What `--help` and completion know of a command, or of one of its verbs. */
export interface Described {
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  /** How to call it: a line for each form, without the word `usage`. */
  readonly usage: string;
  /** More for `--help`. */
  readonly more?: string;
  /** Options, as completion offers them; those that want a value behind a `=` end in one. */
  readonly options?: readonly string[];
  /**
   * Words that could stand where `words.at(-1)` is being typed, if they are neither options nor
   * paths. The command's name, and the verb's, are not among `words`; `commands` are all names.
   */
  readonly complete?: (
    words: readonly string[],
    lookups: Lookups,
    commands: readonly string[],
  ) => readonly string[];
}

/** A verb of a command, such as `load` of `kerf`. */
export interface Verb extends Described {
  /** Arguments come without the verb, those of {@link Again} too. */
  readonly run: (args: readonly string[], io: Io) => Steps<number | Again>;
}

/** One command: a row of the table, and the file it has. */
export interface Command extends Described {
  readonly group: Group;
  readonly verbs?: readonly Verb[];
  /** Arguments come without the command's name. The result is the exit status, or {@link Again}. */
  readonly run: (args: readonly string[], io: Io) => Steps<number | Again>;
}

/** The user called a command wrongly: exit status 2, this sentence and the usage. */
export class WrongUsage extends Refused {
  readonly usage: string | undefined;

  /** @param usage how to call it, when it is not the whole command's usage */
  constructor(sentence: string, usage?: string) {
    super(sentence);
    this.usage = usage;
  }
}

/** The lines `usage: …` of a command. */
export function usageLines(usage: string): string {
  const lines = usage.split('\n').map((line, i) => (i === 0 ? 'usage: ' : '       ') + line);
  return `${lines.join('\n')}\n`;
}

/** What `--help` prints. */
export function helpText(command: Command, args: readonly string[]): string {
  const verb = command.verbs?.find(({ name }) => name === args[0]);
  const { name, summary, usage, more } = verb ?? command;
  const title = `${verb ? `${command.name} ` : ''}${name}: ${summary}\n${usageLines(usage)}`;
  return more === undefined ? title : `${title}\n${more.trimEnd()}\n`;
}
