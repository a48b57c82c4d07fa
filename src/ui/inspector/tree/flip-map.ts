import type { FlipKind } from '../../../sim/world/flips/flips.ts';

/** Sizes of the map, in px: a byte is eight bars side by side. */
const BAR = 2;
const BYTE_WIDTH = 8 * BAR + 2;
const LINE_HEIGHT = 14;
const BAR_HEIGHT = 11;
/** Room for the address in front of a line. */
const ADDRESS_WIDTH = 44;

/** How the bytes of a blob are laid out: lines of a power of two bytes. */
export interface Shape {
  readonly columns: number;
  readonly lines: number;
  readonly lineHeight: number;
  readonly bytes: number;
}

export function shapeOf(width: number, bytes: number): Shape {
  const fit = Math.floor((width - ADDRESS_WIDTH) / BYTE_WIDTH);
  const columns = fit < 8 ? 8 : 2 ** Math.floor(Math.log2(fit));
  return { columns, lines: Math.ceil(bytes / columns), lineHeight: LINE_HEIGHT, bytes };
}

/** The byte under a point of the whole map; beyond the last one where there is none. */
export function byteAtPoint({ columns, bytes }: Shape, x: number, y: number): number {
  const column = Math.floor((x - ADDRESS_WIDTH) / BYTE_WIDTH);
  const line = Math.floor(y / LINE_HEIGHT);
  return column < 0 || column >= columns || line < 0 ? bytes : line * columns + column;
}

/** Where the cursor goes for a key; undefined when the key is none of the map's. */
export function movedFlip(
  { columns, bytes }: Shape,
  at: number,
  key: string,
  page: number,
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns },
    ...{ PageUp: -page * columns, PageDown: page * columns, Home: -at, End: bytes },
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = at + step;
  if (key.startsWith('Arrow') && (to < 0 || to >= bytes)) return at;
  return Math.max(0, Math.min(bytes - 1, to));
}

interface Picture {
  readonly shape: Shape;
  /** Part that is seen, in px of the whole map. */
  readonly top: number;
  readonly height: number;
  readonly cursor: number;
  readonly bits: number;
  readonly kindOf: (bit: number) => FlipKind | undefined;
  readonly palette: (token: string) => string;
}

const TOKENS: Readonly<Record<FlipKind, string>> = {
  refused: 'line-strong',
  unchanged: 'kernel-0',
  changed: 'kernel-1',
  hazard: 'danger',
};

/** Draws the lines that are seen; the highest bit of a byte is its leftmost bar. */
export function drawFlips(context: CanvasRenderingContext2D, picture: Picture): void {
  const { shape, top, height, cursor, palette } = picture;
  const first = Math.floor(top / LINE_HEIGHT);
  const last = Math.min(shape.lines, Math.ceil((top + height) / LINE_HEIGHT));
  context.font = '10px ui-monospace, monospace';
  context.textBaseline = 'middle';
  for (let line = first; line < last; line++) {
    const y = line * LINE_HEIGHT - top;
    context.fillStyle = palette('ink-3');
    context.fillText((line * shape.columns).toString(16).padStart(4, '0'), 8, y + LINE_HEIGHT / 2);
    for (let column = 0; column < shape.columns; column++)
      drawByte(
        context,
        picture,
        line * shape.columns + column,
        ADDRESS_WIDTH + column * BYTE_WIDTH,
        y,
      );
  }
  const x = ADDRESS_WIDTH + (cursor % shape.columns) * BYTE_WIDTH;
  const y = Math.floor(cursor / shape.columns) * LINE_HEIGHT - top;
  context.strokeStyle = palette('ink');
  context.lineWidth = 1.5;
  context.strokeRect(x - 1, y + 0.5, BYTE_WIDTH, LINE_HEIGHT - 1);
}

function drawByte(
  context: CanvasRenderingContext2D,
  { bits, kindOf, palette }: Picture,
  at: number,
  x: number,
  y: number,
): void {
  if (8 * at >= bits) return;
  for (let bit = 7; bit >= 0; bit--) {
    const kind = kindOf(8 * at + bit);
    context.fillStyle = palette(kind ? TOKENS[kind] : 'line');
    context.fillRect(x + (7 - bit) * BAR, y + (LINE_HEIGHT - BAR_HEIGHT) / 2, BAR, BAR_HEIGHT);
  }
}
