import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Breaking } from './breaking.ts';
import type { Calls } from './protocol.ts';
import type { Services } from './services.ts';

/** Steps a call may run before others get a word in. */
const SLICE_STEPS = 20_000;
/** Real time a call may run before others get a word in, in ms. */
const BEAT_MS = 100;
/** Steps `runUntil` takes when it is not told. */
const UNTIL_STEPS = 1_000_000;

/** A long run tells of itself after so much time, or so many rows. */
const PROGRESS_MS = 100;
const PROGRESS_ROWS = 100_000;

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What the session lends whose run is to be somewhere else. */
export interface Traveller {
  readonly run: () => Run;
  readonly services: Services;
  /** There once a breakpoint was set, or looked for. */
  readonly breaking: () => Breaking | undefined;
  /** Changes when somebody wants whatever runs for long to stop. */
  readonly generation: () => number;
  /** Shows the moment, with the rows of the trace from this one on. */
  readonly show: (from: number) => void;
}

/** Takes the run of a session to other moments: in slices, with the parts it turns out to need. */
export class Travel {
  readonly #session: Traveller;

  constructor(session: Traveller) {
    this.#session = session;
  }

  get #run(): Run {
    return this.#session.run();
  }

  /** A breakpoint has stopped the run here. */
  get #stopped(): boolean {
    return (this.#session.breaking()?.hits.length ?? 0) > 0;
  }

  /** As `run.advance`, to a breakpoint at most. */
  go(run: Run, limit?: Parameters<Run['advance']>[0]): Reason {
    return this.#session.breaking()?.advance(run, limit) ?? run.advance(limit);
  }

  /** Loads the part a run asked for; false when it asked for none. */
  async bring(reason: Reason): Promise<boolean> {
    const { services } = this.#session;
    const run = this.#run;
    if (reason === 'evaluator') run.evaluator = (await services.evaluator()).newEvaluator();
    else if (reason === 'consoles') run.consoles = (await services.consoles()).CONSOLE_WORK;
    else return false;
    return true;
  }

  /** Advances, and loads the parts that turn out to be needed. */
  async advance(limit: Parameters<Run['advance']>[0]): Promise<Reason> {
    const run = this.#run;
    const end = run.step + (limit?.steps ?? Infinity);
    for (let beat = performance.now(); ;) {
      // What was run before a part was missed counts; with breakpoints a stretch may be short.
      const reason = this.go(run, { ...limit, steps: end - run.step });
      if (!(await this.bring(reason)) && (reason !== 'steps' || run.step >= end)) return reason;
      if (performance.now() - beat < BEAT_MS) continue;
      await breathe();
      beat = performance.now();
    }
  }

  /** To any step of the run, back or forward. */
  async seek(step: number): Promise<void> {
    while (await this.bring(this.#run.seek(step)));
  }

  /** To where a stop of the lesson begins. */
  async goToStop(stop: number): Promise<void> {
    while (await this.bring(this.#run.goToStop(stop)));
  }

  /** Runs until a reason is one of `ends`, in slices, so that a pause gets through. */
  async runTo(ends: readonly Reason[], through: boolean): Promise<Reason> {
    const generation = this.#session.generation();
    const told = { at: performance.now(), head: this.#run.world.trace?.head ?? 0 };
    for (;;) {
      const reason = await this.advance({ steps: SLICE_STEPS, through });
      this.#show(told);
      const left = generation !== this.#session.generation();
      if (reason !== 'steps' || left) {
        if (reason === 'steps' || ends.includes(reason) || this.#stopped) return reason;
      }
      await breathe();
      if (generation !== this.#session.generation()) return reason;
    }
  }

  /** What takes long is shown while it goes on, with every row of it. */
  #show(told: { at: number; head: number }): void {
    const head = this.#run.world.trace?.head ?? 0;
    const now = performance.now();
    if (now - told.at < PROGRESS_MS && head - told.head < PROGRESS_ROWS) return;
    this.#session.show(told.head);
    Object.assign(told, { at: now, head });
  }

  /** Runs until a claim holds, or for so many steps; whether it held. */
  async runUntil({ claim, maxSteps }: Calls['runUntil']['ask']): Promise<boolean> {
    const run = this.#run;
    const { compileExpression } = await this.#session.services.expressions();
    const expression = compileExpression(claim, { file: 'claim', line: 1, column: 1 });
    const generation = this.#session.generation();
    const most = maxSteps ?? UNTIL_STEPS;
    let reached = expression.happens(run.answers);
    for (let n = 0; !reached && n < most && generation === this.#session.generation(); n++) {
      const reason = await this.advance({ steps: 1, through: true });
      if (reason === 'ended' || reason === 'chosen' || this.#stopped) break;
      reached = expression.happens(run.answers);
      if (n % 500 === 499) await breathe();
    }
    return reached;
  }
}
