// jsdom has no pointers to capture.
HTMLElement.prototype.setPointerCapture = () => undefined;

/** A press of the pointer, or the end of it, as jsdom knows it. */
export const pointer = (type: string, clientX: number, clientY: number): Event =>
  Object.assign(new MouseEvent(type, { bubbles: true, button: 0, clientX, clientY }), {
    ...{ isPrimary: true, pointerId: 1, pointerType: 'mouse' },
  });
