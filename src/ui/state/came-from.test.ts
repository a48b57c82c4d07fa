import { expect, it, vi } from 'vitest';
import { cameFrom, keepCame } from './came-from.ts';

const store = vi.hoisted(() => new Map<string, unknown>());
vi.mock('idb-keyval', () => ({
  get: (key: string) => Promise.resolve(store.get(key)),
  set: (key: string, value: unknown) => {
    if (store.has('full')) return Promise.reject(new Error('full'));
    store.set(key, value);
    return Promise.resolve();
  },
}));

const CAME = { name: 'Two senders', record: '{}', ending: '# Ending 1' };

it('knows where the ending of that text was played from, and of no other', async () => {
  await keepCame(CAME);
  expect(await cameFrom('# Ending 1')).toEqual(CAME);
  expect(await cameFrom('# Ending 2')).toBeUndefined();
});

it.each([undefined, null, 'text', [], { ...CAME, record: 7 }, { ending: '# Ending 1' }])(
  'takes %j in the store for nothing kept',
  async (kept) => {
    store.set('came', kept);
    expect(await cameFrom('# Ending 1')).toBeUndefined();
  },
);

it('says nothing of a store that is full', async () => {
  store.clear();
  store.set('full', true);
  await keepCame(CAME);
  expect(await cameFrom('# Ending 1')).toBeUndefined();
});
