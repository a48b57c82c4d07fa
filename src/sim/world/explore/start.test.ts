import { expect, it } from 'vitest';
import { exploreRun, tallyOf } from '../../scenarios/explore.ts';
import { designScenario } from '../../scenarios/designs.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { Run } from '../../scenarios/run.ts';
import { playOut } from '../../testing/lesson.ts';
import { ready } from '../../testing/world.ts';

it.each(['rfc-v1', 'rfc-v2', 'ring-n1', 'ring-n3'] as const)(
  'knows what is sent, whichever mailbox carries it: %s',
  (design) => {
    const scenario = parseScenario(designScenario(design, 'two'), 'design.md');
    const { survey } = exploreRun(playOut(ready(new Run(scenario, { trace: false }))));
    expect(survey.messages).toEqual([
      { cpu: 1, type: 0x3000, subtype: 0x3001, payload: 'a1a1a1a1' },
      { cpu: 2, type: 0x3000, subtype: 0x3002, payload: 'b2b2b2b2' },
    ]);
  },
);

it('counts what the first posting loses as the explorer of the facts does', () => {
  const scenario = parseScenario(designScenario('rfc-v1', 'two'), 'design.md');
  const search = exploreRun(playOut(ready(new Run(scenario, { trace: false }))));
  while (search.run());
  const { lose, tear, invent, repeat } = tallyOf(search);
  expect(lose).toBeGreaterThan(0);
  expect(tear).toBeGreaterThan(0);
  expect(repeat).toBeGreaterThan(0);
  // It never clears a slot, so there is nothing to make a message out of.
  expect(invent).toBe(0);
});
