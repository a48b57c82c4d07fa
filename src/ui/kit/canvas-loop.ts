import type { Attachment } from 'svelte/attachments';

/** Draws one picture; true while the next one will differ. */
type Draw = (
  context: CanvasRenderingContext2D,
  palette: (token: string) => string,
  now: number,
) => boolean;

/** A canvas that is redrawn on every animation frame while something moves, and else not at all. */
export interface CanvasLoop {
  readonly attach: Attachment<HTMLCanvasElement>;
  /** Something has changed: draw again. */
  readonly wake: () => void;
}

/** Makes a loop for one canvas. Colours are design tokens, read again when the theme changes. */
export function canvasLoop(draw: Draw): CanvasLoop {
  let canvas: HTMLCanvasElement | undefined;
  let asked = 0;
  let theme: string | undefined;
  let size = { width: 0, height: 0 };
  const colours = new Map<string, string>();

  const palette = (token: string): string => {
    let colour = colours.get(token);
    if (colour === undefined) {
      colour = getComputedStyle(document.documentElement).getPropertyValue(`--${token}`);
      colours.set(token, colour);
    }
    return colour;
  };
  const frame = (now: number): void => {
    asked = 0;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    if (theme !== document.documentElement.dataset.theme) colours.clear();
    theme = document.documentElement.dataset.theme;
    const ratio = window.devicePixelRatio;
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    if (draw(context, palette, now)) wake();
  };
  const wake = (): void => {
    if (asked === 0 && canvas) asked = requestAnimationFrame(frame);
  };

  return {
    wake,
    attach: (node) => {
      canvas = node;
      const observer = new ResizeObserver(([entry]) => {
        if (entry) size = entry.contentRect;
        wake();
      });
      observer.observe(node);
      return () => {
        observer.disconnect();
        cancelAnimationFrame(asked);
        canvas = undefined;
        asked = 0;
      };
    },
  };
}
