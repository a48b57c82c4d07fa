import { History, type Mark } from '../engine/history.ts';
import { bytesBetween } from '../machine/software.ts';
import type { WorldSnapshot } from '../world/world.ts';
import { isBehind, type Spot } from './inputs.ts';
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
  /** The furthest point, as far as it was noted, and whether the lesson is over there. */
  #tip: Spot;
  #isOver = false;
  /** What the run has cost up to {@link stepEnd}: decides where checkpoints lie. */
  #cost = 0;
  /** The moment each stop became ready. */
  #stops: (Moment | undefined)[] = [];
  readonly #history = new History<Moment>((moment, before) =>
    bytesBetween(moment.world.machine, before?.world.machine),
  );

  constructor(first: Moment, spot: Spot) {
    this.#stops[0] = first;
    this.#tip = spot;
    this.#history.keep(spot.step, first, 0);
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

  /** Notes a point the run is about to leave; answers the furthest one. */
  leave(spot: Spot, isOver: boolean): Spot {
    const tip = this.#tip;
    const isBeside = spot.step === tip.step && spot.inputs === tip.inputs;
    // A stop is running until it is over: the place alone does not tell which comes first.
    const isLater = isBeside && isOver !== this.#isOver ? isOver : isBehind(spot, tip);
    if (isLater) {
      this.#tip = spot;
      this.#isOver = isOver;
    }
    return this.#tip;
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
  cut(spot: Spot, time: number): void {
    this.#history.cut(spot.step, this.#cost);
    this.#stops = this.#stops.slice(0, spot.at.stop + 1);
    this.#tip = spot;
    this.#isOver = false;
    this.stepEnd = spot.step;
    this.timeEnd = time;
  }
}
