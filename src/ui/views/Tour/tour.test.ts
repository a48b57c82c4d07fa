import { describe, expect, it } from 'vitest';
import type { ClaimsBlock, Stop } from '../../../sim/scenarios/scenario.ts';
import type { TourFrame } from '../../../sim/world/frame.ts';
import { actualText, follow, moveText, onward, outcomesOf, phaseOf, valueText } from './tour.ts';

const tour = (stop: number, phase: TourFrame['phase']): TourFrame => ({
  ...{ stop, phase, item: -1, ended: false },
});
const prose: Stop = { title: 'Words', line: 1, items: [{ kind: 'prose', line: 2, content: [] }] };
const doing: Stop = {
  ...{ title: 'Deeds', line: 9 },
  items: [{ kind: 'console', line: 10, kernel: 'host', lines: [] }],
};

/** The stops shown while a tour goes through some states. */
function shown(...states: readonly TourFrame[]): number[] {
  let now: ReturnType<typeof follow> | undefined;
  return states.map((state) => (now = follow(now, 1, state)).stop);
}

describe('the stop that is shown', () => {
  it('stays when the run goes on to the next one, until that begins', () => {
    const states = [tour(0, 'ready'), tour(0, 'running'), tour(1, 'ready'), tour(1, 'ready')];
    expect(shown(...states, tour(1, 'running'))).toEqual([0, 0, 0, 0, 1]);
  });

  it('follows jumps, also to the next stop', () => {
    expect(shown(tour(0, 'ready'), tour(1, 'ready'), tour(4, 'ready'), tour(2, 'done'))).toEqual([
      ...[0, 1, 4, 2],
    ]);
  });

  it('begins anew with another run', () => {
    const before = { run: 1, stop: 0, at: 0, phase: 'running' as const };
    expect(follow(before, 2, tour(1, 'ready')).stop).toBe(1);
  });

  it('is done when the run is past it', () => {
    expect([0, 1, 2].map((stop) => phaseOf(stop, tour(1, 'running')))).toEqual([
      ...['done', 'running', 'ready'],
    ]);
  });
});

describe('the button that leads on', () => {
  it('says what it does', () => {
    const stops = [prose, doing];
    expect(onward(stops, 0, 'ready')).toEqual({ kind: 'next', label: 'Next: Deeds' });
    expect(onward(stops, 1, 'ready')).toEqual({ kind: 'run', label: 'Run this stop' });
    expect(onward(stops, 1, 'running').kind).toBe('finish');
    expect(onward(stops, 1, 'done').kind).toBe('end');
    expect(onward([], 0, 'ready').kind).toBe('end');
  });

  it('leads to the lesson behind this one once all is done', () => {
    expect(onward([prose, doing], 1, 'done', 'Losses')).toEqual({
      ...{ kind: 'lesson', label: 'Next lesson: Losses' },
    });
    expect(onward([prose, doing], 1, 'ready', 'Losses').kind).toBe('run');
    expect(onward([prose, doing], 0, 'done', 'Losses').kind).toBe('next');
  });
});

describe('claims', () => {
  const block: ClaimsBlock = {
    ...{ kind: 'expect', line: 4 },
    claims: [
      { text: 'stats.sent == 2', line: 5, column: 1 },
      { text: 'stats.lost == 1', line: 6, column: 1 },
    ],
  };
  const outcome = { stop: 1, line: 5, column: 1, claim: 'stats.sent == 2', ok: false, timeNs: 9 };

  it('find how they came out by their place', () => {
    const [first, second] = outcomesOf(block, 1, [{ ...outcome, actual: [['stats.sent', 3n]] }]);
    expect(first && actualText(first)).toBe('stats.sent = 3');
    expect(second).toBeUndefined();
    expect(outcomesOf(block, 0, [{ ...outcome, actual: [] }])[0]).toBeUndefined();
  });

  it('show values as one would write them', () => {
    expect([1, 'a', true, null, undefined, [1n]].map(valueText)).toEqual([
      ...['1', '"a"', 'true', 'null', 'nothing', '[1]'],
    ]);
  });
});

describe('schedules', () => {
  it('are told in words', () => {
    const at = { line: 1, column: 1, cpu: 1 };
    expect(moveText({ ...at, kind: 'until', label: 'slot.clear' })).toBe('up to slot.clear');
    expect(moveText({ ...at, kind: 'take', vector: 0xea })).toBe('takes vector 0xea');
    expect(moveText({ ...at, kind: 'take', vector: null })).toBe('takes an interrupt');
    expect(moveText({ ...at, kind: 'end' })).toBe('until it is idle');
    expect(moveText({ ...at, kind: 'step', label: 'S6' })).toBe('one step: S6');
    expect(moveText({ ...at, kind: 'steps', count: 3 })).toBe('3 steps');
  });
});
