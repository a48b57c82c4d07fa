// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Tour from './Tour.svelte';

let test: Mounted | undefined;
afterEach(() => test?.close());

it('shows where the lesson is, and says what its buttons do', async () => {
  test = await mounted(Tour, {});
  const { root, session } = test;
  expect(root.querySelector('.progress')?.textContent).toBe('Tour · 1 of 1');
  expect(root.querySelector('h2')?.textContent).toBe(session.scenario?.stops[0]?.title);
  const [back, onward] = root.querySelectorAll<HTMLButtonElement>('footer button');
  expect(back?.disabled).toBe(true);
  expect(onward?.textContent.trim()).toBe('That was all');
  expect(root.querySelector('nav [aria-current=step]')?.getAttribute('aria-label')).toContain(
    'Stop 1:',
  );
});
