// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { pointer } from '../../testing/gestures.ts';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Timeline from './Timeline.svelte';

let test: Mounted | undefined;
afterEach(() => test?.close());

it('draws the lanes of a run, and goes to the moment that is pointed at', async () => {
  test = await mounted(Timeline, {});
  const { root, session, selection } = test;
  await session.seek(120);
  const plot = root.querySelector<HTMLElement>('[role=slider]')!;
  await eventually(() => {
    expect(root.querySelectorAll('.labels button')).toHaveLength(8);
    expect(root.querySelectorAll('.bar').length).toBeGreaterThan(3);
    expect(root.querySelectorAll('.arrow').length).toBeGreaterThan(1);
    expect(plot.getAttribute('aria-valuenow')).toBe('120');
  });
  plot.dispatchEvent(pointer('pointerdown', 30, 5));
  plot.dispatchEvent(pointer('pointerup', 30, 5));
  await eventually(() => {
    expect(session.frame.step).toBeLessThan(40);
    expect(Number(plot.getAttribute('aria-valuenow'))).toBe(session.frame.step);
  });

  plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  const before = session.frame.step;
  await eventually(() => expect(session.frame.step).toBe(before + 1));

  root.querySelectorAll<HTMLElement>('.labels button')[4]!.click();
  expect(selection.now).toEqual({ kind: 'cpu', cpu: 4 });
});
