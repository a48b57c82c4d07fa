/** What looks for breakpoints; loaded when the first one is set. */
import { Refused } from '../sim/base/assert.ts';
import { readBreaks, type LineFault, type NumberedLine } from '../sim/scenarios/breaks/breaks.ts';
import { advanceTo, lookBack, type Limit, type Scanner } from '../sim/scenarios/breaks/scan.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Tell } from './host.ts';
import { lookForWriter } from './inspect/writer.ts';
import type { Calls } from './protocol.ts';

/** Real time a search may take before others get a word in, in ms. */
const BEAT_MS = 40;

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What the session that is searched lends. */
export interface Searched {
  readonly run: () => Run;
  readonly tell: Tell;
  /** Changes when somebody wants it to stop. */
  readonly generation: () => number;
}

/** The breakpoints of a session: they end a stretch of the run, and are looked for backwards. */
export class Breaking {
  readonly #session: Searched;
  #scanner: Scanner | undefined;
  #lines: readonly NumberedLine[] = [];
  /** Those the run has just stopped at. */
  hits: readonly number[] = [];

  constructor(session: Searched) {
    this.#session = session;
  }

  /** Sets all of them; answers what is wrong with those that mean nothing, which stop nobody. */
  set(lines: readonly NumberedLine[]): readonly LineFault[] {
    const { scanner, faults } = readBreaks(lines);
    this.#scanner = scanner;
    this.#lines = lines;
    return faults;
  }

  /** As `Run.advance`; 'break' with {@link hits} when a breakpoint ends it. A stretch may be short. */
  advance(run: Run, limit: Limit = {}): Reason {
    if (!this.#scanner) return run.advance(limit);
    const came = advanceTo(run, this.#scanner, limit);
    if (typeof came === 'string') return came;
    this.hits = came.ids;
    return 'break';
  }

  /** Why the run stands where it does, in a sentence; '' when no breakpoint has stopped it. */
  get why(): string {
    const texts = this.#lines.filter(({ id }) => this.hits.includes(id)).map(({ text }) => text);
    return texts.length === 0 ? '' : `Stopped at a breakpoint: ${texts.join('; ')}`;
  }

  /**
   * To the last moment before this one at which a breakpoint, or one of these lines, would have
   * stopped the run. The run stays where it is when there is none, or when somebody gives up.
   */
  async back(lines: readonly string[] | undefined): Promise<'found' | 'none' | 'left'> {
    const run = this.#session.run();
    const scanner = lines ? scannerOf(lines) : this.#scanner;
    if (!scanner) throw new Refused('there is no breakpoint to run back to');
    const { spot } = run;
    const came = await this.#search(lookBack(run, scanner));
    const hit = came === 'left' ? undefined : came.found;
    if (!hit) {
      run.goTo(spot);
      return came === 'left' ? 'left' : 'none';
    }
    run.seek(hit.at);
    this.hits = lines ? [] : hit.ids;
    return 'found';
  }

  /** Who wrote a byte last, however long ago; the run stays where it is. */
  async writer(addr: number): Promise<Calls['lastWriter']['answer']> {
    const run = this.#session.run();
    const { spot } = run;
    const came = await this.#search(lookForWriter(run, addr));
    run.goTo(spot);
    return came === 'left'
      ? { writer: undefined, left: true }
      : { writer: came.found, left: false };
  }

  /** Goes through a search in slices, telling where it is; left when somebody wants it to stop. */
  async #search<Found>(
    search: Generator<number, Found>,
  ): Promise<'left' | { readonly found: Found }> {
    const generation = this.#session.generation();
    const of = this.#session.run().step;
    let beat = performance.now();
    for (;;) {
      const next = search.next();
      if (next.done === true) return { found: next.value };
      if (performance.now() - beat < BEAT_MS) continue;
      this.#session.tell({ push: 'looking', step: next.value, of });
      await breathe();
      if (generation !== this.#session.generation()) return 'left';
      beat = performance.now();
    }
  }
}

/** A scanner of these lines, which all must mean something. */
function scannerOf(lines: readonly string[]): Scanner | undefined {
  const { scanner, faults } = readBreaks(lines.map((text, id) => ({ id, text })));
  const [fault] = faults;
  if (fault) throw new Refused(fault.why, { file: 'breakpoint', line: 1, column: fault.column });
  return scanner;
}
