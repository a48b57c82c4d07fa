import type { Attachment } from 'svelte/attachments';

/** Draws on a canvas in CSS pixels, sharp on every screen. Runs again when what it reads changes. */
export function drawing(
  size: { readonly width: number; readonly height: number },
  draw: (context: CanvasRenderingContext2D) => void,
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    if (size.width <= 0 || size.height <= 0) return;
    const ratio = devicePixelRatio;
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    draw(context);
  };
}
