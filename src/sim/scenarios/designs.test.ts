import { describe, expect, it } from 'vitest';
import { playOut } from '../testing/lesson.ts';
import { ready } from '../testing/world.ts';
import { checkClaims } from './claims.ts';
import {
  DESIGNS,
  designScenario,
  type DesignChange,
  SITUATIONS,
  type DesignName,
  type SituationName,
} from './designs.ts';
import type { DesignSwitch } from '../kernel/system.ts';
import { exploreRun, tallyOf } from './explore.ts';
import { exploreScenario } from './explore-scenario.ts';
import { parseScenario } from './parse.ts';
import { Run } from './run.ts';

/** What can happen, by the exploration; each with a schedule that leads there. */
function accidents(
  design: DesignName,
  situation: SituationName,
  statesMax: number,
  change: DesignChange = {},
) {
  const scenario = parseScenario(designScenario(design, situation, change), 'design.md');
  checkClaims(scenario);
  const items = scenario.stops.flatMap((stop) => stop.items);
  const block = items.find((item) => item.kind === 'explore')!;
  const run = playOut(ready(new Run(scenario, { trace: false })));
  const wish = {
    statesMax,
    isReduced: false,
    withOutcomes: false,
    withShares: false,
    now: () => 0,
  };
  const { complete, properties } = exploreScenario(run, block, wish);
  const met = properties.filter(({ holds }) => holds);
  for (const { schedule } of met) expect(schedule?.length).toBeGreaterThan(0);
  return { complete, met: met.map(({ name }) => name) };
}

describe('a design in a situation', () => {
  it.each(DESIGNS.flatMap(({ profile }) => SITUATIONS.map(({ name }) => [profile, name] as const)))(
    '%s, %s, is a scenario',
    (design, situation) => {
      const scenario = parseScenario(designScenario(design, situation), 'design.md');
      expect(() => checkClaims(scenario)).not.toThrow();
      expect(scenario.profile).toBe(design);
    },
  );

  // Facts 08: V1 and V2 of the first posting; R1 to R6 of the first ring; T1 and R6 of the later one.
  it.each([
    ['rfc-v1', 'two', ['lost', 'torn', 'repeated']],
    ['rfc-v1', 'dead', ['lost', 'torn']],
    ['rfc-v1', 'late', ['lost']],
    ['rfc-v2', 'two', ['lost', 'torn', 'invented', 'repeated']],
    ['rfc-v2', 'dead', ['lost', 'torn', 'invented']],
    ['rfc-v2', 'late', ['lost']],
    ['ring-n3', 'two', ['refused']],
    ['ring-n3', 'dead', ['stuck']],
    ['ring-n3', 'late', []],
    ['doorbell', 'two', ['refused']],
    ['doorbell', 'dead', ['stuck']],
    ['rfc-v1', 'full', ['lost', 'torn', 'repeated']],
    ['rfc-v2', 'full', ['lost', 'torn', 'invented', 'repeated']],
    ['ring-n3', 'full', ['told']],
    ['doorbell', 'full', ['told']],
  ] as const)('%s, %s: %j and nothing else', (design, situation, met) => {
    expect(accidents(design, situation, 100_000)).toEqual({ complete: true, met });
  });

  it('finds every accident of the first ring before it has seen all of its states', () => {
    const { complete, met } = accidents('ring-n1', 'two', 100_000);
    expect(complete).toBe(false);
    expect(met).toEqual(['lost', 'torn', 'invented', 'repeated', 'refused']);
  });

  const on = (...names: readonly DesignSwitch[]): DesignChange => ({
    parts: Object.fromEntries(names.map((name) => [name, true])),
  });
  const off = (name: DesignSwitch): DesignChange => ({ parts: { [name]: false } });
  const tso = { ordering: 'tso' } as const;

  it.each([
    // A lock for senders: no two write at once, but what nobody has read yet is written over; whoever
    // dies takes the lock along.
    ['rfc-v2', 'two', on('sender-lock'), ['lost', 'torn', 'invented', 'repeated']],
    ['ring-n3', 'two', on('sender-lock'), []],
    ['ring-n3', 'dead', on('sender-lock'), ['stuck']],
    ['rfc-v2', 'dead', on('sender-lock'), ['lost', 'torn', 'invented', 'stuck']],
    // The size first: its message is handled before it is there (R3 of the first ring).
    ['ring-n3', 'two', off('publish-last'), ['lost', 'invented', 'refused']],
    // One message an interrupt: of two that became one, the second message waits.
    ['ring-n3', 'late', off('drain-loop'), ['stuck']],
    // Store buffers: an IPI overtakes what it speaks of (T8), unless there is a barrier.
    ['ring-n3', 'two', tso, ['stuck', 'refused']],
    ['ring-n3', 'two', { ...tso, ...on('icr-fence') }, ['refused']],
    ['rfc-v2', 'two', tso, ['lost', 'torn', 'invented', 'repeated']],
    ['doorbell', 'two', { ...tso, ...on('icr-fence', 'sender-lock') }, []],
  ] as const)('%s, %s, with %j: %j and nothing else', (design, situation, change, met) => {
    expect(accidents(design, situation, 200_000, change)).toEqual({ complete: true, met });
  });

  it('without a barrier that store buffers need loses more in more ways', () => {
    const ways = (change: DesignChange): number => {
      const text = designScenario('rfc-v2', 'two', change);
      const search = exploreRun(
        playOut(ready(new Run(parseScenario(text, 'd.md'), { trace: false }))),
      );
      while (search.run());
      return tallyOf(search).outcomes;
    };
    const [fenced, bare] = [ways(tso), ways({ ...tso, ...off('icr-fence') })];
    expect([fenced, bare]).toEqual([62, 979]);
    // Without buffers the barrier makes no difference.
    expect(ways(off('icr-fence'))).toBe(62);
  });
});
