import { Refused } from '../base/assert.ts';
import type { Steps } from './command.ts';
import { WORDS_MAX } from './limits.ts';
import { joinPath, resolvePath } from './path.ts';
import type { ShellState } from './state.ts';
import type { Word } from './syntax.ts';

/** Folder that `~` and `cd` alone mean. */
export const HOME = '/';

/** A character of a word; `any` when it is an unquoted `*` or `?`. */
interface Char {
  readonly char: string;
  readonly any: boolean;
}

/** The word with its variables filled in, patterns as they were typed. Model: a variable's
 * value is one word, whatever blanks are in it. */
export const wordText = (word: Word, state: ShellState): string =>
  charsOf(word, state)
    .map(({ char }) => char)
    .join('');

function charsOf(word: Word, state: ShellState): Char[] {
  return word.flatMap((piece): Char[] => {
    switch (piece.kind) {
      case 'text':
        return plain(piece.text);
      case 'home':
        // The slash of `~/x` is its own; HOME has no other.
        return plain(word.length > 1 ? '' : HOME);
      case 'variable':
        return plain(valueOf(piece.name, state));
      case 'any':
        return [{ char: piece.text, any: true }];
    }
  });
}

const plain = (text: string): Char[] => Array.from(text, (char) => ({ char, any: false }));

function valueOf(name: string, state: ShellState): string {
  if (name === '?') return String(state.status);
  if (name === 'PWD') return state.cwd;
  if (name === 'HOME') return HOME;
  return Object.hasOwn(state.environment, name) ? (state.environment[name] ?? '') : '';
}

/**
 * Words of a command: variables filled in, and a word with `*` or `?` replaced by the paths it fits,
 * in order of their characters. A pattern that fits nothing stays as it was typed.
 */
export function* expandWords(words: readonly Word[], state: ShellState): Steps<string[]> {
  const expanded: string[] = [];
  for (const word of words) {
    const chars = charsOf(word, state);
    // Nothing but empty variables, without quotes, is no word at all.
    if (chars.length === 0 && word.every(({ kind }) => kind === 'variable')) continue;
    const found = chars.some(({ any }) => any) ? yield* pathsLike(chars, state) : [];
    if (found.length > 0) expanded.push(...found);
    else expanded.push(chars.map(({ char }) => char).join(''));
    if (expanded.length > WORDS_MAX) throw new Refused(`a command has at most ${WORDS_MAX} words`);
  }
  return expanded;
}

function* pathsLike(chars: readonly Char[], state: ShellState): Steps<string[]> {
  const segments = splitAtSlashes(chars);
  const rooted = segments.length > 1 && segments[0]?.length === 0;
  let paths = [rooted ? '/' : ''];
  for (const segment of segments.slice(rooted ? 1 : 0)) {
    const last = segment === segments.at(-1);
    if (segment.length === 0) continue;
    const next: string[] = [];
    for (const path of paths) {
      if (!segment.some(({ any }) => any)) {
        next.push(append(path, segment.map(({ char }) => char).join('')));
        continue;
      }
      const answer = yield { call: 'list', path: resolvePath(state.cwd, path) };
      for (const listed of answer.names ?? []) {
        const isFolder = listed.endsWith('/');
        const name = isFolder ? listed.slice(0, -1) : listed;
        if ((last || isFolder) && fits(segment, name)) next.push(append(path, name));
      }
      if (next.length > WORDS_MAX) throw new Refused(`a pattern fits more than ${WORDS_MAX} paths`);
    }
    paths = next.sort();
  }
  // Steps without a pattern were not looked up; the last one decides whether the path exists.
  if (segments.at(-1)?.some(({ any }) => any) === true) return paths;
  const existing: string[] = [];
  for (const path of paths) {
    const { ret } = yield { call: 'stat', path: resolvePath(state.cwd, path) };
    if (ret >= 0) existing.push(path);
  }
  return existing;
}

const append = (path: string, name: string): string => (path === '' ? name : joinPath(path, name));

function splitAtSlashes(chars: readonly Char[]): Char[][] {
  const segments: Char[][] = [[]];
  for (const one of chars) {
    if (one.char === '/') segments.push([]);
    else segments.at(-1)!.push(one);
  }
  return segments;
}

/** Whether a name fits a pattern; only the last `*` is ever tried again, so no pattern is slow. */
function fits(pattern: readonly Char[], name: string): boolean {
  const chars = Array.from(name);
  if (chars[0] === '.' && pattern[0]?.any === true) return false;
  let at = 0;
  let star = -1;
  let mark = 0;
  for (let i = 0; i < chars.length;) {
    const one = pattern[at];
    if (one?.any === true && one.char === '*') {
      star = at++;
      mark = i;
    } else if (one && (one.any || one.char === chars[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++mark;
    } else return false;
  }
  return pattern.slice(at).every(({ any, char }) => any && char === '*');
}
