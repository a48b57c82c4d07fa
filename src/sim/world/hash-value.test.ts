import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { hashValue } from './hash-value.ts';

const data = fc.jsonValue({ maxDepth: 3 });

describe('the hash of plain data', () => {
  it('is the same for equal data made anew', () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(hashValue(structuredClone(value))).toBe(hashValue(value));
      }),
    );
  });

  it('does not depend on the order in which fields were written', () => {
    expect(hashValue({ a: 1, b: 2 })).toBe(hashValue({ b: 2, a: 1 }));
  });

  it.each([
    ['0 and 1', 0, 1],
    ['numbers beyond 32 bits', 2 ** 32, 2 ** 33],
    ['true and false', true, false],
    ['a list and its reverse', [1, 2], [2, 1]],
    ['lists that nest differently', [[1], 2], [1, [2]]],
    ['values of different fields', { a: 1, b: 2 }, { a: 2, b: 1 }],
    ['one field more', { a: 1 }, { a: 1, b: 0 }],
    ['text', 'web-server', 'web-serves'],
    ['bytes', Uint8Array.of(1, 2), Uint8Array.of(2, 1)],
    ['maps', new Map([[1, 2]]), new Map([[2, 1]])],
  ])('tells apart %s', (_, one, other) => {
    expect(hashValue(one)).not.toBe(hashValue(other));
  });
});
