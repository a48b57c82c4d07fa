import { describe, expect, it } from 'vitest';
import { OUTCOME, ROW } from '../../../sim/base/record.ts';
import { rowsOf, type RowDraft } from '../../testing/rows.ts';
import { EVERYTHING, type Filter } from './filter.ts';
import { END, MARK, TimelineHistory } from './history.ts';
import { niceStep, timeAt, xOf, type View } from './scale.ts';
import { layOut } from './scene.ts';

function historyOf(drafts: readonly RowDraft[], cpus = 8): TimelineHistory {
  const history = new TimelineHistory(cpus);
  history.digest(rowsOf(drafts));
  return history;
}

/** The whole run in `width` pixels. */
const whole = (history: TimelineHistory, width = 1000): View => ({
  first: 0,
  perPx: history.time.shown(history.end) / width,
  width,
});

const task = (start: number, cost: number, cpu = 0): RowDraft[] => [
  { kind: ROW.begin, time: start, cpu, b: 1 },
  { kind: ROW.step, time: start, cpu, b: 1, c: 1, a: cost },
  { kind: ROW.end, time: start + cost, cpu },
];

describe('timeline scene', () => {
  it('draws nothing of an empty run, at any width', () => {
    const history = new TimelineHistory(8);
    for (const width of [0, 500]) {
      const scene = layOut(history, { first: 0, perPx: 1, width });
      expect(scene.count).toBe(0);
    }
  });

  it('puts a bar where it happened', () => {
    const history = historyOf([...task(0, 500), ...task(500, 500, 1)]);
    const { bars } = layOut(history, whole(history));
    expect(bars.map(({ lane, x, width }) => [lane, x, width])).toEqual([
      [0, 0, 500],
      [1, 500, 500],
    ]);
  });

  it('leaves out what lies outside of the view', () => {
    const history = historyOf([...task(0, 100), ...task(200, 100), ...task(400, 100)]);
    const { bars } = layOut(history, { first: 210, perPx: 1, width: 50 });
    expect(bars).toHaveLength(1);
    expect(bars[0]).toMatchObject({ start: 200, x: -10 });
  });

  it('folds bars that share a pixel into one that counts them', () => {
    const history = historyOf(Array.from({ length: 10_000 }, (_, i) => task(i * 20, 10)).flat());
    const { bars } = layOut(history, whole(history, 500));
    expect(bars.length).toBeLessThan(10);
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  it('draws of a hundred thousand flights as many as there are pixels and pairs', () => {
    const flights = Array.from({ length: 100_000 }, (_, i): RowDraft[] => [
      { kind: ROW.send, time: i * 10, cpu: i % 4, a: i * 10 + 5, b: 0xea, c: 7, d: i },
      { kind: ROW.arrive, time: i * 10 + 5, cpu: 7, b: 0xea, c: i % 4, d: i },
    ]).flat();
    const history = historyOf(flights);
    const { arrows } = layOut(history, whole(history, 1000));
    expect(arrows.length).toBeLessThanOrEqual(4 * 1001);
    expect(arrows.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  });

  it('shows the loudest of the arrows that share a pixel', () => {
    const history = historyOf([
      { kind: ROW.send, time: 100, cpu: 0, a: 150, b: 0xea, c: 4, d: 1 },
      { kind: ROW.send, time: 101, cpu: 0, a: 151, b: 0xea, c: 4, d: 2 },
      { kind: ROW.arrive, time: 150, cpu: 4, b: 0xea, c: 0, d: 1 },
      { kind: ROW.merge, time: 151, cpu: 4, b: 0xea, c: 0, d: 2 },
    ]);
    const { arrows } = layOut(history, { first: 0, perPx: 100, width: 100 });
    expect(arrows).toHaveLength(1);
    expect(arrows[0]).toMatchObject({ count: 2, end: END.merged, flight: 1 });
  });

  it('tells losses from messages that arrived', () => {
    const history = historyOf([
      { kind: ROW.outcome, time: 50, cpu: 4, b: OUTCOME.whole, d: 1 },
      { kind: ROW.outcome, time: 80, cpu: 4, b: OUTCOME.overwritten, d: 2 },
      { kind: ROW.hazard, time: 90, cpu: 4, b: 4 },
    ]);
    const { points } = layOut(history, whole(history));
    expect(points.map(({ loud }) => loud)).toEqual([false, true, true]);
  });

  it('writes steps only where there is room for words', () => {
    const history = historyOf([
      { kind: ROW.begin, time: 0, cpu: 0, b: 1 },
      ...Array.from({ length: 50 }, (_, i): RowDraft => ({
        ...{ kind: ROW.step, time: i * 10, cpu: 0, b: i, c: 1, a: 10 },
      })),
    ]);
    expect(layOut(history, whole(history, 1000)).steps).toHaveLength(50);
    expect(layOut(history, whole(history, 100)).steps).toHaveLength(0);
  });

  it('shows whose a CPU was when', () => {
    const history = historyOf([
      { kind: ROW.owner, time: 0, cpu: 4, b: 0 },
      { kind: ROW.owner, time: 400, cpu: 4, b: -1 },
      { kind: ROW.owner, time: 800, cpu: 4, b: 1 },
      ...task(900, 100),
    ]);
    const { owners, bars } = layOut(history, whole(history));
    expect(bars[0]).toMatchObject({ kernel: 0 });
    expect(
      owners.filter(({ lane }) => lane === 4).map(({ x, width, kernel }) => [x, width, kernel]),
    ).toEqual([
      [0, 400, 0],
      [400, 400, -1],
      [800, 200, 1],
    ]);
  });

  it('marks folds, and has round ticks that keep their distance', () => {
    const history = historyOf([...task(0, 1000), ...task(1_000_000, 1000)]);
    const { folds, ticks } = layOut(history, whole(history));
    expect(folds).toHaveLength(1);
    expect(folds[0]!.ns).toBeGreaterThan(990_000);
    expect(ticks.length).toBeGreaterThan(4);
    for (let i = 1; i < ticks.length; i++) {
      expect(ticks[i]!.x - ticks[i - 1]!.x).toBeGreaterThan(70);
    }
  });

  it('finds the time at a place, and the place of a time', () => {
    const history = historyOf([...task(0, 1000), ...task(1_000_000, 1000)]);
    const view = { first: 300, perPx: 2.5, width: 400 };
    for (const x of [0, 17, 399]) {
      expect(xOf(view, history.time, timeAt(view, history.time, x))).toBeCloseTo(x, 6);
    }
  });
});

describe('a filter', () => {
  const history = historyOf([
    { kind: ROW.owner, time: 0, cpu: 4, b: 1 },
    ...task(10, 100),
    ...task(10, 100, 1),
    ...task(10, 100, 4),
    { kind: ROW.send, time: 50, cpu: 1, a: 60, b: 0xea, c: 4, d: 1 },
    { kind: ROW.arrive, time: 60, cpu: 4, b: 0xea, c: 1, d: 1 },
    { kind: ROW.log, time: 70, cpu: 1, b: 0, c: 1 },
    { kind: ROW.hazard, time: 80, cpu: 4, b: 4 },
  ]);
  const owners = [0, 0, 0, 0, 1, 0, 0, 0];
  const shown = (filter: Partial<Filter>) =>
    layOut(history, whole(history), owners, { ...EVERYTHING, ...filter });

  it('shows the lanes of CPUs, with the IPIs to and from them', () => {
    const { bars, arrows, points } = shown({ cpus: [1] });
    expect(bars.map(({ lane }) => lane)).toEqual([1]);
    expect(arrows).toHaveLength(1);
    expect(points.map(({ lane }) => lane)).toEqual([1]);
    expect(shown({ cpus: [0] }).arrows).toEqual([]);
  });

  it('shows what CPUs did while they were a kernel’s', () => {
    expect(shown({ kernel: 1 }).bars.map(({ lane }) => lane)).toEqual([4]);
    expect(shown({ kernel: 0 }).bars.map(({ lane }) => lane)).toEqual([0, 1]);
    expect(shown({ kernel: 1 }).points.map(({ kind }) => kind)).toEqual([MARK.hazard]);
  });

  it('hides kinds', () => {
    expect(shown({ hidden: ['tasks'] }).bars).toEqual([]);
    expect(shown({ hidden: ['ipis'] }).arrows).toEqual([]);
    expect(shown({ hidden: ['log'] }).points.map(({ kind }) => kind)).toEqual([MARK.hazard]);
    expect(shown({ hidden: ['hazards'] }).points.map(({ kind }) => kind)).toEqual([MARK.log]);
  });
});

describe('steps of the axis', () => {
  it('are 1, 2 or 5 times a power of ten', () => {
    expect([0.3, 1, 1.2, 3, 7, 12, 480].map(niceStep)).toEqual([1, 1, 2, 5, 10, 20, 500]);
  });
});
