import { groupBy } from '../../kit/group.ts';
import { MODE } from '../../../sim/machine/cpu.layout.ts';
import type { ArrowMark, PointMark } from './crowds.ts';
import { END } from './history.ts';
import type { Label } from './labels.ts';
import { arrowPoints, type LaneBox } from './lanes.ts';
import type { BarMark, Scene } from './scene.ts';

/** Reads a design token. */
type Token = (name: string) => string;

/** What a picture is painted with. */
export interface Paints {
  readonly token: Token;
  /** Token of the colour of a flight. */
  readonly flight: (arrow: ArrowMark) => string;
  readonly labels: readonly Label[];
  /** Number of the flight that is selected, -1 for none. */
  readonly chosen: number;
}

/** How solid a bar is: the hue says whose, this says in which mode. */
export const MODE_ALPHA: Readonly<Record<number, number>> = {
  [MODE.task]: 0.46,
  [MODE.interrupt]: 1,
  [MODE.irqWork]: 0.74,
  [MODE.boot]: 0.3,
};
export const isSolid = (mode: number): boolean => mode === MODE.interrupt || mode === MODE.irqWork;

/** With more arrows than this their ends would be a blur: only those of bad ends are drawn. */
const ENDS_MAX = 900;
/** Bars narrower than this have no room for a texture. */
const TEXTURE_MIN_PX = 4;
const HATCH_PX = 5;
/** Bars lower than this have no room for words. */
export const WORDS_MIN_PX = 10;

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
  paints: Paints,
): void {
  const { token } = paints;
  paintBars(context, scene.bars, token, (lane) => box.barTop(lane), box.barHeight);
  context.fillStyle = token('--panel');
  context.globalAlpha = 0.45;
  for (const step of scene.steps)
    if (step.width > 5) context.fillRect(step.x, box.barTop(step.lane), 1, box.barHeight);
  context.globalAlpha = 1;
  context.fillStyle = token('--pending');
  for (const wait of scene.waits) {
    context.fillRect(wait.x, box.barTop(wait.lane) + box.barHeight - 1, wait.width, 1.5);
  }
  if (box.barHeight >= WORDS_MIN_PX) paintLabels(context, box, paints);
  paintArrows(context, scene.arrows, box, paints);
  for (const point of scene.points) paintPoint(context, point, box, token);
}

/** Bars by colour: a change of colour costs more than a bar. */
function paintBars(
  context: CanvasRenderingContext2D,
  bars: readonly BarMark[],
  token: Token,
  top: (lane: number) => number,
  height: number,
): void {
  // What is on top is painted last.
  const looks = groupBy(bars, ({ level, kernel, mode }) => (level * 4096 + kernel + 1) * 16 + mode);
  for (const [, alike] of [...looks].sort(([a], [b]) => a - b)) {
    const { kernel, mode } = alike[0]!;
    context.fillStyle = token(kernelToken(kernel));
    context.globalAlpha = MODE_ALPHA[mode] ?? 0.4;
    for (const { x, width, lane } of alike)
      context.fillRect(x, top(lane), Math.max(1, width > 6 ? width - 1 : width), height);
    if (height >= HATCH_PX && (mode === MODE.boot || mode === MODE.irqWork))
      texture(context, alike, token, top, height);
  }
  context.globalAlpha = 1;
}

/** What tells a start and irq_work from other bars without colour: a dashed edge, and a hatch. */
function texture(
  context: CanvasRenderingContext2D,
  bars: readonly BarMark[],
  token: Token,
  top: (lane: number) => number,
  height: number,
): void {
  const hatched = bars[0]!.mode === MODE.irqWork;
  context.globalAlpha = hatched ? 0.32 : 1;
  context.strokeStyle = token(hatched ? '--panel' : kernelToken(bars[0]!.kernel));
  context.lineWidth = hatched ? 1.5 : 1;
  context.setLineDash(hatched ? [] : [3, 2]);
  context.beginPath();
  for (const { x, width, lane } of bars) {
    const y = top(lane);
    if (width < TEXTURE_MIN_PX) continue;
    if (!hatched) context.rect(x + 0.5, y + 0.5, width - 2, height - 1);
    else
      for (let at = Math.max(0, x); at < x + width - 3; at += HATCH_PX) {
        context.moveTo(at, y + height);
        const along = Math.min(height, x + width - at);
        context.lineTo(at + along, y + height - along);
      }
  }
  context.stroke();
  context.setLineDash([]);
}

function paintLabels(
  context: CanvasRenderingContext2D,
  box: LaneBox,
  { token, labels }: Paints,
): void {
  context.font = `500 10px ${token('--mono')}`;
  context.textBaseline = 'middle';
  for (const solid of [false, true]) {
    context.fillStyle = token(solid ? '--ink-inverse' : '--ink');
    for (const label of labels)
      if (label.solid === solid) context.fillText(label.text, label.x, box.middle(label.lane));
  }
}

function paintArrows(
  context: CanvasRenderingContext2D,
  arrows: readonly ArrowMark[],
  box: LaneBox,
  { token, flight, chosen }: Paints,
): void {
  const many = arrows.length > ENDS_MAX;
  // Many in one place are drawn stronger, up to a point.
  const weight = ({ count }: ArrowMark): number =>
    many ? Math.min(5, Math.round(Math.log2(count + 1))) : 5;
  const looks = groupBy(
    arrows,
    (arrow) => `${weight(arrow)} ${arrow.end === END.flying ? 'f' : ''} ${flight(arrow)}`,
  );
  for (const alike of looks.values()) {
    const one = alike[0]!;
    const colour = token(flight(one));
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = many ? 1 : 1.25;
    context.globalAlpha = Math.min(1, 0.35 + 0.13 * weight(one));
    context.setLineDash(one.end === END.flying ? [3, 3] : []);
    context.beginPath();
    for (const arrow of alike) {
      const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
      context.moveTo(x1, y1);
      if (many || arrow.from === arrow.to) context.lineTo(x2, y2);
      else {
        const bend = (y2 - y1) * 0.38;
        context.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
      }
    }
    context.stroke();
    context.setLineDash([]);
  }
  context.globalAlpha = 1;
  for (const arrow of arrows) {
    if (!many || arrow.end === END.merged || arrow.end === END.dropped || arrow.flight === chosen)
      paintEnd(context, arrow, box, token(flight(arrow)), token);
    if (arrow.flight === chosen) paintChosen(context, arrow, box, token);
  }
}

/** A head where it was taken, a ring where it merged, a cross where it was dropped. */
function paintEnd(
  context: CanvasRenderingContext2D,
  arrow: ArrowMark,
  box: LaneBox,
  colour: string,
  token: Token,
): void {
  const { x2: x, y1, y2: y } = arrowPoints(arrow, box);
  const down = y >= y1 && arrow.from !== arrow.to ? 1 : -1;
  context.beginPath();
  if (arrow.end === END.arrived) {
    context.fillStyle = colour;
    context.moveTo(x - 3, y - 5 * down);
    context.lineTo(x + 3, y - 5 * down);
    context.lineTo(x, y);
    context.fill();
  } else if (arrow.end === END.merged) {
    context.arc(x, y - 4 * down, 3.5, 0, 2 * Math.PI);
    context.fillStyle = token('--panel');
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke();
  } else if (arrow.end === END.dropped) {
    context.moveTo(x - 4, y - 4);
    context.lineTo(x + 4, y + 4);
    context.moveTo(x + 4, y - 4);
    context.lineTo(x - 4, y + 4);
    context.strokeStyle = token('--danger');
    context.lineWidth = 2;
    context.stroke();
  }
}

function paintChosen(
  context: CanvasRenderingContext2D,
  arrow: ArrowMark,
  box: LaneBox,
  token: Token,
): void {
  const { x1, y1, x2, y2 } = arrowPoints(arrow, box);
  context.strokeStyle = token('--ink');
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

function paintPoint(
  context: CanvasRenderingContext2D,
  { x, lane, loud }: PointMark,
  box: LaneBox,
  token: Token,
): void {
  context.beginPath();
  if (!loud) {
    context.fillStyle = token('--ink-3');
    context.arc(x, box.barTop(lane) - 0.5, 1.5, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  const y = Math.max(9, box.middle(lane));
  context.fillStyle = token('--danger');
  context.globalAlpha = 0.35;
  context.fillRect(x - 0.5, 0, 1, box.height);
  context.globalAlpha = 1;
  context.moveTo(x, y - 8);
  context.lineTo(x + 8, y);
  context.lineTo(x, y + 8);
  context.lineTo(x - 8, y);
  context.fill();
  context.fillStyle = token('--ink-inverse');
  context.font = `800 10px ${token('--sans')}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.fillText('!', x, y);
  context.textAlign = 'start';
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
  paintBars(context, scene.bars, token, (lane) => 2 + lane * row, high);
  context.fillStyle = token('--danger');
  for (const point of scene.points) {
    if (point.loud) context.fillRect(point.x - 1, 0, 2, size.height);
  }
}

/** Where something was found, along the upper edge. */
export function paintHits(
  context: CanvasRenderingContext2D,
  places: readonly number[],
  height: number,
  token: Token,
): void {
  context.fillStyle = token('--ink');
  for (const x of places) context.fillRect(x - 0.5, 0, 1.5, height / 3);
}
