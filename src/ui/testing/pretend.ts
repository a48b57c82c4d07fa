/* What jsdom has not: sizes, pictures, motion, and somebody to ask for the theme. */
const nothing = (): undefined => undefined;

globalThis.ResizeObserver = class {
  readonly observe = nothing;
  readonly unobserve = nothing;
  readonly disconnect = nothing;
};
globalThis.matchMedia = (media) =>
  ({
    ...{ media, matches: false },
    ...{ addEventListener: nothing, removeEventListener: nothing },
  }) as unknown as MediaQueryList;
for (const [side, size] of [
  ['clientWidth', 800],
  ['clientHeight', 500],
] as const)
  Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => size });
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.animate = () =>
  ({ finished: Promise.resolve(), cancel: nothing }) as unknown as Animation;
