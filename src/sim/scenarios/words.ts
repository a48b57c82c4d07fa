import { nearestWord } from '../base/nearest.ts';

/**
 * The end of a refusal: `; did you mean "expect"?` where a known word is near, else
 * `; known are a, b, c`.
 */
export function suggestion(word: string, known: Iterable<string>): string {
  const words = [...known];
  const near = nearestWord(word, words);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return words.length === 0 ? '' : `; known are ${words.join(', ')}`;
}
