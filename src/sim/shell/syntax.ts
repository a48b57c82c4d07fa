/**
 * Typed lines to lists of commands. Words, quotes and operators are read by a parser of the whole
 * Bash language; what of it consoles have is decided here, and the rest is refused by name.
 */
import {
  parse,
  type Assignment,
  type Command,
  type ParseError,
  type PipelineNode,
  type Redirection as RedirectionNode,
  type Word as WordNode,
  type WordPart,
} from 'unbash';
import { Refused } from '../base/assert.ts';
import { COMMANDS_MAX, LINE_MAX } from './limits.ts';

/** A part of a word. `*` and `?` stand for names unless they are quoted. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'any'; readonly text: '*' | '?' }
  | { readonly kind: 'home' };
export type Word = readonly Piece[];

export interface Redirection {
  readonly kind: 'in' | 'out' | 'append';
  /** 1 output, 2 errors. */
  readonly stream: 1 | 2;
  /** A file, or `2>&1` and `>&2`. */
  readonly to: Word | 'output' | 'errors';
}

/** A command with its words and where its streams go. */
export interface Simple {
  readonly assignments: readonly { readonly name: string; readonly value: Word }[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** One pipe of a list. It runs always, or depending on the status so far. */
export interface ListItem {
  readonly when: '&&' | '||' | ';';
  /** `!` in front. */
  readonly negate: boolean;
  readonly pipe: readonly Simple[];
}

/** Reads a line; throws {@link Refused} with a column when it cannot. */
export function parseLine(line: string): readonly ListItem[] {
  if (line.length > LINE_MAX) throw new Refused(`syntax: more than ${LINE_MAX} characters`);
  const script = parseAnything(line);
  const first = script.errors?.toSorted((a, b) => a.pos - b.pos)[0];
  if (first) throw wrong(sayError(first, line), first.pos);
  const items = script.commands.flatMap(({ command, background, end }) => {
    if (background === true) throw wrong('& is not supported: commands run one by one', end - 1);
    if (command.type !== 'AndOr') return [readPipe(';', command)];
    return command.commands.map((pipe, i) =>
      readPipe(i === 0 ? ';' : command.operators[i - 1]!, pipe),
    );
  });
  if (items.reduce((sum, { pipe }) => sum + pipe.length, 0) > COMMANDS_MAX)
    throw new Refused(`syntax: more than ${COMMANDS_MAX} commands in one line`);
  return items;
}

/** The parser goes as deep as a line is nested, and some nesting costs two characters a level. */
function parseAnything(line: string): ReturnType<typeof parse> {
  try {
    return parse(line);
  } catch (failure) {
    if (failure instanceof RangeError) throw new Refused('syntax: nested too deeply');
    throw failure;
  }
}

const wrong = (what: string, pos: number): Refused =>
  new Refused(`syntax: ${what} at column ${pos + 1}`);

/** The parser's finding in our words. */
function sayError({ message, pos }: ParseError, line: string): string {
  if (/^unterminated (single|double) quote/.test(message)) return 'unclosed quote';
  const quoted = /'(.*)'/.exec(message)?.[1] ?? '';
  if (message.startsWith('unexpected token')) return `unexpected ${quoted}`;
  if (message.startsWith('expected command after')) return `no command behind ${quoted}`;
  if (message.startsWith('expected redirect target')) return 'no file to redirect to';
  return message.startsWith('unterminated')
    ? `unclosed ${line.slice(pos, pos + 2).trim()}`
    : message;
}

function readPipe(when: ListItem['when'], node: PipelineNode): ListItem {
  if (node.type !== 'Pipeline') return { when, negate: false, pipe: [readSimple(node)] };
  for (const prefix of node.prefixes)
    if (prefix.type === 'Time') throw wrong('time is not supported', prefix.pos);
  const joined = node.operators.indexOf('|&');
  if (joined >= 0) throw wrong('|& is not supported: write 2>&1 |', node.commands[joined]!.end);
  return {
    when,
    negate: node.prefixes.length % 2 === 1,
    pipe: node.commands.map(readSimple),
  };
}

function readSimple(node: PipelineNode): Simple {
  if (node.type !== 'Command') throw wrong(`${nameOf(node)} are not supported`, node.pos);
  const words: Word[] = node.name ? [readWord(node.name)] : [];
  const assignments: Simple['assignments'][number][] = [];
  const redirections: Redirection[] = [];
  for (const part of [...node.prefix, ...node.suffix]) {
    if (part.type === 'Word') words.push(readWord(part));
    else if (part.type !== 'Assignment') redirections.push(readRedirection(part));
    else if (isPrefix(part, node)) assignments.push(readAssignment(part));
    else words.push([{ kind: 'text', text: part.text }]);
  }
  return { assignments, words, redirections };
}

const isPrefix = (part: Assignment, node: Command): boolean =>
  node.name === undefined || part.pos < node.name.pos;

const COMPOUND: Readonly<Record<string, string>> = {
  Subshell: 'subshells',
  BraceGroup: 'groups in braces',
  Function: 'functions',
  Redirected: 'compound commands',
  Coproc: 'coprocesses',
  TestCommand: 'tests in [[ ]]',
  ArithmeticCommand: 'sums in (( ))',
};

const nameOf = ({ type }: PipelineNode): string =>
  COMPOUND[type] ?? `\`${type.toLowerCase()}\` commands`;

function readAssignment({ name, value, append, index, pos }: Assignment): {
  name: string;
  value: Word;
} {
  if (value.type === 'ArrayValue' || index) throw wrong('arrays are not supported', pos);
  if (append === true) throw wrong('+= is not supported', pos);
  return { name, value: readWord(value) };
}

function readRedirection(node: RedirectionNode): Redirection {
  const refused = wrong(`${node.operator} is not supported`, node.pos);
  if (node.type !== 'Redirect' || !node.target) throw refused;
  const { operator, descriptor, target } = node;
  const inward = operator === '<';
  const stream = descriptor ? descriptor.type === 'FileDescriptor' && descriptor.value : undefined;
  if (stream !== undefined && stream !== (inward ? 0 : 1) && (inward || stream !== 2))
    throw wrong('only streams 0, 1 and 2 exist', node.pos);
  const from = stream === 2 ? 2 : 1;
  if (operator === '>&') {
    if (target.text === '1') return { kind: 'out', stream: from, to: 'output' };
    if (target.text === '2') return { kind: 'out', stream: from, to: 'errors' };
    throw refused;
  }
  if (!inward && operator !== '>' && operator !== '>>') throw refused;
  const kind = inward ? 'in' : operator === '>' ? 'out' : 'append';
  return { kind, stream: from, to: readWord(target) };
}

function readWord(word: WordNode): Word {
  const { text } = word;
  if (!word.parts) {
    if (text === '~') return [{ kind: 'home' }];
    return [...homeOf(text), { kind: 'text', text: afterHome(text, word.value) }];
  }
  return word.parts.flatMap((part, i): Piece[] => {
    if (i === 0 && part.type === 'Literal')
      return [...homeOf(part.text), { kind: 'text', text: afterHome(part.text, part.value) }];
    return readPart(part);
  });
}

/** `~/` in front of a word is the folder one starts in. */
const homeOf = (text: string): Piece[] => (text.startsWith('~/') ? [{ kind: 'home' }] : []);
const afterHome = (text: string, value: string): string =>
  text.startsWith('~/') ? value.slice(1) : value;

function readPart(part: WordPart): Piece[] {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ kind: 'text', text: part.value }];
    case 'DoubleQuoted':
      // An empty piece keeps "" a word.
      return [{ kind: 'text', text: '' }, ...part.parts.flatMap(readPart)];
    case 'SimpleExpansion':
      return [{ kind: 'variable', name: readName(part.text.slice(1), part.pos) }];
    case 'ParameterExpansion':
      if (part.operation || part.index || part.prefix !== undefined)
        throw wrong('of ${…} only ${NAME} is supported', part.pos);
      return [{ kind: 'variable', name: readName(part.parameter, part.pos) }];
    case 'Glob':
      if (part.kind === 'bracket') return [{ kind: 'text', text: part.value }];
      return [{ kind: 'any', text: part.kind === 'star' ? '*' : '?' }];
    case 'CommandExpansion':
      throw wrong('commands inside words are not supported', part.pos);
    case 'ArithmeticExpansion':
      throw wrong('sums inside words are not supported', part.pos);
    case 'ProcessSubstitution':
      throw wrong(`${part.operator}(…) is not supported`, part.pos);
    case 'BraceExpansion':
      throw wrong('braces do not stand for words here: quote them,', part.pos);
    default:
      throw wrong(`${part.text.slice(0, 2)} is not supported`, part.pos);
  }
}

function readName(name: string, pos: number): string {
  if (name === '?' || /^[A-Za-z_]\w*$/.test(name)) return name;
  throw wrong(`$${name} is not supported`, pos);
}
