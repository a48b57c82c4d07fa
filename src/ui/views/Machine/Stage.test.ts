// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Stage from './Stage.svelte';

let page: Mounted;
afterEach(() => page.close());

describe('the stage', () => {
  it('has a button for each CPU that says what it does', async () => {
    page = await mounted(Stage, {});
    expect(page.root.querySelectorAll('[data-cpu]')).toHaveLength(8);
    expect(page.find('[data-testid="cpu-4"]').getAttribute('aria-label')).toBe('CPU 4, host, idle');
  });

  it('selects the CPU that is pressed, and walks with the arrow keys', async () => {
    page = await mounted(Stage, {});
    page.find('[data-testid="cpu-0"]').click();
    expect(page.selection.now).toEqual({ kind: 'cpu', cpu: 0 });
    const key = new KeyboardEvent('keydown', {
      key: 'ArrowRight',
      bubbles: true,
      cancelable: true,
    });
    page.find('[data-testid="cpu-0"]').dispatchEvent(key);
    expect(page.selection.now).toEqual({ kind: 'cpu', cpu: 1 });
    flushSync();
    expect(page.find('[data-testid="cpu-1"]').tabIndex).toBe(0);
    expect(page.find('[data-testid="cpu-0"]').tabIndex).toBe(-1);
  });

  it('moves tiles to the kernel that owns them, and says which interrupts wait', async () => {
    page = await mounted(Stage, {});
    await page.session.seek(64);
    flushSync();
    const name = page.find('[data-testid="cpu-4"]').getAttribute('aria-label');
    expect(name).toContain('CPU 4, web-server');
    expect(name).toContain('0xea pending');
  });

  it('shows 1,024 CPUs', async () => {
    page = await mounted(Stage, {}, 1024);
    expect(page.root.querySelectorAll('[data-cpu]')).toHaveLength(1024);
  });
});
