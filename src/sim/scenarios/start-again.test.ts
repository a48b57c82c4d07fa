import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ready } from '../testing/world.ts';
import { parseScenario } from './parse.ts';
import { Run } from './run.ts';
import type { RunOptions } from './run-parts.ts';
import { startAgain } from './start-again.ts';

const TEXT = readFileSync(
  new URL('../../../public/scenarios/lost-message.md', import.meta.url),
  'utf8',
);
const SCENARIO = parseScenario(TEXT, 'lost-message.md');
const start = (options: Partial<RunOptions> = {}): Run =>
  ready(new Run(SCENARIO, { trace: true, ...options }));
const finish = (run: Run): Run => {
  while (run.advance({ through: true }) !== 'ended');
  return run;
};

describe('a run that is started again', () => {
  it('with the same model is the same, to the last byte', () => {
    const before = finish(start());
    const run = start();
    expect(startAgain(before, run)).toEqual({ parting: undefined, why: '' });
    expect(run.hash()).toBe(before.hash());
  });

  it('with another mailbox says what the two do first that is not the same', () => {
    const before = finish(start());
    const run = start({ profile: 'ring-n3' });
    const { parting, why } = startAgain(before, run);
    expect(parting?.now).toContain('writes 263696 bytes');
    expect(parting?.step).toBe(0); // the host takes its ring when it starts
    // Nothing is lost on this ring, and the lesson's schedule waits for an interrupt in vain.
    expect([why, run.answers.stats().lost]).toEqual([why, 0]);
  });

  it('with a piece of glue less parts where that piece did something', () => {
    const before = finish(start());
    const run = start({ glue: { 'ipi-area': false } });
    const { parting } = startAgain(before, run);
    expect(parting?.before).toContain('mk_instance_ipi_create');
    expect(parting?.step).toBeGreaterThan(10);
    expect(run.answers.stats().sent).toBe(0);
  });

  it('goes to the stop the other is at, and types what was typed there', () => {
    const before = start();
    before.goToStop(2);
    before.type('host', 'mk send web-server user 7 0x0102');
    while (before.advance({ through: true }) !== 'typed');
    const run = start({ profile: 'ring-n1' });
    startAgain(before, run);
    expect(run.state.at.stop).toBe(2);
    expect(run.inputs.map(({ act }) => (act.kind === 'line' ? act.line : ''))).toEqual([
      'mk send web-server user 7 0x0102',
    ]);
    expect(run.answers.stats().sent).toBe(1);
  });
});
