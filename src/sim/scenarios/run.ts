import type { MemorySnapshot } from '../machine/moments.ts';
import type { World } from '../world/world.ts';
import { Checkpoints, type Moment } from './checkpoints.ts';
import { Course } from './course.ts';
import type { Answers } from './names.ts';
import {
  comesHere,
  isAt,
  isSameChoice,
  needsConsoles,
  stepOfParting,
  type Act,
  type Input,
  type Spot,
} from './inputs.ts';
import {
  newWorld,
  type ConsoleWork,
  type Evaluator,
  type Reason,
  type RunOptions,
} from './run-parts.ts';
import type { RunState } from './run-state.ts';
import type { Scenario, Stop } from './scenario.ts';

/**
 * A scenario being run: its world, where the lesson is, what was typed. Everything that happens is
 * a function of scenario, options and inputs, so that any step can be reached again.
 */
export class Run {
  readonly scenario: Scenario;
  readonly world: World;
  readonly seed: number;
  readonly profile: string;
  readonly #course: Course;
  #inputs: readonly Input[];
  readonly #kept: Checkpoints;

  constructor(scenario: Scenario, options: RunOptions) {
    this.scenario = scenario;
    this.seed = options.seed ?? scenario.seed;
    this.profile = options.profile ?? scenario.profile;
    this.#inputs = options.inputs ?? [];
    this.world = newWorld(scenario, options, this);
    this.#course = new Course(scenario, this.world, options.own ?? [], {
      input: () => this.#inputs[this.state.inputs],
      reached: (stop) => this.#kept.keepStop(stop, this.#moment()),
    });
    this.#kept = new Checkpoints(this.#moment(), this.spot);
    this.#mark();
  }

  get state(): RunState {
    return this.#course.state;
  }

  set state(state: RunState) {
    this.#course.state = state;
  }

  /** What judges claims, null until it is loaded. */
  get evaluator(): Evaluator | null {
    return this.#course.evaluator;
  }

  set evaluator(evaluator: Evaluator | null) {
    this.#course.evaluator = evaluator;
  }

  /** What types on consoles, null until it is loaded. */
  get consoles(): ConsoleWork | null {
    return this.#course.consoles;
  }

  set consoles(consoles: ConsoleWork | null) {
    this.#course.consoles = consoles;
  }

  /** Of schedules, by the line of an entry: the step behind its last one, the last time it ran. */
  get entryEnds(): ReadonlyMap<number, number> {
    return this.#course.entryEnds;
  }

  get step(): number {
    return this.world.machine.steps;
  }

  /** Furthest point reached: the end of the timeline. */
  get stepEnd(): number {
    return this.#kept.stepEnd;
  }

  get timeEnd(): number {
    return this.#kept.timeEnd;
  }

  /** What was done by hand up to this moment. */
  get inputs(): readonly Input[] {
    return this.#inputs.slice(0, this.state.inputs);
  }

  /** All that is done in this run: up to this moment, and ahead, from an earlier visit. */
  get allInputs(): readonly Input[] {
    return this.#inputs;
  }

  /** The furthest point this run has reached. */
  get tip(): Spot {
    return this.#kept.leave(this.spot, this.state.ended);
  }

  get stop(): Stop {
    return this.#course.stop;
  }

  get answers(): Answers {
    return this.#course.answers;
  }

  #moment(): Moment {
    return { world: this.world.snapshot(), state: this.state };
  }

  #restore(moment: Moment): void {
    this.#kept.leave(this.spot, this.state.ended);
    this.#course.awaited = false;
    this.world.restore(moment.world);
    this.state = moment.state;
  }

  /** This moment, to come back to soon: until then the run may only go on. */
  hold(): { readonly memory: MemorySnapshot; readonly back: () => void } {
    const moment = this.#moment();
    const awaited = this.#course.awaited;
    const back = (): void => {
      this.#restore(moment);
      this.#course.awaited = awaited;
    };
    return { memory: moment.world.machine.memory, back };
  }

  /** The last moment kept at or before a step. */
  markBefore(step: number): { readonly step: number; readonly memory: MemorySnapshot } | undefined {
    const mark = this.#kept.before(step);
    return mark && { step: mark.step, memory: mark.state.world.machine.memory };
  }

  /**
   * Runs on: at most `steps` steps, to simulated time `until`, through stops or to the next one.
   * A schedule that cannot be followed and a block that never comes to rest are {@link Refused}.
   */
  advance(limit: { steps?: number; until?: number; through?: boolean } = {}): Reason {
    const until = limit.until ?? Infinity;
    const end = this.step + (limit.steps ?? Infinity);
    for (;;) {
      this.#mark();
      this.#course.settle();
      if (this.step >= end) return 'steps';
      if (this.world.machine.now > until) return 'time';
      const input = this.#comingInput();
      if (input && needsConsoles(input.act) && !this.consoles) return 'consoles';
      if (this.#replayInput()) continue;
      const reason = this.#course.go(end - this.step, until, limit.through ?? false);
      if (reason) return reason;
    }
  }

  /** Keeps checkpoints, and how far the run has got. */
  #mark(): void {
    const breaks = this.state.breaks.length > 0;
    this.#kept.note(this.step, this.world.machine.now, breaks, () => this.#moment());
  }

  /** While replaying: what was done at this very point. */
  #comingInput(): Input | undefined {
    const input = this.#inputs[this.state.inputs];
    return input && comesHere(input, this.step, this.state) ? input : undefined;
  }

  #replayInput(): boolean {
    const input = this.#comingInput();
    if (input) this.#course.perform(input.act);
    return input !== undefined;
  }

  /** Somebody does something: what lay ahead from an earlier visit no longer comes. */
  do(act: Act): void {
    const { step, state, inputs } = this;
    const coming = this.#comingInput();
    // The same choice again: what lay ahead still does.
    if (coming && isSameChoice(coming.act, act)) return this.#course.perform(act);
    const input = { step, at: state.at, typing: state.typing !== null, act };
    // Tried first: what is refused must cut nothing, and rows are only written behind a cut.
    const moment = this.#moment();
    this.#course.perform(act);
    this.#restore(moment);
    this.#forget();
    this.#inputs = [...inputs, input];
    this.#course.perform(act);
    // A line is waited for; when it is cut short, so is what it leaves behind.
    this.#course.awaited = needsConsoles(act) && this.state.typing !== null;
  }

  /** Takes the last choice back. False when there is none. */
  undo(): boolean {
    const last = this.state.inputs - 1;
    const input = this.#inputs[last];
    if (input?.act.kind !== 'choose') return false;
    this.goTo({ step: input.step, at: input.at, inputs: last });
    return true;
  }

  /** Types a line on a console: the lesson waits until it is over and all is quiet again. */
  type(kernel: string, line: string): void {
    this.do({ kind: 'line', kernel, line });
  }

  /** What lies ahead from an earlier visit no longer comes. */
  #forget(): void {
    this.#kept.cut(this.spot, this.world.machine.now);
    this.#inputs = this.#inputs.slice(0, this.state.inputs);
    this.world.trace?.cut(this.world.trace.head);
  }

  /** Another future: these things are done, in the place of those that were. */
  follow(inputs: readonly Input[]): void {
    const parted = stepOfParting(this.#inputs, inputs);
    const mark = parted === Infinity ? undefined : this.#kept.before(parted - 1);
    if (mark) {
      this.#restore(mark.state);
      this.#forget();
    }
    this.#inputs = inputs;
  }

  /** To any step: back by the nearest checkpoint and replay, forward by running on. */
  seek(step: number): Reason {
    const mark = this.#kept.before(step);
    if (mark && (step < this.step || mark.step > this.step)) this.#restore(mark.state);
    let reason: Reason = 'steps';
    const known = Math.min(step, this.stepEnd);
    while (this.step < step) {
      reason = this.advance({ steps: step - this.step, through: true });
      // A break on the way to where the run has been stops nobody.
      if (reason !== 'break' || this.step >= known) break;
    }
    // That somebody began to choose here belongs to the moment, and takes no step.
    while (this.step === step && this.#comingInput()?.act.kind === 'chosen') this.#replayInput();
    return reason;
  }

  /** Where the run is: many things take no step, so that a step alone does not say it. */
  get spot(): Spot {
    return { step: this.step, at: this.state.at, inputs: this.state.inputs };
  }

  /** To that very spot; answers 'steps' when the run got there. */
  goTo(spot: Spot): Reason {
    const reason = this.seek(spot.step);
    if (this.step !== spot.step) return reason;
    for (let n = 0; n < SPOT_ACTS_MAX && this.step === spot.step; n++) {
      this.#course.settle();
      if (isAt(spot, this.state)) return 'steps';
      if (this.#replayInput()) continue;
      const why = this.#course.go(1, Infinity, true);
      if (why && why !== 'break' && !isAt(spot, this.state)) return why;
    }
    return 'ended';
  }

  /**
   * To the moment a stop became ready. One that was not reached yet is run to, by at most `steps`
   * steps: 'steps' when they did not do.
   */
  goToStop(stop: number, steps = Infinity): Reason {
    const moment = this.#kept.stop(stop);
    if (moment) {
      this.#restore(moment);
      return 'stop';
    }
    let reason: Reason = 'stop';
    const end = this.step + steps;
    while (this.state.at.stop < stop && !this.state.ended) {
      reason = this.advance({ steps: end - this.step });
      if (OUT_OF_REACH.has(reason)) return reason;
    }
    // A stop that only speaks is gone through with the one behind it.
    const reached = this.#kept.stop(stop);
    if (reached) this.#restore(reached);
    return reason;
  }

  hash(): string {
    return this.world.hash();
  }
}

/** Why a stop that lies ahead is not reached at once. */
const OUT_OF_REACH: ReadonlySet<Reason> = new Set(['steps', 'chosen', 'evaluator', 'consoles']);

/** Things that are tried at one step before a spot counts as one that is not there. */
const SPOT_ACTS_MAX = 100_000;
