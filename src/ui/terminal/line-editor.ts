import type { LineHistory } from './line-history.ts';

/** What a key asks of whoever owns the line. */
export type Asked =
  | { readonly kind: 'enter'; readonly line: string }
  | { readonly kind: 'complete' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'cancel'; readonly line: string };

/** Words that could stand at the end of the line up to the cursor, and where they would begin. */
export interface Completion {
  readonly from: number;
  readonly words: readonly string[];
}

// eslint-disable-next-line no-control-regex -- terminals speak in control characters
const TOKEN = /^(?:\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|\x1b[bdf\x7f]|\r\n|[\x00-\x1f\x7f])/;
// eslint-disable-next-line no-control-regex -- terminals speak in control characters
const PLAIN = /^[^\x00-\x1f\x7f]+/u;

/**
 * One line of input and the keys of readline: what a terminal sends goes in, what is to be done
 * comes out. It draws nothing and runs nothing.
 */
export class LineEditor {
  text = '';
  /** Index in `text` the cursor stands at. */
  cursor = 0;
  #killed = '';
  readonly #history: LineHistory;
  readonly #keys: Readonly<Record<string, () => Asked | undefined>>;

  constructor(history: LineHistory) {
    this.#history = history;
    this.#keys = this.#bindings();
  }

  /** Takes in the first key of `data`. Says what is asked and what of `data` is left. */
  feed(data: string): { readonly asked: Asked | undefined; readonly rest: string } {
    const token = TOKEN.exec(data)?.[0];
    if (token !== undefined) {
      const rest = data.slice(token.length);
      return { asked: this.#keys[token]?.(), rest };
    }
    const plain = PLAIN.exec(data)?.[0] ?? data.slice(0, 1);
    this.insert(plain);
    return { asked: undefined, rest: data.slice(plain.length) };
  }

  insert(text: string): undefined {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor);
    this.cursor += text.length;
  }

  /** Puts in what all words have in common; gives the words back when that is nothing new. */
  complete({ from, words }: Completion): readonly string[] {
    const [first] = words;
    if (first === undefined || from > this.cursor || from < 0) return [];
    const only = words.length === 1;
    const common = commonStart(words) + (only && !first.endsWith('/') ? ' ' : '');
    const typed = this.text.slice(from, this.cursor);
    if (common.length <= typed.length) return only ? [] : words;
    this.text = this.text.slice(0, from) + common + this.text.slice(this.cursor);
    this.cursor = from + common.length;
    return [];
  }

  #replace(text: string): undefined {
    this.text = text;
    this.cursor = text.length;
  }

  /** Removes `[from, to)`, which moves the cursor to `from`. */
  #remove(from: number, to: number, keep: boolean): undefined {
    if (keep && to > from) this.#killed = this.text.slice(from, to);
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  #left = (): number => this.cursor - (/[\udc00-\udfff]/.test(this.#at(this.cursor - 1)) ? 2 : 1);
  #right = (): number => this.cursor + (/[\ud800-\udbff]/.test(this.#at(this.cursor)) ? 2 : 1);
  #at = (index: number): string => this.text[index] ?? '';
  #wordLeft = (): number => /\S*\s*$/.exec(this.text.slice(0, this.cursor))?.index ?? 0;
  #wordRight = (): number =>
    this.cursor + (/^\s*\S*/.exec(this.text.slice(this.cursor))?.[0].length ?? 0);

  #go(to: number): undefined {
    this.cursor = Math.max(0, Math.min(this.text.length, to));
  }

  #enter(): Asked {
    const line = this.text;
    this.#history.add(line);
    this.#replace('');
    return { kind: 'enter', line };
  }

  #bindings(): Readonly<Record<string, () => Asked | undefined>> {
    const end = (): number => this.text.length;
    const left = (): undefined => this.#go(this.#left());
    const right = (): undefined => this.#go(this.#right());
    const home = (): undefined => this.#go(0);
    const last = (): undefined => this.#go(end());
    const back = (): undefined => this.#go(this.#wordLeft());
    const forward = (): undefined => this.#go(this.#wordRight());
    const erase = (): undefined =>
      this.#remove(Math.min(this.cursor, Math.max(0, this.#left())), this.cursor, false);
    const erasePast = (): undefined =>
      this.#remove(this.cursor, Math.min(end(), this.#right()), false);
    const eraseWord = (): undefined => this.#remove(this.#wordLeft(), this.cursor, true);
    const older = (): undefined => this.#replace(this.#history.older(this.text));
    const newer = (): undefined => this.#replace(this.#history.newer(this.text));
    const enter = (): Asked => this.#enter();
    return {
      ...{ '\r': enter, '\n': enter, '\r\n': enter, '\t': () => ({ kind: 'complete' }) },
      ...{ '\x1b[D': left, '\x1bOD': left, '\x02': left },
      ...{ '\x1b[C': right, '\x1bOC': right, '\x06': right },
      ...{ '\x1b[A': older, '\x1bOA': older, '\x10': older },
      ...{ '\x1b[B': newer, '\x1bOB': newer, '\x0e': newer },
      ...{ '\x1b[H': home, '\x1bOH': home, '\x1b[1~': home, '\x01': home },
      ...{ '\x1b[F': last, '\x1bOF': last, '\x1b[4~': last, '\x05': last },
      ...{ '\x1b[1;5D': back, '\x1b[1;3D': back, '\x1bb': back },
      ...{ '\x1b[1;5C': forward, '\x1b[1;3C': forward, '\x1bf': forward },
      ...{ '\x7f': erase, '\b': erase, '\x1b[3~': erasePast, '\x04': erasePast },
      ...{ '\x17': eraseWord, '\x1b\x7f': eraseWord },
      '\x1bd': () => this.#remove(this.cursor, this.#wordRight(), true),
      '\x15': () => this.#remove(0, this.cursor, true),
      '\x0b': () => this.#remove(this.cursor, end(), true),
      '\x19': () => this.insert(this.#killed),
      '\x0c': () => ({ kind: 'clear' }),
      '\x03': () => {
        const line = this.text;
        this.#replace('');
        return { kind: 'cancel', line };
      },
    };
  }
}

function commonStart(words: readonly string[]): string {
  let common = words[0] ?? '';
  for (const word of words) {
    while (!word.startsWith(common)) common = common.slice(0, -1);
  }
  return common;
}
