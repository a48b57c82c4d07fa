import { Refused } from '../sim/base/assert.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Reopened } from './protocol.ts';

/** Steps after which others get a word in. */
const SLICE_STEPS = 200_000;

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Takes a fresh run to where a recorded one was, and says whether it is the same. A run that cannot
 * be followed stays where it got to.
 */
export async function reopen(
  run: Run,
  recorded: Recorded,
  engine: string,
  bring: (reason: Reason) => Promise<boolean>,
): Promise<Reopened> {
  let why = '';
  try {
    // With branches, all that is known of the current one, and back to where it was left.
    const { branches = [], current } = recorded.branches ?? {};
    const end = branches.find(({ id }) => id === current)?.spot ?? recorded.spot;
    for (let step = SLICE_STEPS; step < end.step; step += SLICE_STEPS) {
      while (await bring(run.seek(step)));
      await breathe();
    }
    for (let left = run.goTo(end); await bring(left);) left = run.goTo(end);
    let reason = run.goTo(recorded.spot);
    while (await bring(reason)) reason = run.goTo(recorded.spot);
    if (reason !== 'steps') why = `it took another way at step ${run.step}`;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    why = `it cannot be followed at step ${run.step}: ${error.message}`;
  }
  const hash = run.hash();
  return {
    matches: why === '' && hash === recorded.hash,
    why,
    sameEngine: engine === recorded.engine,
  };
}
