import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import type { Run } from '../scenarios/run.ts';
import { INSTANCE_HAZARDS } from '../testing/instance-hazards.ts';
import { MAILBOX_HAZARDS } from '../testing/mailbox-hazards.ts';
import { MESSAGE_HAZARDS } from '../testing/message-hazards.ts';
import { rowsOf } from '../testing/world.ts';
import { HAZARDS, hazardsOf, type HazardName } from './hazards.ts';
import { sendIpiData } from './ipi.ts';

/** A hazard without a case does not compile. */
const CASES: Readonly<Record<HazardName, () => Run>> = {
  ...MESSAGE_HAZARDS,
  ...INSTANCE_HAZARDS,
  ...MAILBOX_HAZARDS,
};

describe('hazards', () => {
  it.each(HAZARDS.map((each) => [each.key, each.facts.join(' '), each] as const))(
    '%s (%s) is reported where it happens',
    (key, _facts, { id }) => {
      const run = CASES[key]();
      expect(run.answers.hazard(key)).toBeGreaterThan(0);
      expect(run.answers.hazards()).toBeGreaterThanOrEqual(run.answers.hazard(key)!);
      expect(rowsOf(run, ROW.hazard).some(({ b }) => b === id)).toBe(true);
    },
  );

  it('are found by their keys and by the ids of the specification', () => {
    expect(hazardsOf('H2').map(({ key }) => key)).toEqual(['slotOverwritten']);
    expect(hazardsOf('hang').map(({ facts }) => facts)).toEqual([['H19c', 'T9']]);
    expect(hazardsOf('H6').length).toBe(3);
    expect(hazardsOf('nothing')).toEqual([]);
    expect(sendIpiData.steps.map(({ id }) => id)).toContain('S6');
  });
});
