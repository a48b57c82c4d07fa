// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';
import { compileTree, mapTree } from '../../../worker/tree-reading.ts';
import { eventually } from '../../testing/eventually.ts';
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
  await eventually(() => expect(made.root.querySelector('.bytes')).not.toBeNull());
  return made;
}

it('selects the same thing in tree and bytes, and follows references by keyboard', async () => {
  test = await opened();
  const { root, session } = test;
  const view = treeViewOf(session);
  const bytes = root.querySelector<HTMLElement>('.bytes')!;
  const names = Array.from({ length: view.rows.count }, (_, row) => view.rows.nameOf(row));
  view.selectRow(names.indexOf('interrupt-parent'));
  await eventually(() =>
    expect(bytes.getAttribute('aria-label')).toContain('value interrupt-parent <1>'),
  );

  const buttons = [...root.querySelectorAll('button')];
  buttons.find(({ textContent }) => textContent === 'Tree')!.click();
  const tree = (): HTMLElement => root.querySelector<HTMLElement>('[role=tree]')!;
  await eventually(() => expect(tree()).not.toBeNull());
  const key = async (name: string, selects: string) => {
    tree().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
    await eventually(() =>
      expect(root.querySelector('[aria-selected=true]')?.textContent).toContain(selects),
    );
  };
  await key('Enter', 'pic');
  await key('Backspace', '&gic');
});

it('tells what a changed byte broke, and keeps an edit until it is taken back', async () => {
  test = await opened();
  const { root, session } = test;
  const view = treeViewOf(session);
  const before = view.bytes;
  view.editByte(0x3b, 0x0b);
  await eventually(() => {
    expect(root.textContent).toContain('It breaks the blob.');
    expect(root.textContent).toContain('FDT_ERR_BADSTRUCTURE');
    expect(view.ahead).toBe('bytes');
  });
  view.undoByte();
  await eventually(() => {
    expect(view.bytes).toEqual(before);
    expect(view.ahead).toBe('');
  });

  view.editSource('/dts-v1/;\n/ { a = <; };\n');
  await eventually(() => {
    expect(view.ahead).toBe('source');
    expect(root.textContent).toContain('Does not compile.');
  });
});

const COMMENTED = `/dts-v1/;
/ { // the root
	reg = <0x10 (1 << 4)>; /* where */
	who = "me";
};
`;

it('keeps the source when a byte of a value changes, and brings it back when it could not', async () => {
  test = await opened();
  const view = treeViewOf(test.session);
  const content = new TextEncoder().encode(COMMENTED);
  await view.open({ kind: 'opened', name: 'b.dts', content });
  const valueOf = (name: string): number => {
    const row = Array.from({ length: view.rows.count }, (_, i) => view.rows.nameOf(i)).indexOf(
      name,
    );
    return view.ranges.ofRow(row)!.from;
  };
  const reg = valueOf('reg');
  view.editByte(reg + 3, 0x20);
  await eventually(() => expect(view.text).toBe(COMMENTED.replace('0x10', '0x20')));
  expect(view.rewritten).toBe(false);
  view.editByte(reg + 7, 0x11);
  await eventually(() => expect(view.text).toContain('<0x20 0x11>; /* where */'));
  view.editByte(valueOf('who'), 'w'.charCodeAt(0));
  await eventually(() => expect(view.text).toContain('who = "we";'));

  // The name of a property is written where no patch knows how: the source is made anew.
  const strings = view.bytes.length - 8;
  expect(String.fromCharCode(...view.bytes.slice(strings))).toBe('reg\0who\0');
  view.editByte(strings, 's'.charCodeAt(0));
  await eventually(() => {
    expect(view.text).not.toContain('the root');
    expect(view.rewritten).toBe(true);
  });
  for (let left = 3; left >= 0; left--) {
    view.undoByte();
    await eventually(() => {
      expect(view.edits).toHaveLength(left);
      expect(view.reading?.blob).toEqual(view.bytes);
    });
  }
  await eventually(() => expect(view.text).toBe(COMMENTED));
  expect(view.rewritten).toBe(false);

  view.editSource(COMMENTED.replace('me"', 'me'));
  await eventually(() => expect(view.ahead).toBe('source'));
  view.editByte(reg + 3, 0x30);
  await eventually(() => expect(view.rewritten).toBe(true));
  view.undoByte();
  await eventually(() => {
    expect(view.text).toBe(COMMENTED.replace('me"', 'me'));
    expect(view.ahead).toBe('source');
  });
});
