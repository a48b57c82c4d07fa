import { History, type Mark } from '../engine/history.ts';
import { bytesBetween } from '../machine/software.ts';
import type { WorldSnapshot } from '../world/world.ts';
import type { RunState } from './run-state.ts';

/** All of a run at one point. */
export interface Moment {
  readonly world: WorldSnapshot;
  readonly state: RunState;
}

/** What a step costs whose outcome breaks are asked about, in steps without. */
const STEP_COST_WITH_BREAKS = 64;

/** How far a run has got, and the moments from which any of its steps is reached again. */
export class Checkpoints {
  stepEnd = 0;
  timeEnd = 0;
  /** What the run has cost up to {@link stepEnd}: decides where checkpoints lie. */
  #cost = 0;
  /** The moment each stop became ready. */
  #stops: (Moment | undefined)[] = [];
  readonly #history = new History<Moment>((moment, before) =>
    bytesBetween(moment.world.machine, before?.world.machine),
  );

  constructor(first: Moment, step: number) {
    this.#stops[0] = first;
    this.#history.keep(step, first, 0);
  }

  /** Notes how far the run has got, and keeps the moment when one is due. */
  note(step: number, time: number, breaks: boolean, moment: () => Moment): void {
    const more = step - this.stepEnd;
    if (time > this.timeEnd) this.timeEnd = time;
    if (more <= 0) return;
    this.stepEnd = step;
    this.#cost += more * (breaks ? STEP_COST_WITH_BREAKS : 1);
    if (this.#history.due(this.#cost)) this.#history.keep(step, moment(), this.#cost);
  }

  keepStop(stop: number, moment: Moment): void {
    this.#stops[stop] = moment;
  }

  stop(stop: number): Moment | undefined {
    return this.#stops[stop];
  }

  /** The last moment kept at or before a step. */
  before(step: number): Mark<Moment> | undefined {
    return this.#history.before(Math.max(0, step)) ?? this.#history.first;
  }

  /** Another future begins: what lies ahead is no longer true. */
  cut(step: number, time: number, stop: number): void {
    this.#history.cut(step, this.#cost);
    this.#stops = this.#stops.slice(0, stop + 1);
    this.stepEnd = step;
    this.timeEnd = time;
  }
}
