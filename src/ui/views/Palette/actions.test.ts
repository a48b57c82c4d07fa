// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { TERM_IDS, termOf } from '../../../sim/base/glossary.ts';
import { keyMap } from '../../kit/keys.ts';
import { Selection } from '../../state/selection.svelte.ts';
import { EMPTY_FRAME } from '../../state/empty-frame.ts';
import { actionsOf, type Page } from './actions.ts';

const stops = Array.from({ length: 12 }, (_, i) => ({ title: `Part ${i}`, line: 1, items: [] }));

function pageOf(): { readonly page: Page; readonly done: string[] } {
  const done: string[] = [];
  const session = new Proxy(
    {
      ...{ frame: EMPTY_FRAME, scenario: { stops }, speed: 3, jump: undefined },
      ...{ breakpoints: { list: [{ enabled: true }] }, looking: { step: 1, of: 2 } },
    },
    {
      get: (target, name: string) =>
        name in target
          ? target[name as keyof typeof target]
          : (...args: unknown[]) => done.push([name, ...args].join(' ')),
    },
  );
  const page = {
    ...{
      session,
      selection: new Selection(),
      files: {},
      theme: { toggle: () => done.push('theme') },
    },
    panes: { tourOpen: true, palette: false },
    lessons: [{ name: 'boot', title: 'Boot a second kernel' }],
  };
  // Only what the actions touch is there.
  return { page: page as unknown as Page, done };
}

it('has every tab of the inspector, and opens that one', () => {
  const { page } = pageOf();
  const tabs = actionsOf(page).filter(({ name }) => name.startsWith('Inspector: '));
  expect(tabs.map(({ name }) => name.slice(11))).toEqual([
    ...['CPU', 'Memory', 'Messages', 'Kernel', 'Handlers', 'Instances', 'Files', 'Heap'],
    ...['Device tree', 'Hazards', 'Races', 'Breaks', 'Checks'],
  ]);
  tabs[3]!.run();
  expect(page.selection.tab).toBe('kernel');
});

it('gives every action a name of its own, and no key twice', () => {
  const actions = actionsOf(pageOf().page);
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
  expect(() => keyMap(actions)).not.toThrow();
});

it('gives who chooses each step keys that nothing else has', () => {
  const { page, done } = pageOf();
  const choices = [{ cpu: 4, pc: 3, vector: 0xea }];
  Object.assign(page.session, {
    frame: { ...EMPTY_FRAME, chosen: { made: 2, drains: [], choices } },
  });
  const map = keyMap(actionsOf(page));
  for (const key of ['G', '4', 'V', 'Z', 'W', '3']) map.get(key)?.run();
  const steps = ['choose 4 false', 'choose 4 false', 'choose 4 true'];
  expect(done).toEqual([...steps, 'undo', 'choosing false']);
});

it('ends a long way with Escape, which selects nothing otherwise', () => {
  const { page, done } = pageOf();
  const escape = () => keyMap(actionsOf(page)).get('Escape');
  expect(escape()?.name).toBe('Select nothing');
  Object.assign(page.session, { jump: { from: 0, step: 1, to: 2 } });
  escape()?.run();
  expect(done).toEqual(['pause']);
});

it('acts on the session', () => {
  const { page, done } = pageOf();
  const map = keyMap(actionsOf(page));
  for (const key of ['Space', 'ArrowRight', ']', 'Home', '3', 'D']) map.get(key)?.run();
  expect(done).toEqual(['toggle', 'step', 'setSpeed 4', 'first', 'goToStop 2', 'theme']);
});

it('runs back to a breakpoint, and gives up looking for one', () => {
  const { page, done } = pageOf();
  const map = keyMap(actionsOf(page));
  for (const key of ['Shift+Backspace', 'Backspace']) map.get(key)?.run();
  expect(done).toEqual(['runBack', 'pause']);
});

it('has digits for nine stops, and the rest by name', () => {
  const actions = actionsOf(pageOf().page);
  const stopActions = actions.filter(({ name }) => name.startsWith('Stop '));
  expect(stopActions).toHaveLength(12);
  expect(stopActions.filter(({ keys }) => keys.length === 1)).toHaveLength(9);
});

it('opens the palette and closes the tour', () => {
  const { page } = pageOf();
  const map = keyMap(actionsOf(page));
  map.get('?')?.run();
  map.get('T')?.run();
  expect([page.panes.palette, page.panes.tourOpen]).toEqual([true, false]);
});

it('has every action by which a word is shown on the page', () => {
  const { page } = pageOf();
  const explore = { kind: 'explore' };
  Object.assign(page.session, { scenario: { stops: [{ ...stops[0], items: [explore] }] } });
  const names = actionsOf(page).map(({ name }) => name);
  const wanted = TERM_IDS.map((id) => termOf(id).where).filter((where) => where !== undefined);
  for (const where of wanted) expect(names).toContain(where);
});
