// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Memory from './Memory.svelte';

let page: Mounted;
afterEach(() => page.close());

describe('memory', () => {
  it('shows who owns what, and selects what is pressed', async () => {
    page = await mounted(Memory, {});
    const area = page.find('[aria-label^="IPI area"]');
    area.click();
    expect(page.selection.now).toEqual({ kind: 'region', start: 2 ** 31 });
  });

  it('opens an area into slots and a slot into named bytes', async () => {
    page = await mounted(Memory, {});
    await page.session.seek(70);
    flushSync();
    page.find('[data-testid="slot-4"]').click();
    flushSync();
    expect(page.selection.now).toEqual({ kind: 'slot', instance: 'web-server', slot: 4 });
    expect(page.find('[aria-label="Bytes of slot 4 of web-server"]').textContent).toContain(
      'sender_cpu',
    );
  });
});
