import { Refused } from '../base/assert.ts';
import { LIMITS } from './limits.ts';
import { byteLength, lineAt, placeOf, type Source } from './source.ts';

/** A fenced block: its lines in the source, and what its first line says. */
export interface Fence {
  /** Line of the opening fence; the content begins one below. */
  readonly line: number;
  /** Line of the closing fence. */
  readonly endLine: number;
  /** Spaces before the opening fence; as many are taken from each line of the content. */
  readonly indent: number;
  /** First word after the backticks; empty when there is none. */
  readonly word: string;
  /** Where `word` begins in its line. */
  readonly wordAt: number;
  /** The rest of the line. */
  readonly argument: string;
  readonly argumentAt: number;
}

/** Where a scenario's parts are, before Markdown has looked at it. */
export interface Outline {
  /** Line of the `---` that closes the front matter, which opens on line 1. */
  readonly frontMatterEnd: number;
  readonly fences: readonly Fence[];
  /**
   * The source with front matter and the content of fences emptied line by line. Markdown reads
   * this: lines keep their numbers, and what a lesson carries as data costs it nothing.
   */
  readonly prose: string;
}

/** Finds front matter and fences, and refuses prose that Markdown would take long to read. */
export function outline(source: Source): Outline {
  const frontMatterEnd = findFrontMatter(source);
  const fences: Fence[] = [];
  const prose = source.lines.map((_, index) => (index < frontMatterEnd ? '' : undefined));
  const meter = proseMeter(source);
  for (let line = frontMatterEnd + 1; line <= source.lines.length; line++) {
    const fence = openFence(source, line);
    if (!fence) {
      meter(line);
      continue;
    }
    prose.fill('', fence.line, fence.endLine - 1);
    fences.push(fence);
    line = fence.endLine;
  }
  const text = source.lines.map((line, index) => prose[index] ?? line).join('\n');
  return { frontMatterEnd, fences, prose: text };
}

/** Lines of the fence's content without its indentation, with where each begins. */
export function* fenceLines(
  source: Source,
  fence: Fence,
): Generator<{ line: number; indent: number; text: string }> {
  for (let line = fence.line + 1; line < fence.endLine; line++) {
    const whole = lineAt(source, line);
    let indent = 0;
    while (indent < fence.indent && whole[indent] === ' ') indent++;
    yield { line, indent, text: whole.slice(indent) };
  }
}

/** The fence's content as it is written, each line ended by a newline. */
export function fenceText(source: Source, fence: Fence): string {
  let text = '';
  for (const line of fenceLines(source, fence)) text += `${line.text}\n`;
  return text;
}

const RULE = /^---[ \t]*$/;

function findFrontMatter(source: Source): number {
  if (!RULE.test(lineAt(source, 1)))
    throw new Refused(
      'a scenario begins with front matter: a line ---, then title: and more, then a line ---',
      placeOf(source, 1),
    );
  let bytes = 0;
  for (let line = 2; line <= source.lines.length; line++) {
    if (RULE.test(lineAt(source, line))) return line;
    bytes += byteLength(lineAt(source, line)) + 1;
    if (bytes > LIMITS.frontMatterBytes.max)
      throw new Refused(
        `front matter has at most ${LIMITS.frontMatterBytes.max} bytes; is its closing --- missing?`,
        placeOf(source, line),
      );
  }
  throw new Refused('the front matter is not closed by a line ---', placeOf(source, 1));
}

/** CommonMark, "Fenced code blocks": at most three spaces, then three or more of ` or ~. */
const OPENING = /^( {0,3})(`{3,}|~{3,})/;

function openFence(source: Source, line: number): Fence | undefined {
  const whole = lineAt(source, line).trimEnd();
  const match = OPENING.exec(whole);
  if (!match) return undefined;
  const [opening, indent = '', marks = ''] = match;
  const info = whole.slice(opening.length);
  // Backticks after backticks are code within a line, not a fence.
  if (marks.startsWith('`') && info.includes('`')) return undefined;
  const wordAt = opening.length + skipBlanks(info);
  const word = /^\S*/.exec(whole.slice(wordAt))?.[0] ?? '';
  const argumentAt = wordAt + word.length + skipBlanks(whole.slice(wordAt + word.length));
  const argument = whole.slice(argumentAt);
  const endLine = closeOf(source, line, marks);
  if (endLine === undefined)
    throw new Refused(
      `this block is not closed by a line ${marks}`,
      placeOf(source, line, indent.length),
    );
  return { line, endLine, indent: indent.length, word, wordAt, argument, argumentAt };
}

const skipBlanks = (text: string): number => text.length - text.trimStart().length;

function closeOf(source: Source, line: number, marks: string): number | undefined {
  const closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${marks.length},}[ \\t]*$`);
  for (let end = line + 1; end <= source.lines.length; end++)
    if (closing.test(lineAt(source, end))) return end;
  return undefined;
}

/** Quote and list markers at the beginning of a line. */
const MARKERS = /^(?:[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+/;
const MARKER = />|[-+*]|\d{1,9}[.)]/g;
/** A list in a list is indented by two columns or more. */
const INDENT_MAX = 4 * LIMITS.proseDepth.max;

/** Counts prose line by line and refuses at the first line that is too much. */
function proseMeter(source: Source): (line: number) => void {
  let paragraph = 0;
  let total = 0;
  return (line) => {
    const text = lineAt(source, line);
    const blank = text.trim() === '';
    paragraph = blank ? 0 : paragraph + byteLength(text) + 1;
    total += byteLength(text) + 1;
    const refuse = (why: string): never => {
      throw new Refused(why, placeOf(source, line));
    };
    if (paragraph > LIMITS.paragraphBytes.max)
      refuse(
        `prose has an empty line after at most ${LIMITS.paragraphBytes.max} bytes; add one here`,
      );
    if (total > LIMITS.proseBytes.max)
      refuse(`the prose of a scenario has at most ${LIMITS.proseBytes.max} bytes`);
    const markers = MARKERS.exec(text)?.[0].match(MARKER)?.length ?? 0;
    const indent = text.length - text.trimStart().length;
    if (markers > LIMITS.proseDepth.max || (!blank && indent > INDENT_MAX))
      refuse(`quotes and lists are nested at most ${LIMITS.proseDepth.max} deep`);
  };
}
