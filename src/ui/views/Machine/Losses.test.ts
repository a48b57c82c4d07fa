// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Losses from './Losses.svelte';

let page: Mounted;
afterEach(() => page.close());

it('cries out when a message is lost, once', async () => {
  page = await mounted(Losses, {});
  for (let i = 0; i < 90; i++) {
    await page.session.step();
    flushSync();
  }
  expect(page.find('[role="alert"]').textContent).toContain('is lost');
  await page.session.seek(0);
  flushSync();
  expect(page.find('[role="alert"]').textContent.trim()).toBe('');
});
