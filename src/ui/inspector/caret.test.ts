import { expect, it } from 'vitest';
import { caretUnder } from './caret.ts';

it('finds the character of a column, which counts bytes', () => {
  expect(caretUnder('at icr', 4)).toBe(3);
  expect(caretUnder('"ä" == x', 5)).toBe(3);
  expect(caretUnder('"🙂" == x', 7)).toBe(4);
  expect(caretUnder('short', 99)).toBe(5);
});
