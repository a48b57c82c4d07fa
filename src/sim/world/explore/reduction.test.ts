import { describe, expect, it } from 'vitest';
import { exploreRun, outcomesOf, tallyOf } from '../../scenarios/explore.ts';
import { block, BOOT, lessonRun, playOut } from '../../testing/lesson.ts';
import { racers } from '../../testing/racers.ts';
import { replay } from './replay.ts';
import type { WorldExplorer, WorldOptions } from './world-explorer.ts';

const SEARCHES = new Map<string, WorldExplorer>();

/** A finished search; the same search is made once. */
function searched(senders: number, options: WorldOptions = {}): WorldExplorer {
  const key = JSON.stringify([senders, options]);
  const known = SEARCHES.get(key);
  if (known) return known;
  const search = exploreRun(racers(senders), options);
  while (search.run());
  SEARCHES.set(key, search);
  return search;
}

/** What a search found, without the schedules. */
const endings = (search: WorldExplorer): string[] =>
  outcomesOf(search)
    .map(({ schedule: _, ...outcome }) => JSON.stringify(outcome))
    .sort();

const REDUCTIONS: readonly WorldOptions[] = [
  { commutes: true },
  { renames: true },
  { commutes: true, renames: true },
];

describe.each([2, 3])('a reduced search of %d senders', (senders) => {
  const full = searched(senders);
  const expected = endings(full);

  it.each(REDUCTIONS)('finds the same outcomes in fewer states: %o', (options) => {
    const reduced = searched(senders, options);
    expect(reduced.explorer.complete).toBe(true);
    expect(reduced.explorer.states).toBeLessThan(full.explorer.states);
    expect(endings(reduced)).toEqual(expected);
    expect(tallyOf(reduced)).toEqual(tallyOf(full));
  });

  it.each(REDUCTIONS)('gives schedules that are as short, and do what they say: %o', (options) => {
    const reduced = searched(senders, options);
    const shortest = new Map(
      outcomesOf(full).map(({ effects, schedule }) => [JSON.stringify(effects), schedule.length]),
    );
    const { explorer, model } = reduced;
    for (const { seen, schedule } of explorer.ways().filter((_, i) => i % 397 === 0)) {
      const effects = explorer.seen.list(seen);
      const text = JSON.stringify(effects.map((effect) => model.effectTable.describe(effect)));
      expect(schedule).toHaveLength(shortest.get(text)!);
      const key = new Int32Array(model.width);
      const shown: number[] = [];
      replay(reduced, []);
      model.first(key, 0);
      for (const action of schedule) {
        model.step(action, key.slice(), 0, key);
        shown.push(...model.effects);
      }
      expect(shown).toEqual(effects);
    }
  });
});

describe('three senders', () => {
  it('need a fifth of the states or less with both reductions', () => {
    const { states } = searched(3).explorer;
    const reduced = searched(3, { commutes: true, renames: true }).explorer;
    expect(reduced.states).toBeLessThanOrEqual(states / 5);
  });
});

describe('other designs', () => {
  const search = (profile: string, options: WorldOptions): WorldExplorer => {
    const sends = ['heartbeat 0xa1a1a1a1 --cpu 1', 'shutdown 0xb2b2b2b2 --cpu 2'];
    const text =
      `---\ntitle: T\nprofile: ${profile}\n---\n${BOOT('system')}` +
      block('console host', ...sends.map((send) => `mk send web system ${send} --hold`));
    const found = exploreRun(playOut(lessonRun(text, { trace: false })), options);
    while (found.run());
    expect(found.explorer.complete).toBe(true);
    return found;
  };

  it.each(['rfc-v1', 'ring-n1', 'ring-n3'])(
    '%s has the same outcomes in every way, though entries of a ring are not always the same',
    (profile) => {
      const expected = tallyOf(search(profile, {}));
      expect(expected.outcomes).toBeGreaterThan(1);
      for (const options of REDUCTIONS) expect(tallyOf(search(profile, options))).toEqual(expected);
    },
  );
});

describe('senders that are not alike', () => {
  const search = (first: string, second: string, options: WorldOptions): WorldExplorer => {
    const sends = [`mk send web ${first} --cpu 1 --hold`, `mk send web ${second} --cpu 2 --hold`];
    const text = BOOT('system', 'io') + block('console host', ...sends);
    const found = exploreRun(playOut(lessonRun(text, { trace: false })), options);
    while (found.run());
    return found;
  };

  it.each([
    ['system heartbeat 0xa1', 'system shutdown 0xb2b2', 'another length'],
    ['system heartbeat 0xa1', 'io irq-forward 0xb2', 'another type'],
    ['system heartbeat 0xa1000000', 'system shutdown 0x00000000', 'a word that is zero'],
    ['system heartbeat 0xa1', 'system heartbeat 0xa1', 'no difference at all'],
    ['system heartbeat', 'system shutdown', 'no payload'],
  ])('%s and %s (%s) have the same outcomes in every way', (first, second) => {
    const expected = endings(search(first, second, {}));
    for (const options of REDUCTIONS)
      expect(endings(search(first, second, options))).toEqual(expected);
  });
});
