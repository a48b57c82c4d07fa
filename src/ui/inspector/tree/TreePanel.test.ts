// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { compileTree, mapTree } from '../../../worker/tree-reading.ts';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import TreePanel from './TreePanel.svelte';
import { treeViewOf } from './tree-view.svelte.ts';

// The editor measures its text; jsdom lays nothing out.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();

let test: Mounted | undefined;
afterEach(() => test?.close());

const SOURCE =
  '/dts-v1/;\n/ { gic: pic { phandle = <1>; }; dev { interrupt-parent = <&gic>; }; };\n';

/** Lets answers come in, and the page follow. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    flushSync();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  flushSync();
}

async function opened(): Promise<Mounted> {
  const made = await mounted(TreePanel, { shown: true, large: false });
  const { session } = made;
  vi.spyOn(session, 'ask').mockImplementation((call, ask) => {
    const asked = ask as { text: string; bytes: Uint8Array };
    const answer =
      call === 'compileTree'
        ? compileTree(asked.text, 'a.dts', () => undefined)
        : call === 'mapTree'
          ? mapTree(asked.bytes, 'a.dtb')
          : [];
    return Promise.resolve(answer as never);
  });
  const content = new TextEncoder().encode(SOURCE);
  await treeViewOf(session).open({ kind: 'opened', name: 'a.dts', content });
  await settle();
  return made;
}

it('selects the same thing in tree and bytes, and follows references by keyboard', async () => {
  test = await opened();
  const { root, session } = test;
  const view = treeViewOf(session);
  const bytes = root.querySelector<HTMLElement>('.bytes')!;
  const names = Array.from({ length: view.rows.count }, (_, row) => view.rows.nameOf(row));
  view.selectRow(names.indexOf('interrupt-parent'));
  await settle();
  expect(bytes.getAttribute('aria-label')).toContain('value interrupt-parent <1>');

  const buttons = [...root.querySelectorAll('button')];
  buttons.find(({ textContent }) => textContent === 'Tree')!.click();
  await settle();
  const tree = root.querySelector<HTMLElement>('[role=tree]')!;
  const key = async (name: string) => {
    tree.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
    await settle();
  };
  await key('Enter');
  expect(root.querySelector('[aria-selected=true]')?.textContent).toContain('pic');
  await key('Backspace');
  expect(root.querySelector('[aria-selected=true]')?.textContent).toContain('&gic');
});

it('tells what a changed byte broke, and keeps an edit until it is taken back', async () => {
  test = await opened();
  const { root, session } = test;
  const view = treeViewOf(session);
  const before = view.bytes;
  view.editByte(0x3b, 0x0b);
  await settle();
  expect(root.textContent).toContain('It breaks the blob.');
  expect(root.textContent).toContain('FDT_ERR_BADSTRUCTURE');
  expect(view.ahead).toBe('bytes');
  view.undoByte();
  await settle();
  expect(view.bytes).toEqual(before);
  expect(view.ahead).toBe('');

  view.editSource('/dts-v1/;\n/ { a = <; };\n');
  await new Promise((resolve) => setTimeout(resolve, 120));
  await settle();
  expect(view.ahead).toBe('source');
  expect(root.textContent).toContain('Does not compile.');
});
