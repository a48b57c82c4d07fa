import type { WorldExplorer, WorldOptions } from '../world/explore/world-explorer.ts';
import type { Explorer } from '../engine/explorer.ts';
import {
  checkBuiltIns,
  checkProperties,
  meetsHazard,
  type PropertyResult,
} from './explore-properties.ts';
import { exploreRun, outcomesOf, tallyOf, type ExploredOutcome, type Tally } from './explore.ts';
import type { Run } from './run.ts';
import type { ExploreBlock } from './scenario.ts';

export interface ExploreWish {
  readonly statesMax: number;
  /** Leaves out states that cannot add an outcome. */
  readonly isReduced: boolean;
  readonly withOutcomes: boolean;
  /** Searches once more with each reduction alone, to say what each leaves out. */
  readonly withShares: boolean;
  /** A clock in ms. */
  now(): number;
}

/** States of a search without reduction, and of one with only one of them. */
export interface Shares {
  readonly none: number;
  readonly commutes: number;
  readonly renames: number;
}

/** All that an exploration found. */
export interface Findings {
  readonly states: number;
  readonly transitions: number;
  /** What the search took, without the questions afterwards. */
  readonly seconds: number;
  readonly complete: boolean;
  readonly stopped: Explorer['stopped'];
  readonly tally: Tally & { readonly outcomes: number };
  readonly outcomes: readonly ExploredOutcome[] | null;
  /** What the file asks for, and what is asked of every exploration. */
  readonly properties: readonly PropertyResult[];
  readonly builtIns: readonly PropertyResult[];
  /** States without reduction, and with each alone; null unless asked for, and all could be searched. */
  readonly shares: Shares | null;
}

/**
 * Explores a run that has come to its explore point. Properties are about every state, and of equal
 * schedules the first is wanted: where either is asked for, a search without reduction answers it.
 */
export function exploreScenario(run: Run, block: ExploreBlock, wish: ExploreWish): Findings {
  const { statesMax, isReduced } = wish;
  const began = wish.now();
  const main = exploreRun(run, { statesMax, commutes: isReduced, renames: isReduced });
  while (main.run());
  const seconds = (wish.now() - began) / 1000;
  const { explorer } = main;
  const found = {
    ...{ states: explorer.states, transitions: explorer.transitions, seconds },
    stopped: explorer.stopped,
    tally: tallyOf(main),
  };
  const isWanted = wish.withOutcomes || block.properties.length > 0;
  // What was left out may do harm of its own: only harm that was found is an answer.
  const full = isReduced && (isWanted || !meetsHazard(main)) ? main.again({ statesMax }) : main;
  while (full.run());
  // Where not even that ends, the reduced search at least has a schedule for each.
  const listed = full.explorer.complete ? full : main;
  return {
    ...found,
    complete: explorer.complete && full.explorer.complete,
    outcomes: wish.withOutcomes ? outcomesOf(listed) : null,
    properties: isWanted ? checkProperties(full, run, block) : [],
    builtIns: checkBuiltIns(full),
    shares: isReduced && wish.withShares ? sharesOf(main, statesMax) : null,
  };
}

function sharesOf(search: WorldExplorer, statesMax: number): Shares | null {
  const statesOf = (options: WorldOptions): number => {
    const alone = search.again({ ...options, statesMax });
    while (alone.run());
    return alone.explorer.complete ? alone.explorer.states : NaN;
  };
  const none = statesOf({});
  if (Number.isNaN(none)) return null;
  return { none, commutes: statesOf({ commutes: true }), renames: statesOf({ renames: true }) };
}
