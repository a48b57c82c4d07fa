import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { END } from './history.ts';
import { arrowPoints, type LaneBox } from './lanes.ts';
import type { ArrowMark } from './crowds.ts';
import type { BarMark, Scene } from './scene.ts';

/** Reads a design token. */
type Token = (name: string) => string;

/** How solid a bar is: the hue says whose, this says in which mode. */
export const MODE_ALPHA: Readonly<Record<number, number>> = {
  [MODE.task]: 0.46,
  [MODE.interrupt]: 1,
  [MODE.irqWork]: 0.74,
  [MODE.boot]: 0.3,
};

export const kernelToken = (kernel: number): string =>
  kernel < 0 ? '--kernel-none' : `--kernel-${kernel % 8}`;

/** Token of a flight: INIT and SIPI are nobody's message, loss is red. */
export function flightToken(delivery: number, end: number, messageToken: string): string {
  if (end === END.dropped) return '--danger';
  if (delivery === 5) return '--ipi-init';
  return delivery === 6 ? '--ipi-startup' : `--${messageToken}`;
}

/** The same picture as the SVG one, for when there are too many marks for elements. */
export function paintScene(
  context: CanvasRenderingContext2D,
  scene: Scene,
  box: LaneBox,
  colours: { readonly token: Token; readonly flight: (arrow: ArrowMark) => string },
): void {
  const { token } = colours;
  for (const bar of scene.bars) paintBar(context, bar, box.barTop(bar.lane), box.barHeight, token);
  context.globalAlpha = 1;
  context.fillStyle = token('--pending');
  for (const wait of scene.waits) {
    context.fillRect(wait.x, box.barTop(wait.lane) + box.barHeight - 1, wait.width, 1.5);
  }
  paintArrows(context, scene.arrows, box, colours);
  for (const point of scene.points) {
    if (!point.loud) continue;
    const y = box.middle(point.lane);
    context.fillStyle = token('--danger');
    context.beginPath();
    context.arc(point.x, y, 4.5, 0, 2 * Math.PI);
    context.fill();
  }
}

function paintBar(
  context: CanvasRenderingContext2D,
  bar: BarMark,
  top: number,
  height: number,
  token: Token,
): void {
  context.fillStyle = token(kernelToken(bar.kernel));
  context.globalAlpha = MODE_ALPHA[bar.mode] ?? 0.4;
  context.fillRect(bar.x, top, Math.max(1, bar.width), height);
}

function paintArrows(
  context: CanvasRenderingContext2D,
  arrows: readonly ArrowMark[],
  box: LaneBox,
  colours: { readonly token: Token; readonly flight: (arrow: ArrowMark) => string },
): void {
  context.lineWidth = 1;
  for (const arrow of arrows) {
    const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
    context.strokeStyle = colours.token(colours.flight(arrow));
    // Many in one place are drawn stronger, up to a point.
    context.globalAlpha = Math.min(1, 0.35 + 0.12 * Math.log2(arrow.count + 1));
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The whole run in a strip: who was busy when, and where something went wrong. */
export function paintOverview(
  context: CanvasRenderingContext2D,
  scene: Scene,
  size: { readonly height: number; readonly lanes: number },
  token: Token,
): void {
  const row = (size.height - 4) / Math.max(1, size.lanes);
  const high = Math.max(1, row * 0.72);
  for (const bar of scene.bars) {
    paintBar(context, bar, 2 + bar.lane * row, high, token);
  }
  context.globalAlpha = 1;
  context.fillStyle = token('--danger');
  for (const point of scene.points) {
    if (point.loud) context.fillRect(point.x - 1, 0, 2, size.height);
  }
}
