import { describe, expect, it } from 'vitest';
import { CLOSEST, fitting, following, showing, viewOf } from './camera.ts';

describe('the camera', () => {
  it('fits a run with air on both sides', () => {
    const camera = fitting(980, 1000);
    expect(camera.k).toBe(1);
    expect(0 * camera.k + camera.x).toBe(10);
    expect(980 * camera.k + camera.x).toBe(990);
  });

  it('survives a run without time and a pane without width', () => {
    expect(fitting(0, 1000).k).toBe(CLOSEST);
    expect(fitting(1000, 0).k).toBeGreaterThan(0);
  });

  it('is a view', () => {
    expect(viewOf({ k: 2, x: -100 }, 500)).toEqual({ first: 50, perPx: 0.5, width: 500 });
  });

  it('stays while the playhead is seen, and follows it when it is not', () => {
    const camera = { k: 1, x: 0 };
    expect(following(camera, 500, 1000)).toBe(camera);
    const moved = following(camera, 1500, 1000);
    expect(1500 * moved.k + moved.x).toBe(700);
    expect(following(moved, 100, 1000)).not.toBe(moved);
  });

  it('shows a stretch', () => {
    expect(showing(100, 300, 1000)).toEqual({ k: 5, x: -500 });
    expect(showing(100, 100.1, 1000).k).toBe(CLOSEST);
  });
});
