import { checkClaims } from '../../sim/scenarios/claims.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { newEvaluator } from '../../sim/scenarios/evaluator.ts';
import { explorePointOf, type ExplorePoint } from '../../sim/scenarios/explore.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { Run } from '../../sim/scenarios/run.ts';

/** Reads a scenario, checks all its claims, and finds its explore block. */
export function readPoint(text: string, file: string): ExplorePoint {
  const scenario = parseScenario(text, file);
  checkClaims(scenario);
  return explorePointOf(scenario);
}

/** The scenario played to its explore point. */
export function playedTo({ scenario }: ExplorePoint): Run {
  const run = new Run(scenario, { trace: false });
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  while (run.advance({ through: true }) !== 'ended');
  return run;
}
