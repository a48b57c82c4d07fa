import { badShares } from '../sim/engine/continuations.ts';
import { neededEntries } from '../sim/engine/needed.ts';
import { CONSOLE_WORK } from '../sim/scenarios/consoles.ts';
import { newEvaluator } from '../sim/scenarios/evaluator.ts';
import { checkBuiltIns, checkProperties } from '../sim/scenarios/explore-properties.ts';
import { exploreRun, explorePointOf, tallyOf } from '../sim/scenarios/explore.ts';
import { Run } from '../sim/scenarios/run.ts';
import { Judge } from '../sim/world/explore/outcomes.ts';
import type { WorldExplorer } from '../sim/world/explore/world-explorer.ts';
import type {
  ExploreAsk,
  Explored,
  ExploreProgress,
  ExploreTell,
  OutcomeRow,
} from './explore-protocol.ts';
import { failureOf } from './host.ts';

/** States whose actions are taken before others get a word in. */
const SLICE_STATES = 4096;
/** Between two reports of progress. */
const REPORT_MS = 100;

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;

/**
 * Explores for the page: in slices, so that it can be paused, and with reports. Then it answers
 * questions about single endings. One exploration; for another the page starts another worker.
 */
export class ExploreRun {
  readonly #tell: (tell: ExploreTell) => void;
  #search: WorldExplorer | undefined;
  #shares: Float64Array | null = null;
  #wake: (() => void) | undefined;
  #isPaused = false;
  #seconds = 0;

  constructor(tell: (tell: ExploreTell) => void) {
    this.#tell = tell;
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
          return this.#detail(ask.outcome);
      }
    } catch (error) {
      this.#tell({ kind: 'failure', failure: failureOf(error) });
    }
  }

  async #begin(ask: Begin): Promise<void> {
    const { scenario, block } = explorePointOf(ask.scenario);
    const { seed, profile, own } = ask;
    const run = new Run(scenario, { seed, profile, own, trace: false });
    run.evaluator = newEvaluator();
    run.consoles = CONSOLE_WORK;
    while (run.advance({ through: true }) !== 'ended') await breathe();
    const { statesMax, bytesMax } = ask;
    const search = exploreRun(run, { statesMax, bytesMax, edges: true });
    this.#search = search;
    await this.#searchAll(search);
    const { explorer } = search;
    const judge = new Judge(search.model.effectTable, search.survey.messages);
    const isBad = (seen: number): boolean => {
      const { lost, torn, phantom, duplicated } = judge.verdict(explorer.seen.list(seen));
      return lost.length + torn.length + phantom + duplicated.length > 0;
    };
    this.#shares = explorer.complete ? badShares(explorer, isBad) : null;
    const explored: Explored = {
      progress: this.#progress(search),
      ...{ complete: explorer.complete, stopped: explorer.stopped, tally: tallyOf(search) },
      properties: checkProperties(search, run, block),
      builtIns: checkBuiltIns(search),
      effects: Array.from({ length: search.model.effectTable.table.count }, (_, effect) =>
        search.model.effectTable.describe(effect),
      ),
      outcomes: rowsOf(search, judge),
    };
    this.#tell({ kind: 'explored', explored });
  }

  async #searchAll(search: WorldExplorer): Promise<void> {
    let reported = -Infinity;
    for (let more = true; more;) {
      const began = performance.now();
      more = search.run(SLICE_STATES);
      const now = performance.now();
      this.#seconds += (now - began) / 1000;
      if (now - reported > REPORT_MS) {
        reported = now;
        this.#tell({ kind: 'progress', progress: this.#progress(search) });
      }
      await breathe();
      if (this.#isPaused) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #progress(search: WorldExplorer): ExploreProgress {
    const { states, expanded, transitions, outcomes } = search.explorer;
    return {
      ...{ states, expanded, transitions, outcomes: outcomes.length },
      ...{ bytes: search.bytes, seconds: this.#seconds },
    };
  }

  #detail(outcome: number): void {
    const search = this.#search;
    const found = search?.explorer.outcomes[outcome];
    if (!search || !found) return;
    const { explorer, model } = search;
    const schedule = explorer.schedule(found.state);
    const path = [found.state];
    while (path[0]! > 0) path.unshift(explorer.parentOf(path[0]!));
    const shareAt = (state: number): number | null => this.#shares?.[state] ?? null;
    const words = search.words(schedule);
    const texts = search.texts(schedule);
    const needed = neededEntries(model, explorer.seen, schedule);
    const entries = words.map((word, i) => ({
      ...{ word, text: texts[i]!, needed: needed[i]! },
      share: shareAt(path[i + 1]!),
    }));
    this.#tell({ kind: 'detail', outcome, share: shareAt(0), entries });
  }
}

function rowsOf({ explorer }: WorldExplorer, judge: Judge): OutcomeRow[] {
  return explorer.outcomes.map(({ seen, state }) => {
    const effects = explorer.seen.list(seen);
    return { effects, ...judge.verdict(effects), steps: explorer.schedule(state).length };
  });
}

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
