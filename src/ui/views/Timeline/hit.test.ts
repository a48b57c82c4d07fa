import { describe, expect, it } from 'vitest';
import { END } from './history.ts';
import { hitAt } from './hit.ts';
import { arrowPath, arrowPoints, laneBox } from './lanes.ts';
import type { ArrowMark, PointMark } from './crowds.ts';
import type { BarMark, Scene } from './scene.ts';

const box = laneBox(8, 160);
const bar: BarMark = {
  ...{ x: 100, width: 40, lane: 4, level: 0, mode: 2, pc: 1, vector: 0, start: 0, end: 1 },
  ...{ kernel: 0, count: 1 },
};
const arrow: ArrowMark = {
  ...{ x1: 50, x2: 90, from: 1, to: 4, end: END.arrived, type: 0x3000, flight: 0, count: 1 },
};
const point: PointMark = { x: 120, lane: 4, kind: 0, loud: false, mark: 0, count: 1 };
const scene: Scene = {
  ...{ bars: [bar, { ...bar, level: 1, x: 110, width: 10 }], steps: [], arrows: [arrow] },
  ...{ waits: [], points: [point], owners: [], folds: [], ticks: [], count: 4 },
};

describe('lanes', () => {
  it('share the room, within limits', () => {
    expect(laneBox(8, 160).laneHeight).toBe(20);
    expect(laneBox(1024, 160).laneHeight).toBe(11);
    expect(laneBox(2, 500).laneHeight).toBe(30);
    expect(laneBox(0, 100).height).toBe(0);
  });

  it('are found by their height', () => {
    expect([0, 19.9, 20, 159, 160, -1].map(box.laneAt)).toEqual([0, 0, 1, 7, -1, -1]);
  });
});

describe('arrows', () => {
  it('go from the lower edge of one bar to the upper edge of the other', () => {
    const { y1, y2 } = arrowPoints(arrow, box);
    expect(y1).toBeGreaterThan(box.middle(1));
    expect(y2).toBeLessThan(box.middle(4));
    const up = arrowPoints({ ...arrow, from: 4, to: 1 }, box);
    expect(up.y1).toBeLessThan(box.middle(4));
  });

  it('end between lanes when nobody takes them', () => {
    const { y1, y2 } = arrowPoints({ ...arrow, to: -1, end: END.dropped }, box);
    expect(y2).toBeGreaterThan(y1);
    expect(y2).toBeLessThan(box.middle(2) + 1);
  });

  it('loop to the own lane', () => {
    expect(arrowPath({ ...arrow, to: 1 }, box)).toMatch(/^M50 /);
    expect(arrowPath(arrow, box)).not.toContain('NaN');
  });
});

describe('what lies under the pointer', () => {
  it('is the arrow before the bar, and the bar before the lane', () => {
    const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
    expect(hitAt(scene, box, (x1 + x2) / 2, (y1 + y2) / 2)?.kind).toBe('arrow');
    expect(hitAt(scene, box, 104, 90)?.kind).toBe('bar');
    expect(hitAt(scene, box, 300, 90)).toEqual({ kind: 'lane', lane: 4 });
    expect(hitAt(scene, box, 300, 500)).toBeUndefined();
  });

  it('is the bar on top', () => {
    expect(hitAt({ ...scene, points: [] }, box, 115, 90)).toMatchObject({ bar: { level: 1 } });
  });

  it('is a mark on the own lane only, and a loud one before all else', () => {
    expect(hitAt(scene, box, 121, 90)?.kind).toBe('point');
    expect(hitAt(scene, box, 121, 110)?.kind).toBe('lane');
    const loud = { ...scene, points: [{ ...point, loud: true, x: 88 }] };
    expect(hitAt(loud, box, 88, 90)?.kind).toBe('point');
  });
});
