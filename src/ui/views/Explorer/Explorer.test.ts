// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import type { ExploreAsk, ExploreTell } from '../../../worker/explore-protocol.ts';
import { mounted, type Mounted } from '../../testing/mounted.ts';
import Explorer from './Explorer.svelte';

// The test's browser knows no dialogs, and scrolls nothing.
Element.prototype.scrollIntoView = () => undefined;
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
let test: Mounted | undefined;
afterEach(() => test?.close());

const PROGRESS = {
  ...{ states: 1509, expanded: 1509, transitions: 2044, outcomes: 2 },
  ...{ bytes: 4096, seconds: 0.1, workers: 1 },
};
const EXPLORED: ExploreTell = {
  kind: 'explored',
  explored: {
    ...{ progress: PROGRESS, complete: true, stopped: null },
    tally: { outcomes: 2, lose: 1, tear: 0, invent: 0, repeat: 0 },
    properties: [{ name: 'both arrive', kind: 'sometimes', holds: true, schedule: [] }],
    builtIns: [{ name: 'a hang', kind: 'never', holds: false, schedule: ['cpu1 S6'] }],
    effects: [{ t: 'cb', type: 0x3000, subtype: 0x3001, payload: 'a1' }],
    outcomes: [
      { effects: [0], lost: [], torn: [], phantom: 0, duplicated: [], steps: 21 },
      { effects: [], lost: [0x3001], torn: [], phantom: 0, duplicated: [], steps: 12 },
    ],
  },
};

/** An explorer whose worker is this test. */
async function opened() {
  const asked: ExploreAsk[] = [];
  let hear: (event: { readonly data: unknown }) => void = () => undefined;
  let closed = 0;
  const worker = {
    port: {
      postMessage: (message: unknown) => void asked.push(message as ExploreAsk),
      addEventListener: (_: 'message', listener: typeof hear) => void (hear = listener),
    },
    onend: () => undefined,
    close: () => {
      closed++;
    },
  };
  test = await mounted(Explorer, { onclose: () => undefined, hire: () => worker });
  const tell = (what: ExploreTell): void => {
    hear({ data: what });
    flushSync();
  };
  const press = (name: string): void => {
    const button = [...test!.root.querySelectorAll('button')].find(
      ({ textContent }) => textContent.trim() === name,
    );
    if (!button) throw new Error(`there is no button ${name}`);
    button.click();
    flushSync();
  };
  return { page: test, asked, tell, press, closings: () => closed };
}

it('asks for the lesson that is open, and shows how far the search is', async () => {
  const { asked, tell, page } = await opened();
  expect(asked[0]).toMatchObject({ kind: 'begin', seed: 42, profile: 'rfc-v2' });
  tell({ kind: 'progress', progress: PROGRESS });
  expect(page.find('[data-testid=states]').textContent).toBe('1,509');
  expect(page.find('[role=status]').textContent).toBe('Trying every order …');
});

it('can be paused, and cancelled', async () => {
  const { asked, press, page, closings } = await opened();
  press('Pause');
  expect(page.find('[role=status]').textContent).toBe('Paused.');
  press('Go on');
  expect(asked.map(({ kind }) => kind)).toEqual(['begin', 'pause', 'resume']);
  press('Cancel');
  expect([page.find('[role=status]').textContent, closings()]).toEqual(['Cancelled.', 1]);
  press('Start again');
  expect(asked.at(-1)?.kind).toBe('begin');
});

it('lists endings, and shows the order of the one that is chosen', async () => {
  const { asked, tell, press, page } = await opened();
  tell(EXPLORED);
  expect(page.root.querySelectorAll('tbody tr')).toHaveLength(2);
  expect(page.find('[aria-label="The search"]').textContent).toContain('sometimes both arrive');
  press('A message is lost 1');
  expect(page.root.querySelectorAll('tbody tr')).toHaveLength(1);
  press('2');
  expect(asked.at(-1)).toEqual({ kind: 'detail', outcome: 1 });
  tell({
    ...{ kind: 'detail', outcome: 1, share: 0.5 },
    entries: [
      { word: 'cpu1 S6', text: 'clears the slot', needed: true, share: 0.5 },
      { word: 'cpu2 S6', text: 'clears the slot', needed: false, share: 1 },
    ],
  });
  const order = page.find('[aria-label="The order"]');
  expect(order.querySelector('h3')?.textContent).toBe('Ending 2: lost 0x3001');
  const [first, second] = order.querySelectorAll('li');
  expect(first?.textContent).toContain('needed');
  expect(second?.textContent).toContain('From here on nothing can save it.');
});

it('says why it cannot go on', async () => {
  const { tell, page } = await opened();
  tell({ kind: 'failure', failure: { kind: 'refused', why: 'there is nothing to explore' } });
  expect(page.find('[role=status]').textContent).toBe('there is nothing to explore');
});
