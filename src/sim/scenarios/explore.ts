import { Refused } from '../base/assert.ts';
import { Judge, type Verdict } from '../world/explore/outcomes.ts';
import type { Effect } from '../world/explore/effects.ts';
import { beginExploring } from '../world/explore/start.ts';
import { WorldExplorer, type WorldOptions } from '../world/explore/world-explorer.ts';
import type { Run } from './run.ts';
import type { ExploreBlock, Scenario } from './scenario.ts';

/** A scenario cut off where its `explore` block stands, and that block. */
export interface ExplorePoint {
  readonly scenario: Scenario;
  readonly block: ExploreBlock;
}

/** Finds the `explore` block; a scenario without one is refused. */
export function explorePointOf(scenario: Scenario): ExplorePoint {
  for (const [number, stop] of scenario.stops.entries())
    for (const [i, block] of stop.items.entries())
      if (block.kind === 'explore') {
        const last = { ...stop, items: stop.items.slice(0, i) };
        const stops = [...scenario.stops.slice(0, number), last];
        return { scenario: { ...scenario, stops }, block };
      }
  throw new Refused('there is no explore block in this scenario', {
    file: scenario.file,
    line: 1,
    column: 1,
  });
}

/** What some schedules end in. */
export interface ExploredOutcome extends Verdict {
  readonly effects: readonly Effect[];
  /** A shortest schedule that ends so; of those, the one with the lowest CPU where they part. */
  readonly schedule: readonly string[];
}

/** How many outcomes have a lost, torn, phantom, duplicated message. */
export interface Tally {
  readonly lose: number;
  readonly tear: number;
  readonly invent: number;
  readonly repeat: number;
}

/** Whether threads can share the states: no CPU has a command waiting behind another. */
export function canShare({ world }: Run): boolean {
  const { tasks } = world.cold;
  return new Set(tasks.map(({ cpu }) => cpu)).size === tasks.length;
}

/** Begins to explore a run that has come to its explore point; nothing is searched yet. */
export function exploreRun(run: Run, options: WorldOptions = {}): WorldExplorer {
  const { world } = run;
  const start = beginExploring(world);
  return new WorldExplorer(world, start, options);
}

/** Judges all outcomes found so far, and counts. */
export function tallyOf(search: WorldExplorer): Tally & { readonly outcomes: number } {
  const { explorer } = search;
  return tallyEnds(
    search,
    explorer.ways().map(({ seen }) => explorer.seen.list(seen)),
  );
}

/** As {@link tallyOf}, of sequences of effects. */
export function tallyEnds(
  { model, survey }: WorldExplorer,
  ends: readonly (readonly number[])[],
): Tally & { readonly outcomes: number } {
  const judge = new Judge(model.effectTable, survey.messages);
  const tally = { outcomes: 0, lose: 0, tear: 0, invent: 0, repeat: 0 };
  for (const effects of ends) {
    const { lost, torn, phantom, duplicated } = judge.verdict(effects);
    tally.outcomes++;
    if (lost.length > 0) tally.lose++;
    if (torn.length > 0) tally.tear++;
    if (phantom > 0) tally.invent++;
    if (duplicated.length > 0) tally.repeat++;
  }
  return tally;
}

/** Every outcome found, in the order of their shortest schedules. */
export function outcomesOf(search: WorldExplorer): ExploredOutcome[] {
  const { explorer, model, survey } = search;
  const judge = new Judge(model.effectTable, survey.messages);
  return explorer.ways().map(({ seen, schedule }) => {
    const effects = explorer.seen.list(seen);
    return {
      effects: effects.map((effect) => model.effectTable.describe(effect)),
      ...judge.verdict(effects),
      schedule: search.words(schedule),
    };
  });
}
