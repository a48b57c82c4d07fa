import { Refused } from '../../../sim/base/assert.ts';
import type { Compared } from '../../../worker/compare-protocol.ts';
import { branchNamed } from '../../state/recordings.ts';
import type { Session } from '../../state/session.svelte.ts';
import { Comparing } from './comparing.svelte.ts';
import { hireComparer } from './hire.ts';

/** Compares two branches by name, in a thread of its own that ends with it. */
export async function compareBranches(session: Session, a: string, b: string): Promise<Compared> {
  const side = async (name: string) => {
    const branch = await branchNamed(session, name);
    return { name, text: await session.ask('recordBranch', { branch }) };
  };
  const comparing = new Comparing(hireComparer, await side(a), await side(b));
  await comparing.ready;
  comparing.close();
  if (!comparing.compared) throw new Refused(comparing.failure);
  return comparing.compared;
}
