import type { View } from './scale.ts';

/** Closest look: pixels a nanosecond. */
export const CLOSEST = 12;
/** Free pixels before the beginning and behind the end when all of a run is shown. */
const MARGIN_PX = 10;

/** Pixels a nanosecond of the scale, and where it begins: the transform of d3-zoom along x. */
export interface Camera {
  readonly k: number;
  readonly x: number;
}

/** The camera that shows the whole of a run. */
export function fitting(length: number, width: number): Camera {
  const k = Math.min(CLOSEST, Math.max(1, width - 2 * MARGIN_PX) / Math.max(1, length));
  return { k, x: MARGIN_PX };
}

export const viewOf = ({ k, x }: Camera, width: number): View => ({
  first: -x / k,
  perPx: 1 / k,
  width,
});

/** The camera moved so that a place of the scale is seen; the same one when it is already. */
export function following(camera: Camera, shown: number, width: number): Camera {
  const at = shown * camera.k + camera.x;
  if (at >= 0.04 * width && at <= 0.92 * width) return camera;
  return { k: camera.k, x: 0.7 * width - shown * camera.k };
}

/** The camera that shows a stretch of the scale, no closer than it may. */
export function showing(first: number, last: number, width: number): Camera {
  const k = Math.min(CLOSEST, width / Math.max(1, last - first));
  return { k, x: -first * k };
}
