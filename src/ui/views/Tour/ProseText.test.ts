// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { expect, it, vi } from 'vitest';
import type { Inline, Prose } from '../../../sim/scenarios/scenario.ts';
import ProseText from './ProseText.svelte';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const CONTENT: readonly Prose[] = [
  {
    kind: 'paragraph',
    content: [
      text('Two '),
      { kind: 'strong', content: [text('rings')] },
      { kind: 'code', text: '<b>0xea</b>' },
      { kind: 'link', to: 'https://example.org/', content: [text('out')] },
      { kind: 'link', to: 'messages.md', content: [text('on')] },
    ],
  },
  { kind: 'quote', content: [{ kind: 'paragraph', content: [text('quoted')] }] },
  { kind: 'list', start: 3, items: [[{ kind: 'paragraph', content: [text('third')] }]] },
  {
    kind: 'table',
    align: ['right'],
    head: [[text('head')]],
    rows: [[[text('cell')]]],
  },
];

it('makes elements of a tree, and of nothing in it HTML', async () => {
  const onlesson = vi.fn();
  const root = document.body.appendChild(document.createElement('div'));
  const view = mount(ProseText, { target: root, props: { content: CONTENT, onlesson } });
  flushSync();
  expect(root.querySelector('p')?.textContent).toBe('Two rings<b>0xea</b>outon');
  expect(root.querySelector('strong')?.textContent).toBe('rings');
  expect(root.querySelector('blockquote p')?.textContent).toBe('quoted');
  expect(root.querySelector('ol')?.getAttribute('start')).toBe('3');
  expect(root.querySelector('td')?.textContent).toBe('cell');
  expect(root.querySelector('b')).toBeNull();

  const [out, on] = root.querySelectorAll('a');
  expect(out?.rel).toBe('noopener noreferrer');
  on?.click();
  expect(onlesson).toHaveBeenCalledWith('messages');
  await unmount(view);
});
