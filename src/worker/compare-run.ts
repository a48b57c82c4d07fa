import { Refused } from '../sim/base/assert.ts';
import { currentOf } from '../sim/scenarios/branches.ts';
import { Comparison, partingSentence } from '../sim/scenarios/comparison.ts';
import { CONSOLE_WORK } from '../sim/scenarios/consoles.ts';
import { newEvaluator } from '../sim/scenarios/evaluator.ts';
import { parseScenario } from '../sim/scenarios/parse.ts';
import { readRecord, type Recorded } from '../sim/scenarios/record.ts';
import { Run } from '../sim/scenarios/run.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import { startAgain } from '../sim/scenarios/start-again.ts';
import type { CompareAsk, CompareTell, Side } from './compare-protocol.ts';
import { failureOf } from './host.ts';

/** Real time the search for the next difference may take, in ms. */
const SEARCH_MS = 4000;

/** A lesson of ours by name. */
export type Bundled = (name: string) => Promise<Scenario | undefined>;

/** A run that was followed to where its recording ends, and why not, '' if it was. */
interface Followed {
  readonly run: Run;
  readonly why: string;
}

/** Compares for the page: holds two runs, and answers what is different where. */
export class CompareRun {
  readonly #tell: (tell: CompareTell) => void;
  readonly #bundled: Bundled;
  #both: Comparison | undefined;

  constructor(tell: (tell: CompareTell) => void, bundled: Bundled) {
    this.#tell = tell;
    this.#bundled = bundled;
  }

  async handle(ask: CompareAsk): Promise<void> {
    try {
      if (ask.kind === 'begin') await this.#begin(ask);
      else if (ask.kind === 'look') this.#look(ask.step);
      else this.#next(ask.step);
    } catch (error) {
      this.#tell({ kind: 'failure', failure: failureOf(error) });
    }
  }

  get #now(): Comparison {
    if (!this.#both) throw new Refused('there is nothing to compare yet');
    return this.#both;
  }

  async #begin({ a, b, bins }: Extract<CompareAsk, { kind: 'begin' }>): Promise<void> {
    const [one, two] = [await this.#follow(a), await this.#follow(b)];
    const both = new Comparison(one.run, two.run);
    this.#both = both;
    const { parting, stepsA, stepsB, end } = both;
    const why = [one.why && `${a.name}: ${one.why}`, two.why && `${b.name}: ${two.why}`]
      .filter((each) => each !== '')
      .join('; ');
    this.#tell({
      kind: 'compared',
      compared: {
        ...{ parting, stepsA, stepsB, why, first: both.first },
        sentence: partingSentence(both, [`“${a.name}”`, `“${b.name}”`]),
        lanes: both.lanes(0, Math.max(1, end), Math.min(bins, Math.max(1, end))),
      },
    });
    this.#look(both.first ?? end);
  }

  #look(step: number): void {
    this.#tell({ kind: 'moment', moment: this.#now.at(step) });
  }

  #next(from: number): void {
    const began = performance.now();
    let to = from;
    const step = this.#now.nextChange(from, () => {
      to++;
      return performance.now() - began < SEARCH_MS;
    });
    if (step === undefined) this.#tell({ kind: 'nothing', from, to });
    else this.#look(step);
  }

  async #follow({ text, change }: Side): Promise<Followed> {
    const recorded = readRecord(text);
    const { branches } = recorded;
    // Of a session with branches, the one that ran in it, to its end.
    const whole = branches ? { ...recorded, ...currentOf(branches) } : recorded;
    const scenario = await this.#scenarioOf(recorded);
    const first = follow(scenario, whole);
    if (!change) return first;
    const { glue, own } = recorded;
    const { seed, profile } = { seed: recorded.seed, profile: recorded.profile, ...change };
    const run = new Run(scenario, { seed, profile, glue, own, trace: true });
    const { why } = startAgain(first.run, run);
    return { run, why };
  }

  async #scenarioOf({ source }: Recorded): Promise<Scenario> {
    if (source.kind === 'text') return parseScenario(source.text, source.file);
    const scenario = await this.#bundled(source.name);
    if (!scenario) throw new Refused(`there is no lesson ${source.name}`);
    return scenario;
  }
}

/** A run of a recording, at its end or as near to it as it gets. */
function follow(scenario: Scenario, recorded: Recorded): Followed {
  const { seed, profile, glue, own, inputs, spot } = recorded;
  const run = new Run(scenario, { seed, profile, glue, own, inputs, trace: true });
  run.evaluator = newEvaluator();
  run.consoles = CONSOLE_WORK;
  try {
    const isThere = run.goTo(spot) === 'steps';
    return { run, why: isThere ? '' : `it took another way at step ${run.step}` };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { run, why: `it cannot be followed at step ${run.step}: ${error.message}` };
  }
}
