import { Refused } from '../sim/base/assert.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Reopened } from './protocol.ts';
import type { Travel } from './travel.ts';

/**
 * Takes a fresh run to where a recorded one was, and says whether it is the same. A run that cannot
 * be followed stays where it got to.
 */
export async function reopen(
  run: Run,
  recorded: Recorded,
  engine: string,
  travel: Travel,
): Promise<Reopened> {
  let why = '';
  try {
    // With branches, all that is known of the current one, and back to where it was left.
    const { branches = [], current } = recorded.branches ?? {};
    const end = branches.find(({ id }) => id === current)?.spot ?? recorded.spot;
    const came = await travel.seek(end.step);
    if (came !== 'left') await travel.goTo(end);
    if (came === 'left') why = `it was stopped on the way, at step ${run.step}`;
    else if ((await travel.goTo(recorded.spot)) !== 'steps')
      why = `it took another way at step ${run.step}`;
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
