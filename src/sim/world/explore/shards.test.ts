import { describe, expect, it } from 'vitest';
import { Shard } from '../../engine/shard.ts';
import { exploreRun, tallyEnds } from '../../scenarios/explore.ts';
import { racers } from '../../testing/racers.ts';

/** Several searches of equal worlds that share the states, each with a world of its own. */
function sharedSearch(senders: number, of: number, statesMax = Infinity) {
  const searches = Array.from({ length: of }, () => exploreRun(racers(senders)));
  const shards = searches.map(({ model }, me) => new Shard(model, me, of));
  const isDone = (): boolean => shards.every(({ states, expanded }) => states === expanded);
  const total = (): number => shards.reduce((sum, { states }) => sum + states, 0);
  while (!isDone() && total() < statesMax) {
    const packed = shards.map((shard) => shard.expand(statesMax / of));
    shards.forEach((shard, me) => {
      packed.forEach((parcels, from) => {
        if (from !== me) shard.receive(from, parcels[me]!);
      });
    });
  }
  const tallies = shards.map(({ ends, seen }, i) =>
    tallyEnds(
      searches[i]!,
      [...ends].map((end) => seen.list(end)),
    ),
  );
  const sum = (field: 'outcomes' | 'lose' | 'tear' | 'invent' | 'repeat'): number =>
    tallies.reduce((all, tally) => all + tally[field], 0);
  return {
    ...{ states: total(), each: shards.map(({ states }) => states), isDone: isDone() },
    transitions: shards.reduce((all, { transitions }) => all + transitions, 0),
    counts: [sum('outcomes'), sum('lose'), sum('tear'), sum('invent'), sum('repeat')],
  };
}

describe('searches that share the states', () => {
  it.each([1, 2, 3])('%d of them find what one finds, nothing twice', (of) => {
    const found = sharedSearch(2, of);
    expect(found).toMatchObject({ states: 1509, transitions: 2044, isDone: true });
    expect(found.counts).toEqual([62, 50, 14, 8, 12]);
  });

  it('each has about its share', () => {
    const { states, each, counts } = sharedSearch(3, 2);
    expect(states).toBe(197_745);
    expect(counts).toEqual([7149, 6939, 3450, 1479, 1701]);
    for (const own of each) expect(Math.abs(own - states / 2)).toBeLessThan(states / 50);
  });

  it('stop at the limit of states', () => {
    const { states, isDone } = sharedSearch(3, 2, 5000);
    expect(isDone).toBe(false);
    expect(states).toBeGreaterThanOrEqual(5000);
    expect(states).toBeLessThan(10_000);
  });
});
