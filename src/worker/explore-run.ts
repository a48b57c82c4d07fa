import { badShares } from '../sim/engine/continuations.ts';
import { neededEntries } from '../sim/engine/needed.ts';
import type { ShardState } from '../sim/engine/shard.ts';
import {
  builtIns,
  checkBuiltIns,
  checkProperties,
  findHazard,
  resultOf,
} from '../sim/scenarios/explore-properties.ts';
import { canShare, exploreRun, tallyOf } from '../sim/scenarios/explore.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { ExploreBlock } from '../sim/scenarios/scenario.ts';
import { Judge } from '../sim/world/explore/outcomes.ts';
import type { WorldExplorer } from '../sim/world/explore/world-explorer.ts';
import type {
  ExploreAsk,
  Explored,
  ExploreProgress,
  ExploreTell,
  Hired,
  OutcomeRow,
} from './explore-protocol.ts';
import { ExplorePool, PoolFailed } from './explore-pool.ts';
import { runOf } from './explore-shard.ts';
import { failureOf } from './host.ts';

/** States whose actions are taken before others get a word in. */
const SLICE_STATES = 4096;
/** States from which on a search is worth several threads: with fewer it is over before they are there. */
const POOL_FROM = 250_000;
/** States whose actions are looked through for harm when a search is shared. */
const HAZARD_STATES_MAX = 20_000;
/** Its place among the answers of every search. */
const HAZARD_ANSWER = 1;
/** Between two reports of progress. */
const REPORT_MS = 100;

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;

/**
 * Explores for the page: in slices, so that it can be paused, and with reports. Then it answers
 * questions about single endings. One exploration; for another the page starts another worker.
 */
export class ExploreRun {
  readonly #tell: (tell: ExploreTell) => void;
  readonly #hire: () => Hired;
  #search: WorldExplorer | undefined;
  #shares: Float64Array | null = null;
  #wake: (() => void) | undefined;
  #isPaused = false;
  #seconds = 0;

  /** The threads of a search that was shared, and where its endings are. */
  #pool: { readonly pool: ExplorePool; readonly ends: readonly ShardState[] } | undefined;

  constructor(tell: (tell: ExploreTell) => void, hire: () => Hired) {
    this.#tell = tell;
    this.#hire = hire;
  }

  async handle(ask: ExploreAsk): Promise<void> {
    try {
      switch (ask.kind) {
        case 'begin':
          return await this.#begin(ask);
        case 'pause':
          this.#isPaused = true;
          return;
        case 'resume':
          this.#isPaused = false;
          this.#wake?.();
          return;
        case 'detail':
          return await this.#detail(ask.outcome);
      }
    } catch (error) {
      this.#tell({ kind: 'failure', failure: failureOf(error) });
    }
  }

  async #begin(ask: Begin): Promise<void> {
    const { run, block } = runOf(ask);
    while (run.advance({ through: true }) !== 'ended') await breathe();
    const mayShare = ask.workers > 1 && canShare(run);
    const { statesMax, bytesMax } = ask;
    const search = exploreRun(run, { statesMax, bytesMax, edges: true });
    this.#search = search;
    await this.#searchAll(search, mayShare ? POOL_FROM : Infinity);
    const isLarge = mayShare && !search.explorer.complete && search.explorer.stopped === null;
    if (isLarge && (await this.#share(ask, search, block))) return;
    if (isLarge) await this.#searchAll(search, Infinity);
    this.#tell({ kind: 'explored', explored: this.#explored(search, run, block) });
  }

  #explored(search: WorldExplorer, run: Run, block: ExploreBlock): Explored {
    const { explorer } = search;
    const judge = new Judge(search.model.effectTable, search.survey.messages);
    const isBad = (seen: number): boolean => {
      const { lost, torn, phantom, duplicated } = judge.verdict(explorer.seen.list(seen));
      return lost.length + torn.length + phantom + duplicated.length > 0;
    };
    this.#shares = explorer.complete ? badShares(explorer, isBad) : null;
    return {
      progress: this.#progress(search),
      ...{ complete: explorer.complete, stopped: explorer.stopped, tally: tallyOf(search) },
      properties: checkProperties(search, run, block),
      builtIns: checkBuiltIns(search),
      effects: Array.from({ length: search.model.effectTable.table.count }, (_, effect) =>
        search.model.effectTable.describe(effect),
      ),
      outcomes: rowsOf(search, judge),
    };
  }

  /** Begins again on several threads. False when only one can do this search. */
  async #share(ask: Begin, search: WorldExplorer, block: ExploreBlock): Promise<boolean> {
    const pool = new ExplorePool(this.#hire, ask);
    this.#seconds = 0;
    let since = performance.now();
    const progress = (): ExploreProgress => {
      const now = performance.now();
      this.#seconds += (now - since) / 1000;
      since = now;
      return { ...pool.counted, seconds: this.#seconds, workers: ask.workers };
    };
    try {
      const found = await pool.search(async () => {
        this.#tell({ kind: 'progress', progress: progress() });
        await this.#whilePaused();
        since = performance.now();
      });
      this.#pool = { pool, ends: found.outcomes.map(({ end }) => end) };
      const unequal = found.outcomes.find(
        ({ lost, duplicated }) => lost.length + duplicated.length > 0,
      );
      const ways = {
        unequal: unequal && (await pool.schedule(unequal.end)),
        // What does harm does it early, or nobody has the time to look for it.
        hazard: findHazard(search, HAZARD_STATES_MAX),
        hang: found.hang,
      };
      const explored: Explored = {
        ...{ progress: progress(), complete: found.complete, stopped: found.stopped },
        tally: found.tally,
        properties: found.decided.map(({ schedule, isOpen }, i) => ({
          ...resultOf(block.properties[i]!, schedule && search.words(schedule)),
          ...(isOpen && { isOpen }),
        })),
        builtIns: builtIns(search, ways).map((each, i) =>
          i === HAZARD_ANSWER && !ways.hazard ? { ...each, isOpen: true } : each,
        ),
        ...{ effects: found.effects, outcomes: found.outcomes },
      };
      this.#tell({ kind: 'explored', explored });
      return true;
    } catch (error) {
      pool.close();
      if (!(error instanceof PoolFailed)) throw error;
      if (error.hasGrown) return false;
      this.#tell({ kind: 'failure', failure: error.failure });
      return true;
    }
  }

  async #searchAll(search: WorldExplorer, statesMax: number): Promise<void> {
    let reported = -Infinity;
    for (let more = true; more && search.explorer.states < statesMax;) {
      const began = performance.now();
      more = search.run(SLICE_STATES);
      const now = performance.now();
      this.#seconds += (now - began) / 1000;
      if (now - reported > REPORT_MS) {
        reported = now;
        this.#tell({ kind: 'progress', progress: this.#progress(search) });
      }
      await breathe();
      await this.#whilePaused();
    }
  }

  async #whilePaused(): Promise<void> {
    if (this.#isPaused) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #progress(search: WorldExplorer): ExploreProgress {
    const { states, expanded, transitions, outcomes } = search.explorer;
    return {
      ...{ states, expanded, transitions, outcomes: outcomes.length },
      ...{ bytes: search.bytes, seconds: this.#seconds, workers: 1 },
    };
  }

  async #detail(outcome: number): Promise<void> {
    const search = this.#search;
    if (!search) return;
    const { explorer, model } = search;
    const shareAt = (state: number): number | null => this.#shares?.[state] ?? null;
    const found = explorer.outcomes[outcome];
    const end = this.#pool?.ends[outcome];
    if (this.#pool ? !end : !found) return;
    const schedule =
      this.#pool && end ? await this.#pool.pool.schedule(end) : explorer.schedule(found!.state);
    const path = this.#pool ? [] : [found!.state];
    while (path.length > 0 && path[0]! > 0) path.unshift(explorer.parentOf(path[0]!));
    const words = search.words(schedule);
    const texts = search.texts(schedule);
    const needed = neededEntries(model, explorer.seen, schedule);
    const entries = words.map((word, i) => ({
      ...{ word, text: texts[i]!, needed: needed[i]! },
      share: this.#pool ? null : shareAt(path[i + 1]!),
    }));
    const share = this.#pool ? null : shareAt(0);
    this.#tell({ kind: 'detail', outcome, share, entries });
  }
}

function rowsOf({ explorer }: WorldExplorer, judge: Judge): OutcomeRow[] {
  return explorer.outcomes.map(({ seen, state }) => {
    const effects = explorer.seen.list(seen);
    return { effects, ...judge.verdict(effects), steps: explorer.schedule(state).length };
  });
}

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
