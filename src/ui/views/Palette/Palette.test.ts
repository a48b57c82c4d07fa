// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { Action } from '../../kit/keys.ts';
import Palette from './Palette.svelte';

it('finds an action by its name and does it', async () => {
  HTMLDialogElement.prototype.showModal = () => undefined;
  const run = vi.fn();
  const onclose = vi.fn();
  const action = (name: string, keys: readonly string[], group: Action['group']): Action => ({
    ...{ id: name, name, group, keys, run },
  });
  const actions = [action('Play or pause', ['Space'], 'Time'), action('Stage', ['S'], 'Go to')];
  const view = mount(Palette, { target: document.body, props: { actions, onclose } });
  flushSync();
  expect([...document.querySelectorAll('.group')].map((one) => one.textContent)).toEqual([
    ...['Time', 'Go to'],
  ]);

  const input = document.querySelector('input')!;
  input.value = 'stage';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  expect(document.querySelectorAll('[role=option]')).toHaveLength(1);
  expect(document.querySelector('kbd b')?.textContent).toBe('S');

  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(onclose).toHaveBeenCalledOnce();
  expect(run).toHaveBeenCalledOnce();
  await unmount(view);
});
