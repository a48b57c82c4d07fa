// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import { ThemeChoice } from '../../state/theme.svelte.ts';
import Transport from './Transport.svelte';

let page: Mounted;
afterEach(() => page.close());

describe('the transport', () => {
  it('steps, goes back and to both ends', async () => {
    page = await mounted(Transport, { theme: new ThemeChoice() });
    page.find('[aria-label="Step"]').click();
    await eventually(() => expect(page.session.frame.step).toBe(1));
    page.find('[aria-label="Last step"]').click();
    await eventually(() => expect(page.session.frame.step).toBe(page.session.frame.stepEnd));
    page.find('[aria-label="First step"]').click();
    await eventually(() => expect(page.session.frame.step).toBe(0));
  });

  it('plays and pauses with one button', async () => {
    page = await mounted(Transport, { theme: new ThemeChoice() });
    page.find('[aria-label="Play"]').click();
    await eventually(() => expect(page.session.frame.playing).toBe(true));
    page.find('[aria-label="Pause"]').click();
    await eventually(() => expect(page.session.frame.playing).toBe(false));
  });

  it.each(['', '-1', '1.5', 'seven', '4294967296'])('keeps its seed when told %o', async (text) => {
    page = await mounted(Transport, { theme: new ThemeChoice() });
    const { session } = page;
    vi.spyOn(session, 'reload').mockResolvedValue(false);
    const field = page.find('[aria-label="Seed"]') as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await eventually(() => expect(field.value).toBe(String(session.seed)));
  });

  it('says what its speed means', async () => {
    page = await mounted(Transport, { theme: new ThemeChoice() });
    page.session.setSpeed(0);
    flushSync();
    expect(page.find('input[type="range"]').getAttribute('aria-valuetext')).toContain('One step');
  });
});
