import { arcBetween, arcToNowhere, pointOn, type Arc, type Point } from './arc.ts';
import { ENDING_MS, RIPPLE_MS, type Flow, type FlightShow, type Mark } from './flight-show.ts';
import type { Box, StageLayout } from './stage.ts';

/** Turns the name of a token into a colour a canvas understands. */
export type Palette = (token: string) => string;

/** All that one picture of the flights depends on. */
export interface Picture {
  readonly show: FlightShow;
  readonly layout: StageLayout;
  readonly palette: Palette;
  readonly now: number;
  /** Motion is unwelcome: what moves stands still, ends fade in place. */
  readonly still: boolean;
  /** Serial of the flight that is selected, -1 for none. */
  readonly selected: number;
}

const TAIL = 0.3;
const TAIL_PARTS = 26;

/** Draws the IPIs on a canvas that lies over the tiles. */
export function drawFlights(context: CanvasRenderingContext2D, picture: Picture): void {
  const { show } = picture;
  for (const flow of show.flows.values()) drawFlow(context, picture, flow);
  for (const ripple of show.ripples) drawRipple(context, picture, ripple);
  for (const mark of show.marks.values()) drawMark(context, picture, mark);
  context.globalAlpha = 1;
}

/** The way an IPI takes; undefined when its sender is not on the stage. */
export function arcOf(
  { tiles }: StageLayout,
  { from, to }: { readonly from: number; readonly to: number },
): Arc | undefined {
  const sender = tiles.get(from);
  const target = tiles.get(to);
  if (!sender) return undefined;
  return target ? arcBetween(sender, target) : arcToNowhere(sender);
}

function drawMark(context: CanvasRenderingContext2D, picture: Picture, mark: Mark): void {
  const arc = arcOf(picture.layout, mark);
  if (!arc) return;
  const colour = picture.palette(mark.token);
  const ended = mark.endedAt === Infinity ? 0 : picture.now - mark.endedAt;
  const over = mark.phase === 'flying' ? 0 : share(ended / ENDING_MS[mark.phase]);
  const small = picture.layout.detail === 'cell';
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = mark.serial === picture.selected ? 2.5 : 1.25;
  context.globalAlpha = (mark.serial === picture.selected ? 0.9 : 0.5) * (1 - over);
  context.setLineDash(
    mark.token === 'ipi-init' ? [2, 5] : mark.token === 'ipi-startup' ? [8, 5] : [],
  );
  trace(context, arc);
  context.setLineDash([]);
  context.globalAlpha = 1 - over;
  if (mark.phase === 'merged' && over > 0) drawMerged(context, picture, arc, over);
  else if (mark.phase === 'dropped' && over > 0) drawDropped(context, picture, arc, over);
  else drawHead(context, arc, mark.shown, small ? 2.5 : 5, picture.still);
}

/** A comet: head, glow, and a tail along the way it came. */
function drawHead(
  context: CanvasRenderingContext2D,
  arc: Arc,
  share: number,
  radius: number,
  still: boolean,
): void {
  const alpha = context.globalAlpha;
  for (let part = still ? 0 : TAIL_PARTS; part > 0; part--) {
    const behind = share - (TAIL * part) / TAIL_PARTS;
    if (behind <= 0) continue;
    context.globalAlpha = alpha * 0.34 * (1 - part / TAIL_PARTS);
    dot(context, pointOn(arc, behind), radius * (1 - (0.75 * part) / TAIL_PARTS));
  }
  const head = pointOn(arc, share);
  context.globalAlpha = alpha * 0.22;
  dot(context, head, radius * 2.1);
  context.globalAlpha = alpha;
  dot(context, head, radius);
}

/** It finds the bit set: it bounces off and shrinks into the one that waits there. */
function drawMerged(context: CanvasRenderingContext2D, picture: Picture, arc: Arc, over: number) {
  const back = picture.still ? 0 : Math.sin(Math.min(1, over * 2) * Math.PI) * 0.16;
  const point = pointOn(arc, 1 - back);
  dot(context, point, 5 * (1 - over * 0.6));
  context.globalAlpha = 1 - over;
  context.lineWidth = 1.5;
  context.strokeStyle = picture.palette('pending');
  ring(context, pointOn(arc, 1), 7 + (picture.still ? 0 : over * 5));
}

/** Nobody takes it: it falls, and a cross stays where it should have been. */
function drawDropped(context: CanvasRenderingContext2D, picture: Picture, arc: Arc, over: number) {
  const { x, y } = pointOn(arc, 1);
  const fallen = picture.still ? 0 : over * over * 70;
  context.globalAlpha = 1 - over * over;
  dot(context, { x: x + over * 8, y: y + fallen }, 5);
  context.strokeStyle = picture.palette('danger');
  context.lineWidth = 3;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x - 8, y - 8 * side);
    context.lineTo(x + 8, y + 8 * side);
  }
  context.stroke();
}

function drawRipple(
  context: CanvasRenderingContext2D,
  { layout, palette, now, still }: Picture,
  { cpu, token, at }: { readonly cpu: number; readonly token: string; readonly at: number },
): void {
  const tile = layout.tiles.get(cpu);
  if (!tile) return;
  const over = share((now - at) / RIPPLE_MS);
  const loud = token === 'danger';
  const grown = still ? 2 : (loud ? 16 : 8) * (1 - (1 - over) ** 3);
  context.globalAlpha = (1 - over) * (loud ? 1 : 0.55);
  context.strokeStyle = palette(token);
  context.lineWidth = loud ? 4 * (1 - over) + 1 : 1.5;
  around(context, tile, grown, layout.detail === 'cell' ? 2 : 8);
}

function drawFlow(context: CanvasRenderingContext2D, picture: Picture, flow: Flow): void {
  const arc = arcOf(picture.layout, flow);
  if (!arc) return;
  const weight = Math.log2(1 + flow.strength);
  context.strokeStyle = picture.palette(flow.token);
  context.globalAlpha = Math.min(0.85, 0.12 + weight * 0.1);
  const thin = picture.layout.detail === 'cell';
  context.lineWidth = Math.min(thin ? 1.5 : 7, 0.6 + weight * (thin ? 0.2 : 0.8));
  if (!thin) {
    context.setLineDash([10, 7]);
    context.lineDashOffset = picture.still ? 0 : -(picture.now / 12) % 17;
  }
  trace(context, arc);
  context.setLineDash([]);
}

/** The clock of pictures may be a little behind that of events. */
const share = (part: number): number => Math.min(1, Math.max(0, part));

function trace(context: CanvasRenderingContext2D, { from, bend, to }: Arc): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(bend.x, bend.y, to.x, to.y);
  context.stroke();
}

function dot(context: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  context.beginPath();
  context.arc(x, y, Math.max(0.5, radius), 0, 2 * Math.PI);
  context.fill();
}

function ring(context: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function around(context: CanvasRenderingContext2D, box: Box, by: number, radius: number): void {
  context.beginPath();
  context.roundRect(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by, radius + by);
  context.stroke();
}
