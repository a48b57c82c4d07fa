import type { Box } from './stage.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A quadratic curve from sender to target. */
export interface Arc {
  readonly from: Point;
  readonly bend: Point;
  readonly to: Point;
}

/** How far out of the straight line an arc bends, as a share of its length. */
const BEND = 0.22;
const BEND_PX_MAX = 90;

/** From the middle of the sender to where the target keeps its pending bits. */
export function arcBetween(sender: Box, target: Box): Arc {
  const from = middle(sender);
  if (sender === target) {
    const to = { x: from.x + sender.width / 4, y: from.y };
    return { from, bend: { x: from.x + sender.width / 8, y: sender.y - sender.height / 2 }, to };
  }
  const to = landing(target);
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const out = Math.min(BEND * length + 14, BEND_PX_MAX);
  // Upwards whichever way it flies, so that there and back are two curves when it is steep.
  const side = dx === 0 ? Math.sign(dy) : Math.sign(dx);
  return {
    from,
    bend: {
      x: (from.x + to.x) / 2 + (side * dy * out * 2) / length / 1.6,
      y: (from.y + to.y) / 2 - (side * dx * out * 2) / length / 1.6,
    },
    to,
  };
}

/** An arc of an IPI that no local APIC takes: it ends in the open, below its sender. */
export function arcToNowhere(sender: Box): Arc {
  const from = middle(sender);
  const to = { x: from.x + sender.width * 0.7, y: from.y - sender.height * 0.2 };
  return { from, bend: { x: from.x + sender.width * 0.35, y: from.y - sender.height }, to };
}

/** The point at `share` of the way, 0 to 1. */
export function pointOn({ from, bend, to }: Arc, share: number): Point {
  const rest = 1 - share;
  return {
    x: rest * rest * from.x + 2 * rest * share * bend.x + share * share * to.x,
    y: rest * rest * from.y + 2 * rest * share * bend.y + share * share * to.y,
  };
}

const middle = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

/** The IRR row of a tile with room for one, else its middle. */
const landing = (box: Box): Point =>
  box.height > 100 ? { x: box.x + box.width / 2, y: box.y + box.height - 32 } : middle(box);
