// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { mounted, type Mounted } from '../testing/mounted.ts';
import Panels from './Panels.svelte';

let test: Mounted | undefined;
afterEach(() => test?.close());

it('shows a CPU, and the bytes of what is selected', async () => {
  test = await mounted(Panels, {});
  const { root, selection, session } = test;
  await session.seek(60);
  selection.select({ kind: 'cpu', cpu: 4 });
  await eventually(() => {
    expect(root.querySelector('select')?.value).toBe('4');
    expect(root.querySelectorAll('table')).toHaveLength(6);
  });
  expect(root.querySelector('[aria-label^="IRR"]')).not.toBeNull();

  selection.select({ kind: 'memory', addr: 0x1000, bytes: 16 });
  const hex = (): HTMLElement => root.querySelector<HTMLElement>('.hex')!;
  await eventually(() => {
    expect(root.querySelector('[role=tab][aria-selected=true]')?.textContent).toBe('Memory');
    expect(hex().getAttribute('aria-label')).toContain('0x1000');
  });
  hex().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  await eventually(() => expect(hex().getAttribute('aria-label')).toContain('0x1001'));

  const input = root.querySelector('input')!;
  input.value = 'banana';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  root
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await eventually(() =>
    expect(root.querySelector('[role=alert]')?.textContent).toContain('“banana” is no address'),
  );
});
