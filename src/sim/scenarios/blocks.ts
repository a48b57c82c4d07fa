import { nearestWord } from '../base/nearest.ts';
import { Refused, type Place } from '../base/assert.ts';
import { readClaim, type BlockContext, type Budget } from './block-context.ts';
import { BLOCK_NAMES, BLOCKS, KERNEL_NAME, type BlockName } from './grammar.ts';
import { LIMITS } from './limits.ts';
import { fenceLines, fenceText, type Fence } from './outline.ts';
import { readQuestion, readView } from './yaml-blocks.ts';
import type {
  Block,
  ClaimsBlock,
  ConsoleBlock,
  ExploreBlock,
  FileBlock,
  Property,
  ScheduleBlock,
} from './scenario.ts';
import { readScheduleLine } from './schedule.ts';
import { byteLength, placeOf, type Source } from './source.ts';
import { suggestion } from './words.ts';

/** The first words of fences that are shown and do not act. */
export const PROSE_FENCES: readonly string[] = ['', 'text'];

/** Reads a fence that acts; an unknown one is refused at its word. */
export function readBlock(fence: Fence, context: BlockContext): Block {
  const { source, budget } = context;
  const at = placeOf(source, fence.line, fence.wordAt);
  const name = BLOCK_NAMES.find((known) => known === fence.word);
  if (!name)
    throw new Refused(
      `"${fence.word}" is not a block${suggestion(fence.word, [...BLOCK_NAMES, 'text'])}`,
      at,
    );
  budget.spend('blocks', at);
  checkArgument(name, fence, source);
  switch (name) {
    case 'console':
      return readConsole(fence, context);
    case 'dts':
    case 'file':
      return readFile(name, fence, context);
    case 'schedule':
      return readSchedule(fence, context);
    case 'explore':
      return readExplore(fence, context);
    case 'expect':
    case 'break':
      return readClaims(name, fence, context);
    case 'question':
      return readQuestion(fence, context);
    case 'view':
      return readView(fence, context);
  }
}

function checkArgument(name: BlockName, fence: Fence, source: Source): void {
  const wanted = BLOCKS[name].argument;
  const at = placeOf(source, fence.line, fence.argumentAt);
  if (wanted === null && fence.argument !== '')
    throw new Refused(`${name} is followed by nothing on its line`, at);
  if (wanted !== null && fence.argument === '')
    throw new Refused(
      `${name} needs a name on its line: ${name} ${wanted}`,
      placeOf(source, fence.line, fence.wordAt),
    );
  if (/\s/.test(fence.argument)) throw new Refused(`${name} is followed by one name only`, at);
}

function readConsole(fence: Fence, { source, budget }: BlockContext): ConsoleBlock {
  if (!KERNEL_NAME.test(fence.argument))
    throw new Refused(
      `"${fence.argument}" cannot be the name of a kernel`,
      placeOf(source, fence.line, fence.argumentAt),
    );
  const lines = [...trimmedLines(source, fence)].flatMap(({ text, place }) => {
    if (text.startsWith('#')) return [];
    budget.spend('commands', place);
    if (byteLength(text) > LIMITS.commandBytes.max)
      throw new Refused(`a console line has at most ${LIMITS.commandBytes.max} bytes`, place);
    return [{ line: place.line, column: place.column, text }];
  });
  return { kind: 'console', line: fence.line, kernel: fence.argument, lines };
}

/** A path below the host's working directory or its root: no empty part, no `.` and no `..`. */
const FILE_NAME = /^\/?[\w+-][\w.+-]*(\/[\w+-][\w.+-]*)*$/;
const FILE_NAME_LENGTH_MAX = 255;

function readFile(kind: 'dts' | 'file', fence: Fence, { source, files }: BlockContext): FileBlock {
  const name = fence.argument;
  const at = placeOf(source, fence.line, fence.argumentAt);
  if (!FILE_NAME.test(name) || name.length > FILE_NAME_LENGTH_MAX)
    throw new Refused(`"${name}" cannot be the name of a file`, at);
  const before = files.get(name);
  if (before !== undefined)
    throw new Refused(`the file ${name} is already written by line ${before}`, at);
  files.set(name, fence.line);
  return { kind, line: fence.line, name, text: fenceText(source, fence) };
}

function readSchedule(fence: Fence, { source, machine, budget }: BlockContext): ScheduleBlock {
  const entries = [...fenceLines(source, fence)].flatMap(({ line, indent, text }) => {
    const start = placeOf(source, line, indent);
    const entry = readScheduleLine(text, start, machine.cpus);
    if (!entry) return [];
    budget.spend('entries', start);
    return [entry];
  });
  if (entries.length === 0)
    throw new Refused('this schedule chooses nothing', headOf(source, fence));
  return { kind: 'schedule', line: fence.line, entries };
}

function readClaims(
  kind: 'expect' | 'break',
  fence: Fence,
  { source, budget }: BlockContext,
): ClaimsBlock {
  const claims = [...trimmedLines(source, fence)].flatMap(({ text, place }) => {
    const claim = stripComment(text);
    return claim === '' ? [] : [readClaim(claim, place, budget)];
  });
  if (claims.length === 0) throw new Refused(`this ${kind} claims nothing`, headOf(source, fence));
  return { kind, line: fence.line, claims };
}

const WHENS = ['never', 'always', 'sometimes'] as const;
const PROPERTY_NAME_LENGTH_MAX = 80;

function readExplore(fence: Fence, { source, budget }: BlockContext): ExploreBlock {
  const properties: Property[] = [];
  for (const { line, indent, text } of trimmedLines(source, fence)) {
    const claim = stripComment(text);
    if (claim === '') continue;
    const property = readProperty(claim, (index) => placeOf(source, line, indent + index), budget);
    if (properties.some(({ name }) => name === property.name))
      throw new Refused(
        `two properties are named "${property.name}"`,
        placeOf(source, line, indent),
      );
    properties.push(property);
  }
  return { kind: 'explore', line: fence.line, properties };
}

/** `never|always|sometimes NAME: CLAIM`. */
function readProperty(text: string, placeAt: (index: number) => Place, budget: Budget): Property {
  const word = /^[^\s:]*/.exec(text)?.[0] ?? '';
  const when = WHENS.find((known) => known === word);
  if (!when) {
    const near = nearestWord(word, WHENS);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    throw new Refused(
      `a property begins with never, always or sometimes, not "${word}"${hint}`,
      placeAt(0),
    );
  }
  const colon = text.indexOf(':');
  if (colon < 0) throw new Refused(`a property is written ${when} NAME: CLAIM`, placeAt(0));
  const name = text.slice(word.length, colon).trim();
  if (name === '' || name.length > PROPERTY_NAME_LENGTH_MAX)
    throw new Refused(
      `a property needs a name of 1 to ${PROPERTY_NAME_LENGTH_MAX} letters before its colon`,
      placeAt(word.length),
    );
  const rest = text.slice(colon + 1);
  if (rest.trim() === '')
    throw new Refused('a property needs a claim behind its colon', placeAt(colon));
  const start = colon + 1 + (rest.length - rest.trimStart().length);
  return { when, name, claim: readClaim(rest.trim(), placeAt(start), budget) };
}

/** Lines of the fence that hold something, without the blanks around it. */
function* trimmedLines(
  source: Source,
  fence: Fence,
): Generator<{ text: string; place: Place; line: number; indent: number }> {
  for (const { line, indent, text } of fenceLines(source, fence)) {
    const trimmed = text.trim();
    if (trimmed === '') continue;
    const start = indent + text.length - text.trimStart().length;
    yield { text: trimmed, place: placeOf(source, line, start), line, indent: start };
  }
}

const headOf = (source: Source, fence: Fence): Place => placeOf(source, fence.line, fence.wordAt);

/** The line up to a `#` that is not inside a string. */
function stripComment(text: string): string {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#') return text.slice(0, i).trimEnd();
  }
  return text;
}
