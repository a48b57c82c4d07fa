import { expect, it } from 'vitest';
import { goneOf, wayOf } from './way.ts';

it('says where a long way goes to, and how much of it is gone', () => {
  const jump = { from: 1000, step: 3000, to: 9000 };
  expect([wayOf(jump), goneOf(jump)]).toEqual(['Going to step 9,000', 0.25]);
  expect(goneOf({ ...jump, step: 900 })).toBe(0);
  expect(goneOf({ ...jump, step: 9001 })).toBe(1);
});

it('knows no share of a way whose end nobody knows', () => {
  const jump = { from: 1000, step: 3000, to: null };
  expect([wayOf(jump), goneOf(jump)]).toEqual(['Running on', undefined]);
});
