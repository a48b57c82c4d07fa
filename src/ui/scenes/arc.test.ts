import { describe, expect, it } from 'vitest';
import { arcBetween, arcToNowhere, pointOn } from './arc.ts';

const box = (x: number, y: number) => ({ x, y, width: 100, height: 120 });

describe('arcs of IPIs', () => {
  it('begins in the sender and ends inside the target', () => {
    const arc = arcBetween(box(0, 0), box(300, 200));
    expect(pointOn(arc, 0)).toEqual({ x: 50, y: 60 });
    const end = pointOn(arc, 1);
    expect(end.x).toBeGreaterThan(300);
    expect(end.y).toBeLessThan(320);
    expect(end.y).toBeGreaterThan(200);
  });

  it('bends upwards between neighbours, whichever way it flies', () => {
    for (const arc of [arcBetween(box(0, 0), box(200, 0)), arcBetween(box(200, 0), box(0, 0))]) {
      expect(pointOn(arc, 0.5).y).toBeLessThan(60);
    }
  });

  it('loops over its own tile', () => {
    const self = box(0, 200);
    expect(pointOn(arcBetween(self, self), 0.5).y).toBeLessThan(260);
  });

  it('stays near the sender when nobody is the target', () => {
    expect(pointOn(arcToNowhere(box(0, 0)), 1).x).toBeCloseTo(120);
  });
});
