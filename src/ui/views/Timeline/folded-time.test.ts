import { fc } from '../../../sim/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { FOLD_MIN_NS, FOLD_SHOWN_NS, FoldedTime } from './folded-time.ts';

function scaleOf(...events: readonly number[]): FoldedTime {
  const scale = new FoldedTime();
  for (const time of events) scale.event(time);
  return scale;
}

describe('folded time', () => {
  it('is real time while something happens', () => {
    const scale = scaleOf(100, 900, 1500);
    expect(scale.count).toBe(0);
    expect(scale.shown(1234)).toBe(1234);
  });

  it('shows a long stretch without events as a short one', () => {
    const scale = scaleOf(1000, 1_001_000, 1_001_500);
    expect(scale.fold(0)).toEqual({ from: 1000, to: 1_001_000 });
    expect(scale.shown(1000)).toBe(1000);
    expect(scale.shown(1_001_000)).toBe(1000 + FOLD_SHOWN_NS);
    expect(scale.shown(1_001_500)).toBe(1500 + FOLD_SHOWN_NS);
    expect(scale.time(1000 + FOLD_SHOWN_NS / 2)).toBe(501_000);
  });

  it('forgets nothing and folds nothing when folding is off', () => {
    const scale = scaleOf(1000, 1_001_000);
    scale.folding = false;
    expect(scale.shown(1_001_000)).toBe(1_001_000);
    expect(scale.count).toBe(0);
    scale.folding = true;
    expect(scale.count).toBe(1);
  });

  it('is not disturbed by events that come a little late', () => {
    expect(scaleOf(5000, 4800, 5100).count).toBe(1);
  });

  it('finds the folds that touch a stretch', () => {
    const gap = 10 * FOLD_MIN_NS;
    const scale = scaleOf(0, gap, 2 * gap, 3 * gap);
    expect(scale.foldsIn(gap + 1, gap + 2)).toEqual([1, 2]);
    expect(scale.foldsIn(0, 3 * gap)).toEqual([0, 3]);
    expect(scale.foldsIn(3 * gap + 1, 4 * gap)).toEqual([3, 3]);
  });

  it('is monotonous, and its two ways are inverse to each other', () => {
    const times = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 120_000 }), (events, time) => {
        const scale = scaleOf(...events.toSorted((a, b) => a - b));
        expect(scale.time(scale.shown(time))).toBeCloseTo(time, 3);
        expect(scale.shown(time + 10)).toBeGreaterThan(scale.shown(time));
      }),
    );
  });
});
