import { describe, expect, it } from 'vitest';
import { badShares } from '../../engine/continuations.ts';
import { Explorer } from '../../engine/explorer.ts';
import { neededEntries, outcomeOf } from '../../engine/needed.ts';
import { exploreRun } from '../../scenarios/explore.ts';
import { racers } from '../../testing/racers.ts';
import { Judge } from './outcomes.ts';

const search = exploreRun(racers(2), { edges: true });
while (search.run());
const { explorer, model } = search;
const judge = new Judge(model.effectTable, search.survey.messages);
const loses = (seen: number): boolean => judge.verdict(explorer.seen.list(seen)).lost.length > 0;
const shares = badShares(explorer, loses)!;

/** Bad and all continuations of a state, counted as whole numbers. */
const counted = new Map<number, readonly [bad: bigint, all: bigint]>();
function count(state: number): readonly [bad: bigint, all: bigint] {
  const known = counted.get(state);
  if (known) return known;
  const { starts, to } = explorer.graph;
  let bad = 0n;
  let all = 0n;
  for (const next of to.subarray(starts[state], starts[state + 1])) {
    const [b, a] = count(next);
    bad += b;
    all += a;
  }
  if (all === 0n) [bad, all] = [loses(explorer.seenAt(state)) ? 1n : 0n, 1n];
  counted.set(state, [bad, all]);
  return [bad, all];
}

describe('the share of continuations that end badly', () => {
  it('is that of all paths, counted one by one', () => {
    for (let state = 0; state < explorer.states; state++) {
      const [bad, all] = count(state);
      expect(shares[state]).toBeCloseTo(Number((bad * 10n ** 15n) / all) / 1e15, 12);
      if (bad === 0n) expect(shares[state]).toBe(0);
      if (bad === all) expect(shares[state]).toBe(1);
    }
  });

  it('is 0 or 1 at the end, and shows a point of no return on the way', () => {
    const lost = explorer.outcomes.find(({ seen }) => loses(seen))!;
    const path = [lost.state];
    while (path[0]! > 0) path.unshift(explorer.parentOf(path[0]!));
    const onTheWay = path.map((state) => shares[state]!);
    expect(onTheWay[0]).toBeGreaterThan(0.5);
    expect(onTheWay[0]).toBeLessThan(1);
    expect(onTheWay.at(-1)).toBe(1);
    const noReturn = onTheWay.findIndex((share) => share === 1);
    expect(onTheWay.slice(noReturn).every((share) => share === 1)).toBe(true);
    // CPU 2 has wiped the heartbeat that nobody has read.
    expect(noReturn).toBeGreaterThan(5);
  });

  it('has no answer where an order can go on for ever', () => {
    const round = {
      ...{ width: 1, actions: 1, effects: [] as number[] },
      first: (keys: Int32Array, at: number) => void (keys[at] = 0),
      load: () => undefined,
      enabled: (out: Int32Array) => ((out[0] = 0), 1),
      step: (_: number, keys: Int32Array, from: number, out: Int32Array) =>
        void (out[0] = 1 - keys[from]!),
    };
    const endless = new Explorer(round, { edges: true });
    endless.run();
    expect(badShares(endless, () => true)).toBeNull();
  });
});

describe('an entry of a schedule', () => {
  it('plays to the outcome it was found for', () => {
    for (const { seen, state } of explorer.outcomes)
      expect(outcomeOf(model, explorer.seen, explorer.schedule(state))).toBe(seen);
  });

  it('is not needed when without it all still ends the same', () => {
    // The plainest loss: CPU 1 writes and rings, CPU 2 writes and rings, CPU 4 looks once.
    const [first] = explorer.outcomes;
    const schedule = explorer.schedule(first!.state);
    const needed = neededEntries(model, explorer.seen, schedule);
    // With a step less, a sender's ring falls behind the receiver's look: it looks once more. What the
    // receiver does is left over otherwise, and comes all the same.
    expect(search.words(schedule).map((word, i) => `${word.slice(0, 4)} ${needed[i]}`)).toEqual([
      ...Array<string>(6).fill('cpu1 true'),
      ...Array<string>(6).fill('cpu2 true'),
      ...Array<string>(9).fill('cpu4 false'),
    ]);
  });

  it('is needed where the race is: by the definition, tried one by one', () => {
    const phantom = explorer.outcomes.find(
      ({ seen }) => judge.verdict(explorer.seen.list(seen)).phantom > 0,
    )!;
    const schedule = explorer.schedule(phantom.state);
    const needed = neededEntries(model, explorer.seen, schedule);
    const names = search.words(schedule).filter((_, i) => needed[i]);
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(schedule.length);
    needed.forEach((isNeeded, i) => {
      const without = schedule.filter((_, j) => j !== i);
      expect(outcomeOf(model, explorer.seen, without) !== phantom.seen).toBe(isNeeded);
    });
  });
});
