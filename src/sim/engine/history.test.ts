import { fc } from '../testing/properties.ts';
import { expect, test } from 'vitest';
import { History, MARK_BYTES_MAX, MARKS_MAX } from './history.ts';

/** A run of `steps` steps that keeps what is due; states are the steps themselves. */
function ran(steps: number, stride: number, bytes = 0): History<number> {
  const history = new History<number>(() => bytes);
  for (let step = 0; step <= steps; step += stride) if (history.due(step)) history.keep(step, step);
  return history;
}

test('a long run keeps few marks, and every step has one close before it', () => {
  const steps = 10_000_000;
  const history = ran(steps, 512);
  expect(history.count).toBeLessThanOrEqual(MARKS_MAX);
  fc.assert(
    fc.property(fc.nat(steps), (step) => {
      const mark = history.before(step);
      expect(mark).toBeDefined();
      expect(step - mark!.step).toBeLessThanOrEqual((4 * steps) / MARKS_MAX);
    }),
  );
});

test('marks that need much memory are fewer', () => {
  const history = ran(1_000_000, 512, MARK_BYTES_MAX / 20);
  expect(history.bytes).toBeLessThanOrEqual(MARK_BYTES_MAX);
  expect(history.count).toBeGreaterThan(5);
  expect(history.first?.step).toBe(0);
});

test('marks of one size larger than the limit leave the first and the last', () => {
  const history = ran(100_000, 512, MARK_BYTES_MAX);
  expect(history.count).toBe(2);
  expect(history.first?.step).toBe(0);
});

test('after a cut the marks of the other future are gone, and new ones come', () => {
  const history = ran(100_000, 100);
  history.cut(50_000);
  expect(history.before(90_000)!.step).toBeLessThanOrEqual(50_000);
  for (let step = 50_000; step < 60_000; step += 100)
    if (history.due(step)) history.keep(step, -step);
  expect(history.before(59_999)!.state).toBeLessThan(0);
});
