import { Refused, type Place } from '../base/assert.ts';
import { LIMITS } from './limits.ts';
import type { Claim, MachineSettings } from './scenario.ts';
import { byteLength, type Source } from './source.ts';

/** What reading a block needs to know of the rest of the file. */
export interface BlockContext {
  readonly source: Source;
  readonly machine: MachineSettings;
  readonly budget: Budget;
  /** Files of the host named so far, with the line that named each. */
  readonly files: Map<string, number>;
}

type Counted = 'stops' | 'blocks' | 'commands' | 'entries' | 'claims';

/** Counts what a whole file may have only so many of. */
export class Budget {
  readonly #spent: Record<Counted, number> = {
    stops: 0,
    blocks: 0,
    commands: 0,
    entries: 0,
    claims: 0,
  };

  /** One more of them, found at `place`. */
  spend(what: Counted, place: Place): void {
    const { max, meaning } = LIMITS[what];
    if (++this.#spent[what] > max)
      throw new Refused(`a scenario has at most ${max} ${meaning}`, place);
  }
}

/** Checks the size of a claim; whether it means anything is for `claims.ts`. */
export function readClaim(text: string, place: Place, budget: Budget): Claim {
  budget.spend('claims', place);
  if (byteLength(text) > LIMITS.claimBytes.max)
    throw new Refused(`a claim has at most ${LIMITS.claimBytes.max} bytes`, place);
  return { text, line: place.line, column: place.column };
}
