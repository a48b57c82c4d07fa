import { Refused } from '../base/assert.ts';
import { currentOf } from './branches.ts';
import { CONSOLE_WORK } from './consoles.ts';
import { newEvaluator } from './evaluator.ts';
import type { Recorded } from './record.ts';
import { Run } from './run.ts';
import type { Scenario } from './scenario.ts';
import { startAgain } from './start-again.ts';

/** A run that was followed to where its recording ends, and why it was not, '' if it was. */
export interface Followed {
  readonly run: Run;
  readonly why: string;
}

/** Settings a run is started with in the place of those it was recorded with. */
export interface Change {
  readonly profile?: string;
  readonly seed?: number;
}

/**
 * A run of a recording, with a trace, at its end or as near to it as it gets. Of a session with
 * branches it is the one that ran, to its end.
 */
export function followRecord(scenario: Scenario, recorded: Recorded): Followed {
  const { branches, seed, profile, glue, own } = recorded;
  const { inputs, spot } = branches ? currentOf(branches) : recorded;
  const run = new Run(scenario, { seed, profile, glue, own, inputs, trace: true });
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  try {
    const isThere = run.goTo(spot) === 'steps';
    return { run, why: isThere ? '' : `it took another way at step ${run.step}` };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { run, why: `it cannot be followed at step ${run.step}: ${error.message}` };
  }
}

/** From here a run does not go on by itself. */
const STUCK: readonly string[] = ['ended', 'chosen', 'consoles', 'evaluator'];

/** Takes a run on to the end of its lesson, or to where somebody has to choose the next step. */
export function finished(run: Run): Followed {
  try {
    while (!STUCK.includes(run.advance({ through: true })));
    return { run, why: '' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { run, why: `it cannot go on at step ${run.step}: ${error.message}` };
  }
}

/** The same lesson with other settings, as far as a run has got and with what was typed in it. */
export function followChanged(
  before: Run,
  { glue, own }: Pick<Recorded, 'glue' | 'own'>,
  change: Change,
): Followed {
  const { scenario, seed, profile } = before;
  const run = new Run(scenario, { seed, profile, glue, own, ...change, trace: true });
  const { why } = startAgain(before, run);
  return { run, why };
}
