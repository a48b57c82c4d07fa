import { fc } from '../../../sim/testing/properties.ts';
import { expect, test } from 'vitest';
import { STEPS_EXACT, StepTimes } from './step-times.ts';

test('finds the step after any time, exactly among the newest, closely among the others', () => {
  const times = new StepTimes();
  const count = 3 * STEPS_EXACT;
  for (let step = 0; step < count; step++) times.push(step * 10);
  expect(times.length).toBe(count);
  fc.assert(
    fc.property(fc.nat(count - 1), fc.integer({ min: 0, max: 9 }), (step, more) => {
      const exact = step >= count - STEPS_EXACT;
      const found = times.after(step * 10 + more);
      expect(Math.abs(found - (step + 1))).toBeLessThanOrEqual(exact ? 0 : 1);
      if (exact) expect(times.at(step)).toBe(step * 10);
    }),
  );
  expect(times.after(-1)).toBe(0);
});
