import { Refused, type Place } from '../base/assert.ts';
import { utf8Encode } from '../base/text.ts';
import { LIMITS } from './limits.ts';

/** A scenario's text as lines, and the way from a character of a line to its place. */
export interface Source {
  readonly file: string;
  /** Without line ends; line 1 is at index 0. */
  readonly lines: readonly string[];
}

/** Splits the text of `file` into lines, or refuses one that is too large to be a scenario. */
export function readSource(text: string, file: string): Source {
  const bytes = byteLength(text);
  if (bytes > LIMITS.fileBytes.max)
    throw new Refused(`a scenario has at most ${LIMITS.fileBytes.max} bytes, this one ${bytes}`, {
      file,
      line: 1,
      column: 1,
    });
  // A byte order mark is an editor's; a line ends in \n, \r\n or \r, as in Markdown.
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const source: Source = { file, lines };
  if (lines.length > LIMITS.lines.max)
    throw new Refused(
      `a scenario has at most ${LIMITS.lines.max} lines`,
      placeOf(source, LIMITS.lines.max + 1),
    );
  for (const [index, line] of lines.entries())
    if (line.length > LIMITS.lineBytes.max || byteLength(line) > LIMITS.lineBytes.max)
      throw new Refused(
        `a line has at most ${LIMITS.lineBytes.max} bytes`,
        placeOf(source, index + 1),
      );
  return source;
}

/** Text of line `line`, counted from 1. */
export const lineAt = (source: Source, line: number): string => source.lines[line - 1] ?? '';

/** The place of character `index` (in UTF-16 units, from 0) of line `line` (from 1). */
export const placeOf = (source: Source, line: number, index = 0): Place => ({
  file: source.file,
  line,
  column: byteLength(lineAt(source, line).slice(0, index)) + 1,
});

/** The place `index` characters into a piece of `text` that begins at `start`. */
export function placeWithin(start: Place, text: string, index: number): Place {
  const before = text.slice(0, index).split('\n');
  const last = before.at(-1) ?? '';
  return {
    file: start.file,
    line: start.line + before.length - 1,
    column: (before.length === 1 ? start.column : 1) + byteLength(last),
  };
}

/** Length in UTF-8. */
export function byteLength(text: string): number {
  // Most lines are ASCII, and then no copy is needed.
  // eslint-disable-next-line no-control-regex -- the range is all of ASCII
  return /^[\x00-\x7f]*$/.test(text) ? text.length : utf8Encode(text).length;
}
