import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import { History, MARKS_MAX } from './history.ts';
import { CHUNK_ROWS, Trace } from './trace.ts';

/** Row number `n` says so in all its columns. */
function fill(trace: Trace, from: number, to: number): void {
  for (let n = from; n < to; n++) trace.row(ROW.log, 10 * n, n % 8, n + 0.5, n, 2 * n, -n);
}

describe('a trace', () => {
  it('numbers its rows from 0 and gives them back', () => {
    const trace = new Trace();
    fill(trace, 0, 3);
    expect(trace.at(2)).toEqual({
      ...{ index: 2, kind: ROW.log, time: 20, cpu: 2, a: 2.5, b: 2, c: 4, d: -2 },
    });
    expect([trace.begin, trace.end, trace.head]).toEqual([0, 3, 3]);
    expect(trace.at(3)).toBeUndefined();
    expect(trace.at(-1)).toBeUndefined();
  });

  it('lets the oldest rows fall out of a full window, and keeps the numbers of the others', () => {
    const trace = new Trace(2 * CHUNK_ROWS);
    fill(trace, 0, 3 * CHUNK_ROWS + 10);
    expect(trace.end).toBe(3 * CHUNK_ROWS + 10);
    expect(trace.begin).toBe(2 * CHUNK_ROWS);
    expect(trace.at(trace.begin - 1)).toBeUndefined();
    for (const n of [trace.begin, 3 * CHUNK_ROWS - 1, 3 * CHUNK_ROWS, trace.end - 1])
      expect(trace.at(n)).toMatchObject({ index: n, b: n, d: -n, time: 10 * n });
  });

  it('copies columns across chunks, clipped to what there is', () => {
    const trace = new Trace(2 * CHUNK_ROWS);
    fill(trace, 0, 2 * CHUNK_ROWS + 5);
    const middle = trace.slice(2 * CHUNK_ROWS - 2, 2 * CHUNK_ROWS + 3);
    expect(middle.from).toBe(2 * CHUNK_ROWS - 2);
    expect([...middle.b]).toEqual([-2, -1, 0, 1, 2].map((n) => 2 * CHUNK_ROWS + n));
    const early = trace.slice(0, CHUNK_ROWS + 2);
    expect([early.from, early.b.length]).toEqual([CHUNK_ROWS, 2]);
    expect(trace.slice(trace.end - 1, trace.end + 9).b).toHaveLength(1);
    expect(trace.slice(9, 3).b).toHaveLength(0);
  });

  it('gives copies: a later row does not change them', () => {
    const trace = new Trace();
    fill(trace, 0, 2);
    const before = trace.slice(0, 2);
    trace.cut(0);
    fill(trace, 5, 7);
    expect([...before.b]).toEqual([0, 1]);
  });

  it('finds the first row that is not before a time', () => {
    const trace = new Trace(2 * CHUNK_ROWS);
    fill(trace, 0, 2 * CHUNK_ROWS + 100);
    expect(trace.firstAt(10 * (CHUNK_ROWS + 7))).toBe(CHUNK_ROWS + 7);
    expect(trace.firstAt(10 * (CHUNK_ROWS + 7) - 1)).toBe(CHUNK_ROWS + 7);
    expect(trace.firstAt(0)).toBe(trace.begin);
    expect(trace.firstAt(1e12)).toBe(trace.end);
    const twins = new Trace();
    for (const time of [1, 5, 5, 5, 9]) twins.row(ROW.log, time, 0, 0, 0, 0, 0);
    expect(twins.firstAt(5)).toBe(1);
  });

  it('counts the rows of a replay instead of writing them twice', () => {
    const trace = new Trace();
    fill(trace, 0, 5);
    trace.head = 2; // the run went back
    fill(trace, 2, 7);
    expect([trace.end, trace.head]).toEqual([7, 7]);
    expect([...trace.slice(0, 7).b]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([3, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 2 * CHUNK_ROWS])(
    'forgets the rows from %d on, and goes on there with others',
    (end) => {
      const trace = new Trace(4 * CHUNK_ROWS);
      fill(trace, 0, 2 * CHUNK_ROWS + 50);
      trace.cut(end);
      expect([trace.end, trace.head]).toEqual([end, end]);
      expect(trace.at(end)).toBeUndefined();
      trace.row(ROW.take, 1, 0, 0, -7, 0, 0);
      expect(trace.at(end)).toMatchObject({ kind: ROW.take, b: -7 });
      expect(trace.at(end - 1)).toMatchObject({ b: end - 1 });
      fill(trace, end + 1, 3 * CHUNK_ROWS);
      for (const n of [end - 1, end + 1, 2 * CHUNK_ROWS + 1, 3 * CHUNK_ROWS - 1])
        expect(trace.at(n)).toMatchObject({ b: n });
    },
  );

  it('is empty after a cut before its window, and numbers on', () => {
    const trace = new Trace(2 * CHUNK_ROWS);
    fill(trace, 0, 4 * CHUNK_ROWS);
    trace.cut(CHUNK_ROWS + 3);
    expect([trace.begin, trace.end]).toEqual([CHUNK_ROWS + 3, CHUNK_ROWS + 3]);
    fill(trace, CHUNK_ROWS + 3, 3 * CHUNK_ROWS + 1);
    expect(trace.begin).toBe(2 * CHUNK_ROWS);
    for (const n of [2 * CHUNK_ROWS, 3 * CHUNK_ROWS - 1, 3 * CHUNK_ROWS])
      expect(trace.at(n)).toMatchObject({ b: n });
  });
});

describe('a history', () => {
  /** Keeps a mark whenever one is due, one look a step. */
  function walk(history: History<string>, from: number, to: number, stride = 1): void {
    for (let step = from; step <= to; step += stride)
      if (history.due(step)) history.keep(step, `at ${step}`);
  }

  it('gives the last mark at or before a step', () => {
    const history = new History<string>();
    walk(history, 0, 2000);
    expect(history.before(0)).toMatchObject({ step: 0, state: 'at 0' });
    const mark = history.before(1999)!;
    expect(mark.step).toBeLessThanOrEqual(1999);
    expect(history.before(mark.step)).toEqual(mark);
    expect(history.before(mark.step - 1)!.step).toBeLessThan(mark.step);
    expect(history.before(-1)).toBeUndefined();
  });

  it('keeps a bounded number of marks of a run of any length, the first always', () => {
    const history = new History<string>();
    const steps = new Set<number>();
    walk(history, 0, 5_000_000, 64);
    for (let step = 0; step <= 5_000_000; step += 500) steps.add(history.before(step)!.step);
    expect(steps.size).toBeLessThanOrEqual(MARKS_MAX);
    expect(steps.size).toBeGreaterThan(MARKS_MAX / 4);
    expect(steps.has(0)).toBe(true);
  });

  it('never has more than twice the usual distance to replay', () => {
    const history = new History<string>();
    walk(history, 0, 1_000_000, 64);
    const gaps = [];
    for (let step = 0; step <= 1_000_000; step += 1000)
      gaps.push(step - history.before(step)!.step);
    expect(Math.max(...gaps)).toBeLessThanOrEqual((4 * 1_000_000) / MARKS_MAX);
  });

  it('forgets what lies after a cut, and keeps marks again from there', () => {
    const history = new History<string>();
    walk(history, 0, 5000);
    history.cut(1500);
    expect(history.before(5000)!.step).toBeLessThanOrEqual(1500);
    expect(history.due(4000)).toBe(true);
    history.keep(4000, 'another future');
    expect(history.before(5000)).toMatchObject({ step: 4000, state: 'another future' });
  });
});
