import { errnoName } from '../base/errno.ts';
import { readOptions } from '../fdt/tools/getopt.ts';
import { WrongUsage } from './command.ts';

/** The arguments of a command, options apart from words. */
export interface Arguments {
  readonly words: readonly string[];
  readonly has: (letter: string) => boolean;
  /** Argument of the last such option. */
  readonly value: (letter: string) => string | undefined;
}

/** Reads options as `getopt_long` does; what it cannot read is wrong usage. */
export function readArguments(
  args: readonly string[],
  letters = '',
  long: Readonly<Record<string, string>> = {},
): Arguments {
  const read = readOptions(args, letters, long);
  if ('wrong' in read) throw new WrongUsage(read.wrong);
  const last = (letter: string): string | undefined =>
    read.options.findLast((option) => option.letter === letter)?.argument;
  return { words: read.words, has: (letter) => last(letter) !== undefined, value: last };
}

const NUMBER = /^(0[xX][0-9a-fA-F]+|[0-9]+)$/;

/** Largest number of 32 bits. */
export const U32_MAX = 0xffff_ffff;

/** A whole number, decimal or 0x…, undefined when the text is none or not within the bounds. */
export function readWhole(text: string, min = 0, max = U32_MAX): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}

/** The same, where anything else is wrong usage. */
export function wholeNumber(text: string, what: string, min = 0, max = U32_MAX): number {
  const value = readWhole(text, min, max);
  if (value === undefined)
    throw new WrongUsage(`${what} is a whole number from ${min} to ${max}, not ${show(text)}`);
  return value;
}

/** Between `min` and `max` words, or wrong usage. `what` names the missing one. */
export function checkWords(
  words: readonly string[],
  what: string,
  min: number,
  max = Infinity,
): void {
  if (words.length < min) throw new WrongUsage(`${what} is missing`);
  if (words.length > max) throw new WrongUsage(`what is ${show(words[max] ?? '')} for?`);
}

/** A word in messages: quoted, and cut when it is long. */
export const show = (word: string): string =>
  `\`${word.length > 64 ? `${word.slice(0, 61)}...` : word}\``;

/** `-ENODEV (-19)`. */
export function errnoText(ret: number): string {
  const name = errnoName(ret);
  return name === String(ret) ? `error ${ret}` : `${name} (${ret})`;
}
