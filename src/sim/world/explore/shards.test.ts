import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../engine/needed.ts';
import { Shard, type ShardState } from '../../engine/shard.ts';
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
      [...ends.keys()].map((end) => seen.list(end)),
    ),
  );
  const sum = (field: 'outcomes' | 'lose' | 'tear' | 'invent' | 'repeat'): number =>
    tallies.reduce((all, tally) => all + tally[field], 0);
  return {
    ...{ states: total(), each: shards.map(({ states }) => states), isDone: isDone() },
    transitions: shards.reduce((all, { transitions }) => all + transitions, 0),
    shards,
    counts: [sum('outcomes'), sum('lose'), sum('tear'), sum('invent'), sum('repeat')],
  };
}

describe('searches that share the states', () => {
  it.each([1, 2, 3])('%d of them find what one finds, nothing twice', (of) => {
    const found = sharedSearch(2, of);
    expect(found).toMatchObject({ states: 1509, transitions: 2044, isDone: true });
    expect(found.counts).toEqual([62, 50, 14, 8, 12]);
  });

  it('know together a shortest way to every ending, the same length as one alone', () => {
    const alone = exploreRun(racers(2));
    while (alone.run());
    const { shards } = sharedSearch(2, 3);
    const wayTo = (end: ShardState): number[] => {
      const { actions, before } = shards[end.shard]!.trace(end.state);
      return before ? [...wayTo(before), ...actions] : [...actions];
    };
    const ends = shards.flatMap((shard) => [...shard.ends.values()]);
    const found = ends.map((end) => {
      const way = wayTo(end);
      expect(way).toHaveLength(end.depth);
      const ending = outcomeOf(alone.model, alone.explorer.seen, way);
      return `${ending} ${way.length}`;
    });
    const { explorer } = alone;
    const known = explorer.outcomes.map(
      ({ seen, state }) => `${seen} ${explorer.schedule(state).length}`,
    );
    expect(found.sort()).toEqual(known.sort());
  });

  it('go on in slices, and find the same', () => {
    const search = exploreRun(racers(2));
    const shard = new Shard(search.model, 0, 1);
    let slices = 0;
    for (let isNew = true; shard.states > shard.expanded; isNew = shard.isRoundOver, slices++)
      shard.expand(Infinity, 7, isNew);
    expect([shard.states, shard.transitions, shard.ends.size]).toEqual([1509, 2044, 62]);
    expect(slices).toBeGreaterThan(200);
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
