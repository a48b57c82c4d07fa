import { Refused } from '../sim/base/assert.ts';
import type { Spot } from '../sim/scenarios/inputs.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import type { Run } from '../sim/scenarios/run.ts';
import type { Breaking } from './breaking.ts';
import type { Tell } from './host.ts';
import type { Calls } from './protocol.ts';
import type { Services } from './services.ts';

/** Steps a call may run before others get a word in. */
const SLICE_STEPS = 20_000;
/** Real time a call may run before others get a word in, in ms. */
const BEAT_MS = 100;
/** Steps `runUntil` takes when it is not told. */
const UNTIL_STEPS = 1_000_000;

/** Steps `runUntil` takes before it looks at the clock. */
const UNTIL_SLICE_STEPS = 100;
/** The page hears of what has taken so long, in ms, and then at each beat. */
const TELL_MS = 300;

/** A long run tells of itself after so much time, or so many rows. */
const PROGRESS_MS = 100;
const PROGRESS_ROWS = 100_000;

const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** How far to run, as `Run.advance` takes it. */
type Limit = NonNullable<Parameters<Run['advance']>[0]>;

/** How a way to another moment ended: as the run said, or left when somebody wanted that. */
export type Came = Reason | 'left';

/** Refuses what is no number of steps. */
function wholeNumber(steps: number): number {
  if (!Number.isSafeInteger(steps) || steps < 0)
    throw new Refused(`a number of steps is a whole number from 0 on, not ${steps}`);
  return steps;
}

/** What the session lends whose run is to be somewhere else. */
export interface Traveller {
  readonly run: () => Run;
  readonly services: Services;
  readonly tell: Tell;
  /** There once a breakpoint was set, or looked for. */
  readonly breaking: () => Breaking | undefined;
  /** Somebody wants the present call to stop, if it takes long. */
  readonly isLeft: () => boolean;
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
  go(run: Run, limit: Limit): Reason {
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

  /** One stretch of the run, which may be short; undefined when it missed a part that is there now. */
  async #stretch(limit: Limit): Promise<Reason | undefined> {
    const reason = this.go(this.#run, limit);
    return (await this.bring(reason)) ? undefined : reason;
  }

  /** So many steps on. */
  async step(count: number): Promise<Came> {
    const run = this.#run;
    const end = run.step + wholeNumber(count);
    return this.#inSlices(end, async () => {
      const steps = Math.min(SLICE_STEPS, end - run.step);
      const reason = await this.#stretch({ steps, through: true });
      return reason === 'steps' && run.step < end ? undefined : reason;
    });
  }

  /** To any step of the run, back or forward. */
  async seek(to: number): Promise<Came> {
    const run = this.#run;
    const near = run.markBefore(wholeNumber(to))?.step ?? 0;
    const known = Math.min(to, run.stepEnd);
    // It goes on from the nearest checkpoint, unless the run is nearer.
    let at = to < run.step ? near : Math.max(near, run.step);
    return this.#inSlices(
      to,
      async () => {
        const reason = run.seek(Math.min(to, at + SLICE_STEPS));
        at = run.step;
        if (await this.bring(reason)) return undefined;
        // As for the whole of it: a break on the way to where the run has been stops nobody.
        const goesOn = reason === 'steps' || (reason === 'break' && at < known);
        return goesOn && at < to ? undefined : reason;
      },
      at,
    );
  }

  /** To that very spot, which is near; 'steps' when the run got there. */
  async goTo(spot: Spot): Promise<Reason> {
    let reason = this.#run.goTo(spot);
    while (await this.bring(reason)) reason = this.#run.goTo(spot);
    return reason;
  }

  /** To where a stop of the lesson begins. */
  async goToStop(stop: number): Promise<Came> {
    const run = this.#run;
    return this.#inSlices(null, async () => {
      const reason = run.goToStop(stop, SLICE_STEPS);
      return (await this.bring(reason)) || reason === 'steps' ? undefined : reason;
    });
  }

  /** Runs until a reason is one of `ends`, and shows what happens on the way. */
  async runTo(ends: readonly Reason[], through: boolean): Promise<Came> {
    const told = { at: performance.now(), head: this.#run.world.trace?.head ?? 0 };
    return this.#inSlices(null, async () => {
      const reason = await this.#stretch({ steps: SLICE_STEPS, through });
      this.#show(told);
      return reason && (ends.includes(reason) || this.#stopped) ? reason : undefined;
    });
  }

  /**
   * Goes on with `slice` until that answers why it is over. In between others get a word in, the
   * page hears how far it is on its way to step `to`, and who wants it to stop is listened to.
   */
  async #inSlices(
    to: number | null,
    slice: () => Promise<Reason | undefined>,
    from = this.#run.step,
  ): Promise<Came> {
    const { isLeft, tell } = this.#session;
    const began = performance.now();
    let beat = began;
    let told = false;
    try {
      for (;;) {
        const came = await slice();
        if (came !== undefined) return came;
        const now = performance.now();
        if (now - beat < BEAT_MS) continue;
        if (now - began >= TELL_MS) {
          told = true;
          tell({ push: 'jump', jump: { from, step: this.#run.step, to } });
        }
        await breathe();
        if (isLeft()) return 'left';
        beat = performance.now();
      }
    } finally {
      if (told) tell({ push: 'jump', jump: null });
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
    let left = wholeNumber(maxSteps ?? UNTIL_STEPS);
    const { compileClaim } = await this.#session.services.expressions();
    const expression = compileClaim({ text: claim, line: 1, column: 1 }, 'claim');
    let reached = expression.happens(run.answers);
    await this.#inSlices(null, async () => {
      for (let n = 0; n < UNTIL_SLICE_STEPS; n++) {
        if (reached || !(left > 0)) return 'steps';
        const reason = await this.#stretch({ steps: 1, through: true });
        if (reason === undefined) continue;
        left--;
        if (reason === 'ended' || reason === 'chosen' || this.#stopped) return reason;
        reached = expression.happens(run.answers);
      }
      return undefined;
    });
    return reached;
  }
}
