import { arrowPoints, type LaneBox } from './lanes.ts';
import type { ArrowMark, PointMark } from './crowds.ts';
import type { BarMark, Scene } from './scene.ts';

/** What lies under the pointer, the smallest thing first. */
export type Hit =
  | { readonly kind: 'point'; readonly point: PointMark }
  | { readonly kind: 'arrow'; readonly arrow: ArrowMark }
  | { readonly kind: 'bar'; readonly bar: BarMark }
  | { readonly kind: 'lane'; readonly lane: number };

const POINT_PX = 7;
const ARROW_PX = 4;

/** Finds what is drawn at a place; undefined outside of all lanes. */
export function hitAt(scene: Scene, box: LaneBox, x: number, y: number): Hit | undefined {
  const lane = box.laneAt(y);
  const point = nearest(
    scene.points.filter((one) => one.lane === lane || (one.lane < 0 && one.loud)),
    (one) => Math.abs(one.x - x) - (one.loud ? 2 : 0),
    POINT_PX,
  );
  if (point?.loud) return { kind: 'point', point };
  const arrow = nearest(scene.arrows, (one) => distanceTo(one, box, x, y), ARROW_PX);
  if (arrow) return { kind: 'arrow', arrow };
  if (point) return { kind: 'point', point };
  const bar = scene.bars.findLast(
    (one) => one.lane === lane && x >= one.x - 1 && x <= one.x + one.width + 1,
  );
  if (bar) return { kind: 'bar', bar };
  return lane < 0 ? undefined : { kind: 'lane', lane };
}

function nearest<Mark>(
  marks: readonly Mark[],
  distance: (mark: Mark) => number,
  most: number,
): Mark | undefined {
  let best: Mark | undefined;
  let least = most;
  for (const mark of marks) {
    const far = distance(mark);
    if (far < least) {
      least = far;
      best = mark;
    }
  }
  return best;
}

/** Distance of a place to the straight line between an arrow's ends. */
function distanceTo(arrow: ArrowMark, box: LaneBox, x: number, y: number): number {
  const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / length;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
