import { describe, expect, it } from 'vitest';
import { playOut } from '../testing/lesson.ts';
import { ready } from '../testing/world.ts';
import { checkClaims } from './claims.ts';
import {
  DESIGNS,
  designScenario,
  SITUATIONS,
  type DesignName,
  type SituationName,
} from './designs.ts';
import { exploreScenario } from './explore-scenario.ts';
import { parseScenario } from './parse.ts';
import { Run } from './run.ts';

/** What can happen, by the exploration; each with a schedule that leads there. */
function accidents(design: DesignName, situation: SituationName, statesMax: number) {
  const scenario = parseScenario(designScenario(design, situation), 'design.md');
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
    ['ring-n3', 'dead', ['lost']],
    ['ring-n3', 'late', []],
    ['doorbell', 'two', ['refused']],
    ['doorbell', 'dead', ['lost']],
  ] as const)('%s, %s: %j and nothing else', (design, situation, met) => {
    expect(accidents(design, situation, 100_000)).toEqual({ complete: true, met });
  });

  it('finds every accident of the first ring before it has seen all of its states', () => {
    const { complete, met } = accidents('ring-n1', 'two', 200_000);
    expect(complete).toBe(false);
    expect(met).toEqual(['lost', 'torn', 'invented', 'repeated', 'refused']);
  });
});
