import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import type { Attachment } from 'svelte/attachments';

/** Zooming along one axis: wheel and pinch, and dragging with Shift or the middle button. */
export interface ZoomX {
  /** Put it on the element once; a new one would drop the gesture under the pointer. */
  readonly attach: Attachment<HTMLElement>;
  /** How far one may zoom, the stretch (at k = 1) that can be seen, and in how many pixels. */
  limit(scale: Range, stretch: Range, width: number): void;
  /** Goes there without a gesture. */
  to(k: number, x: number): void;
  /** Zooms about a place of the element, or its middle. */
  by(factor: number, at?: number): void;
  /** Moves the picture. */
  pan(px: number): void;
}

/** Least and most, or first and last. */
type Range = readonly [number, number];
type Zoomed = D3ZoomEvent<HTMLElement, unknown>;

/** `onzoom` hears of every change; `byHand` tells gestures from {@link ZoomX.to}. */
export function zoomX(onzoom: (to: ZoomTransform, byHand: boolean) => void): ZoomX {
  let node: HTMLElement | undefined;
  let byHand = false;
  const behaviour = zoom<HTMLElement, unknown>()
    .filter((event: Event) => isZoom(event))
    .on('zoom', ({ transform, sourceEvent }: Zoomed) => {
      onzoom(transform, byHand || sourceEvent !== null);
    });
  const act = (work: (on: HTMLElement) => void, hand: boolean): void => {
    if (!node) return;
    byHand = hand;
    work(node);
    byHand = false;
  };
  return {
    attach: (element) => {
      node = element;
      const wheel = (event: WheelEvent): void => {
        const px = panOf(event);
        if (px === 0) return;
        event.preventDefault();
        act((on) => behaviour.translateBy(select(on), -px / scaleOf(on), 0), true);
      };
      element.addEventListener('wheel', wheel, { passive: false });
      select(element).call(behaviour).on('dblclick.zoom', null);
      return () => {
        element.removeEventListener('wheel', wheel);
        select(element).on('.zoom', null);
        node = undefined;
      };
    },
    limit([least, most], [first, last], width) {
      behaviour
        .scaleExtent([least, most])
        .extent([
          [0, 0],
          [width, 1],
        ])
        .translateExtent([
          [first, -Infinity],
          [last, Infinity],
        ]);
    },
    to: (k, x) =>
      act((on) => {
        // In the midst of a gesture d3 would take this for a part of it, and tell us of our own doing.
        const now = transformOf(on);
        if (now.k !== k || now.x !== x)
          behaviour.transform(select(on), zoomIdentity.translate(x, 0).scale(k));
      }, false),
    by: (factor, at) =>
      act(
        (on) => behaviour.scaleBy(select(on), factor, at === undefined ? undefined : [at, 0]),
        true,
      ),
    pan: (px) => act((on) => behaviour.translateBy(select(on), -px / scaleOf(on), 0), true),
  };
}

/** Where d3-zoom keeps the transform. */
const transformOf = (element: HTMLElement): ZoomTransform =>
  (element as HTMLElement & { __zoom?: ZoomTransform }).__zoom ?? zoomIdentity;
const scaleOf = (element: HTMLElement): number => transformOf(element).k;

/** Pixels a wheel wants to pan: sideways, or with Shift. */
function panOf({ deltaX, deltaY, shiftKey, ctrlKey }: WheelEvent): number {
  if (ctrlKey) return 0;
  if (shiftKey) return deltaY === 0 ? deltaX : deltaY;
  return Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : 0;
}

/** One finger and the plain left button are for something else. */
function isZoom(event: Event): boolean {
  if (event instanceof WheelEvent) return panOf(event) === 0;
  if (event instanceof MouseEvent)
    return event.button === 1 || (event.button === 0 && event.shiftKey);
  return 'touches' in event && (event as TouchEvent).touches.length > 1;
}
