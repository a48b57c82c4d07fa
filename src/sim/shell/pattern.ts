import { WrongUsage } from './command.ts';

/** Characters of a pattern. */
const PATTERN_MAX = 256;

type Test = (char: string) => boolean;

/** A character of a pattern and how often it may stand there. */
interface Item {
  readonly test: Test;
  readonly optional: boolean;
  readonly repeats: boolean;
}

/** One side of a `|`. */
interface Branch {
  readonly items: readonly Item[];
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** How a pattern is read. */
export interface PatternOptions {
  readonly plain: boolean;
  readonly ignoreCase: boolean;
}

/**
 * Whether a line has a place that fits the pattern. All ways to match are followed at once, so that
 * the time is lines times pattern, whatever was typed; engines that try one way after the other can
 * be kept busy for ever.
 */
export function compilePattern(pattern: string, options: PatternOptions): Test {
  if (pattern.length > PATTERN_MAX)
    throw new WrongUsage(`a pattern has at most ${PATTERN_MAX} characters`);
  const fold = (text: string): string => (options.ignoreCase ? text.toLowerCase() : text);
  const typed = fold(pattern);
  if (options.plain) return (line) => fold(line).includes(typed);
  const branches = new Reader(typed).branches();
  return (line) => {
    const chars = Array.from(fold(line));
    return branches.some((branch) => matches(branch, chars));
  };
}

function matches({ items, fromStart, toEnd }: Branch, chars: readonly string[]): boolean {
  const end = items.length;
  let now = new Set<number>();
  for (let i = 0; i <= chars.length; i++) {
    if (i === 0 || !fromStart) enter(now, items, 0);
    if (now.has(end) && (!toEnd || i === chars.length)) return true;
    const char = chars[i];
    if (char === undefined) break;
    const next = new Set<number>();
    for (const at of now) {
      const item = items[at];
      if (!item?.test(char)) continue;
      if (item.repeats) enter(next, items, at);
      enter(next, items, at + 1);
    }
    now = next;
  }
  return false;
}

/** Adds a place in the pattern and what can be reached from it without a character. */
function enter(places: Set<number>, items: readonly Item[], from: number): void {
  for (let at = from; !places.has(at); at++) {
    places.add(at);
    if (items[at]?.optional !== true) return;
  }
}

/** Reads a pattern from left to right. */
class Reader {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#chars = Array.from(pattern);
  }

  branches(): Branch[] {
    const branches = [this.#branch()];
    while (this.#take('|')) branches.push(this.#branch());
    return branches;
  }

  #branch(): Branch {
    const fromStart = this.#take('^');
    const items: Item[] = [];
    let toEnd = false;
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== '|') {
      if (toEnd) throw new WrongUsage('in a pattern $ stands at the end');
      toEnd = this.#take('$');
      if (!toEnd) items.push(this.#item());
    }
    return { items, fromStart, toEnd };
  }

  #item(): Item {
    const test = this.#one();
    let optional = false;
    let repeats = false;
    for (;;) {
      if (this.#take('*')) optional = repeats = true;
      else if (this.#take('+')) repeats = true;
      else if (this.#take('?')) optional = true;
      else return { test, optional, repeats };
    }
  }

  #one(): Test {
    const char = this.#chars[this.#at++]!;
    if (char === '.') return () => true;
    if (char === '[') return this.#class();
    if (char === '(' || char === ')')
      throw new WrongUsage('groups in patterns are not supported; \\( is the character');
    if (char === '*' || char === '+' || char === '?')
      throw new WrongUsage(`in a pattern ${char} stands behind a character`);
    if (char !== '\\') return (other) => other === char;
    const meant = this.#chars[this.#at++];
    if (meant === undefined) throw new WrongUsage('the pattern ends in a lone \\');
    return (other) => other === meant;
  }

  /** Behind `[`. */
  #class(): Test {
    const not = this.#take('^');
    const ranges: [string, string][] = [];
    for (let first = true; first || this.#chars[this.#at] !== ']'; first = false) {
      const from = this.#chars[this.#at++];
      if (from === undefined) throw new WrongUsage('the pattern has a [ without a ]');
      const isRange = this.#chars[this.#at] === '-' && (this.#chars[this.#at + 1] ?? ']') !== ']';
      if (isRange) this.#at++;
      ranges.push([from, isRange ? this.#chars[this.#at++]! : from]);
    }
    this.#at++;
    return (char) => ranges.some(([from, to]) => from <= char && char <= to) !== not;
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at++;
    return true;
  }
}
