import { Shard, type Parcel } from '../sim/engine/shard.ts';
import { CONSOLE_WORK } from '../sim/scenarios/consoles.ts';
import { newEvaluator } from '../sim/scenarios/evaluator.ts';
import { decideProperties, hangIn, type FoundStates } from '../sim/scenarios/explore-properties.ts';
import {
  explorePointOf,
  exploreRun,
  tallyEnds,
  type ExplorePoint,
} from '../sim/scenarios/explore.ts';
import { Run } from '../sim/scenarios/run.ts';
import type { Effect } from '../sim/world/explore/effects.ts';
import { Judge } from '../sim/world/explore/outcomes.ts';
import type { WorldExplorer } from '../sim/world/explore/world-explorer.ts';
import { FootprintGrew } from '../sim/world/explore/world-model.ts';
import type {
  ExploreAsk,
  ShardAsk,
  ShardCounts,
  ShardOutcome,
  ShardTell,
} from './explore-protocol.ts';
import { failureOf } from './host.ts';

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;

/** The run of a search, at its explore point once it has been advanced to its end. */
export function runOf(ask: Begin): { readonly run: Run; readonly block: ExplorePoint['block'] } {
  const { scenario, block } = explorePointOf(ask.scenario);
  const { seed, profile, own } = ask;
  const run = new Run(scenario, { seed, profile, own, trace: false });
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  return { run, block };
}

interface Part {
  readonly search: WorldExplorer;
  readonly shard: Shard;
  readonly run: Run;
  readonly block: ExplorePoint['block'];
  readonly me: number;
}

/** One of several threads that share the states of a search: answers each ask with one tell. */
export class ExploreShard {
  #part: Part | undefined;

  handle(ask: ShardAsk): ShardTell {
    try {
      if (ask.kind === 'shard') this.#part = begun(ask);
      return answer(this.#part!, ask);
    } catch (error) {
      const hasGrown = error instanceof FootprintGrew;
      return { kind: 'failure', failure: failureOf(error), hasGrown };
    }
  }
}

function begun({ begin, me, of }: Extract<ShardAsk, { kind: 'shard' }>): Part {
  const { run, block } = runOf(begin);
  while (run.advance({ through: true }) !== 'ended');
  const search = exploreRun(run);
  return { search, shard: new Shard(search.model, me, of), run, block, me };
}

function answer(part: Part, ask: ShardAsk): ShardTell {
  const { shard, me } = part;
  switch (ask.kind) {
    case 'shard':
      return { kind: 'ready', counts: countsOf(part) };
    case 'expand': {
      const { statesMax, slice, isNewRound } = ask;
      return { kind: 'expanded', parcels: shard.expand(statesMax, slice, isNewRound) };
    }
    case 'receive':
      ask.parcels.forEach((parcel, from) => {
        if (from !== me) shard.receive(from, parcel);
      });
      return { kind: 'received', counts: countsOf(part) };
    case 'finish':
      return finished(part);
    case 'trace':
      return { kind: 'traced', ...shard.trace(ask.state) };
  }
}

function countsOf({ shard, search }: Part): ShardCounts {
  const { states, expanded, transitions, isRoundOver } = shard;
  const bytes = shard.bytes + search.model.bytes;
  return { states, expanded, transitions, outcomes: shard.ends.size, bytes, isRoundOver };
}

function finished({ search, shard, run, block }: Part): ShardTell {
  const { model, survey } = search;
  model.audit();
  const judge = new Judge(model.effectTable, survey.messages);
  const outcomes = [...shard.ends].map(([seen, { shard: where, state, depth }]): ShardOutcome => {
    const effects = shard.seen.list(seen);
    const end = { shard: where, state };
    return { effects, ...judge.verdict(effects), steps: depth, end };
  });
  const found: FoundStates = {
    ...{ keys: shard.keys, width: shard.width, expanded: shard.expanded, seen: shard.seen },
    seenAt: (state) => shard.seenAt(state),
  };
  const ends = outcomes.map(({ effects }) => effects);
  const effects: Effect[] = Array.from({ length: model.effectTable.table.count }, (_, effect) =>
    model.effectTable.describe(effect),
  );
  return {
    ...{ kind: 'finished', tally: tallyEnds(search, ends), effects, outcomes },
    decided: decideProperties(search, found, run, block),
    hang: hangIn(search, found),
  };
}

/** What can be handed over instead of copied. */
export const buffersOf = (parcels: readonly Parcel[]): ArrayBuffer[] =>
  parcels
    .flatMap(({ blocks, sequences, states, ends }) => [
      ...blocks.flatMap(({ lengths, words }) => [lengths, words]),
      ...[sequences, states, ends],
    ])
    .map(({ buffer }) => buffer as ArrayBuffer); // `Shard` makes no shared ones.
