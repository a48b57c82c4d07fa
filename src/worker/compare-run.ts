import { Refused } from '../sim/base/assert.ts';
import { Comparison, partingSentence } from '../sim/scenarios/comparison.ts';
import { finished, followChanged, followRecord, type Followed } from '../sim/scenarios/follow.ts';
import { parseScenario } from '../sim/scenarios/parse.ts';
import { readRecord, type Recorded } from '../sim/scenarios/record.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import type { CompareAsk, CompareTell, Side } from './compare-protocol.ts';
import { failureOf } from './host.ts';

/** Real time the search for the next difference may take, in ms. */
const SEARCH_MS = 4000;

/** A lesson of ours by name. */
export type Bundled = (name: string) => Promise<Scenario | undefined>;

/** Compares for the page: holds two runs, and answers what is different where. */
export class CompareRun {
  readonly #tell: (tell: CompareTell) => void;
  readonly #bundled: Bundled;
  #both: Comparison | undefined;
  #names: readonly [string, string] = ['', ''];
  #why = '';

  constructor(tell: (tell: CompareTell) => void, bundled: Bundled) {
    this.#tell = tell;
    this.#bundled = bundled;
  }

  async handle(ask: CompareAsk): Promise<void> {
    try {
      if (ask.kind === 'begin') await this.#begin(ask);
      else if (ask.kind === 'align') this.#align(ask);
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
    this.#both = new Comparison(one.run, two.run);
    this.#names = [`“${a.name}”`, `“${b.name}”`];
    this.#why = [one.why && `${a.name}: ${one.why}`, two.why && `${b.name}: ${two.why}`]
      .filter((each) => each !== '')
      .join('; ');
    this.#tellCompared(bins);
  }

  #align({ by, bins }: Extract<CompareAsk, { kind: 'align' }>): void {
    this.#now.align = by;
    this.#tellCompared(bins);
  }

  #tellCompared(bins: number): void {
    const both = this.#now;
    const { parting, parted, stepsA, stepsB, end, align, first } = both;
    this.#tell({
      kind: 'compared',
      compared: {
        ...{ parting, parted, stepsA, stepsB, why: this.#why, first, end, align },
        sentence: partingSentence(both, this.#names),
        lanes: both.lanes(0, Math.max(1, end), Math.min(bins, Math.max(1, end))),
        stops: align === 'step' ? [] : both.stretches.map(({ at }) => at),
      },
    });
    this.#look(first ?? end);
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

  async #follow({ text, change, finish }: Side): Promise<Followed> {
    const recorded = readRecord(text);
    const first = followRecord(await this.#scenarioOf(recorded), recorded);
    if (finish === true && first.why === '') return finished(first.run);
    return change ? followChanged(first.run, recorded, change) : first;
  }

  async #scenarioOf({ source }: Recorded): Promise<Scenario> {
    if (source.kind === 'text') return parseScenario(source.text, source.file);
    const scenario = await this.#bundled(source.name);
    if (!scenario) throw new Refused(`there is no lesson ${source.name}`);
    return scenario;
  }
}
