/** An option as it was typed: its letter, and its argument where it takes one. */
export interface Option {
  readonly letter: string;
  readonly argument: string;
}

/** Options and the words that are none, or what is wrong with them. */
export type Options =
  | { readonly options: readonly Option[]; readonly words: readonly string[] }
  | { readonly wrong: string };

/**
 * Reads options as GNU getopt_long does: `-abc`, `-ovalue`, `-o value`, `--long`, `--long=value`,
 * unambiguous beginnings of long names, options after words, `--` ends them.
 *
 * @param letters letters in getopt's form, a colon behind those that take an argument
 * @param long long names and their letters
 */
export function readOptions(
  argv: readonly string[],
  letters: string,
  long: Readonly<Record<string, string>> = {},
): Options {
  const takesArgument = (letter: string): boolean => letters[letters.indexOf(letter) + 1] === ':';
  const options: Option[] = [];
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name, value] = splitOnce(word.slice(2), '=');
      const letter = longLetter(name, long);
      if (letter === undefined) return { wrong: `there is no option --${name}` };
      if (!takesArgument(letter)) {
        if (value !== undefined) return { wrong: `--${name} takes no argument` };
        options.push({ letter, argument: '' });
        continue;
      }
      const argument = value ?? argv[++i];
      if (argument === undefined) return { wrong: `--${name} needs an argument` };
      options.push({ letter, argument });
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      if (letter === ':' || !letters.includes(letter))
        return { wrong: `there is no option -${letter}` };
      if (!takesArgument(letter)) {
        options.push({ letter, argument: '' });
        continue;
      }
      const argument = at + 1 < word.length ? word.slice(at + 1) : argv[++i];
      if (argument === undefined) return { wrong: `-${letter} needs an argument` };
      options.push({ letter, argument });
      break;
    }
  }
  return { options, words };
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function longLetter(name: string, long: Readonly<Record<string, string>>): string | undefined {
  const exact = Object.hasOwn(long, name) ? long[name] : undefined;
  if (exact !== undefined) return exact;
  const found = Object.entries(long).filter(([known]) => known.startsWith(name));
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/** A number as C's strtol reads it in base 0: what follows it does not matter, none is 0. */
export function readNumber(text: string): number {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[0-9]+)/.exec(text);
  if (!match) return 0;
  const digits = match[2] ?? '0';
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = Number(isOctal ? `0o${digits.slice(1)}` : digits);
  return match[1] === '-' ? -value : value;
}
