// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { zoomX } from './zoom.ts';

it('does not take what it is told in the midst of a gesture for a part of it', () => {
  const element = document.createElement('div');
  Object.defineProperty(element, 'clientWidth', { value: 400 });
  let heard = 0;
  const zoom = zoomX((to, byHand) => {
    if (!byHand) return;
    heard++;
    // Whoever shows the picture tells at once where it is now.
    if (heard < 50) zoom.to(to.k, to.x);
  });
  const drop = zoom.attach(element);
  zoom.limit([0.5, 100], [0, 400], 400);
  element.dispatchEvent(new WheelEvent('wheel', { deltaY: -50, cancelable: true }));
  expect(heard).toBe(1);
  if (drop) drop();
});
