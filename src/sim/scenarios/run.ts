import { Refused, SimBug } from '../base/assert.ts';
import type { MemorySnapshot } from '../machine/memory.ts';
import type { World } from '../world/world.ts';
import { answersOf } from './answers.ts';
import { Checkpoints, type Moment } from './checkpoints.ts';
import type { Answers } from './names.ts';
import {
  comesHere,
  isAt,
  isSameChoice,
  needsConsoles,
  perform,
  stepOfParting,
  type Act,
  type Input,
  type Spot,
} from './inputs.ts';
import {
  newWorld,
  type ConsoleWork,
  type Evaluator,
  type OwnFile,
  type Reason,
  type RunOptions,
} from './run-parts.ts';
import {
  assertRunning,
  consoleFacts,
  viewWords,
  withClaims,
  withCommand,
  withLessonFile,
} from './run-blocks.ts';
import { beginSchedule, stepSchedule } from './play-schedule.ts';
import { anyBusy, FIRST_STATE, type RunState } from './run-state.ts';
import type { Block, Claim, ConsoleBlock, Scenario, Stop } from './scenario.ts';

/** Simulated time a block may take before it counts as one that never comes to rest. */
const BLOCK_NS_MAX = 1e9;

export type { ConsoleWork, Evaluator, OwnFile, Reason, RunOptions } from './run-parts.ts';

/**
 * A scenario being run: its world, where the lesson is, what was typed. Everything that happens is
 * a function of scenario, options and inputs, so that any step can be reached again.
 */
export class Run {
  readonly scenario: Scenario;
  readonly world: World;
  readonly seed: number;
  readonly profile: string;
  state: RunState = FIRST_STATE;
  /** Of schedules, by the line of an entry: the step behind its last one, the last time it ran. */
  readonly entryEnds = new Map<number, number>();
  evaluator: Evaluator | null = null;
  consoles: ConsoleWork | null = null;
  readonly #own: readonly OwnFile[];
  #inputs: readonly Input[];
  readonly #kept: Checkpoints;

  constructor(scenario: Scenario, options: RunOptions) {
    this.scenario = scenario;
    this.seed = options.seed ?? scenario.seed;
    this.profile = options.profile ?? scenario.profile;
    this.#own = options.own ?? [];
    this.#inputs = options.inputs ?? [];
    this.world = newWorld(scenario, options, this);
    this.#kept = new Checkpoints(this.#moment(), this.spot);
    this.#mark();
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
    return this.scenario.stops[this.state.at.stop]!;
  }

  get answers(): Answers {
    return answersOf(this.world, consoleFacts(this.state));
  }

  #moment(): Moment {
    return { world: this.world.snapshot(), state: this.state };
  }

  #restore(moment: Moment): void {
    this.#kept.leave(this.spot, this.state.ended);
    this.#awaited = false;
    this.world.restore(moment.world);
    this.state = moment.state;
  }

  /** This moment, to come back to soon: until then the run may only go on. */
  hold(): { readonly memory: MemorySnapshot; readonly back: () => void } {
    const moment = this.#moment();
    const awaited = this.#awaited;
    const back = (): void => {
      this.#restore(moment);
      this.#awaited = awaited;
    };
    return { memory: moment.world.machine.memory, back };
  }

  /** The last moment kept at or before a step. */
  markBefore(step: number): { readonly step: number; readonly memory: MemorySnapshot } | undefined {
    const mark = this.#kept.before(step);
    return mark && { step: mark.step, memory: mark.state.world.machine.memory };
  }

  #set(change: Partial<RunState>): void {
    this.state = { ...this.state, ...change };
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
      this.#settle();
      if (this.step >= end) return 'steps';
      if (this.world.machine.now > until) return 'time';
      const input = this.#comingInput();
      if (input && needsConsoles(input.act) && !this.consoles) return 'consoles';
      if (this.#replayInput()) continue;
      const reason = this.#act(end - this.step, until, limit.through ?? false);
      if (reason) return reason;
    }
  }

  #settle(): void {
    if (this.consoles) this.state = this.consoles.settle(this.world, this.state);
  }

  /** The consoles, once they were loaded; whoever comes here has seen to that. */
  #work(): ConsoleWork {
    if (!this.consoles) throw new SimBug('consoles are not loaded');
    return this.consoles;
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
    if (input) this.#perform(input.act);
    return input !== undefined;
  }

  #perform(act: Act): void {
    this.state = perform(this.world, this.state, act, () => this.#work());
    this.#settle();
    if (act.kind === 'choose' && this.state.breaks.length > 0) this.#noteBreak();
  }

  /** Somebody does something: what lay ahead from an earlier visit no longer comes. */
  do(act: Act): void {
    const { step, state, inputs } = this;
    const coming = this.#comingInput();
    // The same choice again: what lay ahead still does.
    if (coming && isSameChoice(coming.act, act)) return this.#perform(act);
    const input = { step, at: state.at, typing: state.typing !== null, act };
    // Tried first: what is refused must cut nothing, and rows are only written behind a cut.
    const moment = this.#moment();
    this.#perform(act);
    this.#restore(moment);
    this.#forget();
    this.#inputs = [...inputs, input];
    this.#perform(act);
    this.#awaited = act.kind === 'line';
  }

  /** Takes the last choice back. False when there is none. */
  undo(): boolean {
    const last = this.state.inputs - 1;
    const input = this.#inputs[last];
    if (input?.act.kind !== 'choose') return false;
    this.goTo({ step: input.step, at: input.at, inputs: last });
    return true;
  }

  /** Does the next thing. Answers a reason to stop, or undefined to go on. */
  #act(left: number, until: number, through: boolean): Reason | undefined {
    if (this.state.picks) return this.#awaitChoice();
    if (this.state.typing !== null) return this.#runTyped(left, until);
    if (this.state.ended) return this.#runWorld(left, until) ? undefined : 'ended';
    const item = this.stop.items[this.state.at.item];
    if (!item) return this.#endStop(through);
    if (item.kind === 'prose') return this.#nextItem();
    if (!this.state.at.running) this.#beginBlock();
    return this.#runBlock(item, left, until);
  }

  #beginBlock(): void {
    this.#set({
      at: { ...this.state.at, running: true },
      blockSince: this.world.machine.now,
      note: '',
    });
  }

  #nextItem(): undefined {
    const { stop, item, running } = this.state.at;
    this.#set({ at: { stop, item: item + 1, line: 0, running }, schedule: null });
  }

  #endStop(through: boolean): Reason | undefined {
    const { stop, running } = this.state.at;
    const { now, steps } = this.world.machine;
    const stops = [...this.state.stops, { stop, timeNs: now, steps }];
    if (stop + 1 >= this.scenario.stops.length) {
      this.#set({ ended: true, stops, at: { ...this.state.at, running: false } });
      // What was typed after the end comes again before anybody is told.
      return this.#inputs[this.state.inputs] ? undefined : 'ended';
    }
    this.#set({ at: { stop: stop + 1, item: 0, line: 0, running: false }, stops });
    this.#kept.keepStop(stop + 1, this.#moment());
    // A stop without blocks only speaks: playing goes through it.
    return running && !through ? 'stop' : undefined;
  }

  #runBlock(block: Block, left: number, until: number): Reason | undefined {
    switch (block.kind) {
      case 'dts':
      case 'file': {
        this.state = withLessonFile(this.state, block, this.#own, this.scenario.file);
        return this.#nextItem();
      }
      case 'console':
        return this.#runConsole(block, left, until);
      case 'schedule': {
        const progress = this.state.schedule ?? beginSchedule(this.world);
        const next = stepSchedule(this.world, block, progress, this.scenario.file, this.entryEnds);
        this.#set({ schedule: next });
        if (this.state.breaks.length > 0) this.#noteBreak();
        return next ? this.#stopped() : this.#nextItem();
      }
      case 'expect':
        return this.#expect(block.claims);
      case 'break':
        if (!this.evaluator) return 'evaluator';
        this.#set({ breaks: [...this.state.breaks, ...block.claims] });
        return this.#nextItem();
      case 'view':
        this.#set({ view: viewWords(block) });
        return this.#nextItem();
      case 'question':
      case 'explore':
        return this.#nextItem();
    }
  }

  /** One line after the other; then until everything has come to rest. */
  #runConsole(block: ConsoleBlock, left: number, until: number): Reason | undefined {
    if (!this.consoles) return 'consoles';
    const { at } = this.state;
    const line = block.lines[at.line];
    const busy = anyBusy(this.state);
    if (line && !busy) {
      assertRunning(this.world, block, this.scenario.file);
      this.state = this.#work().typeLine(this.world, this.state, block.kernel, line.text);
      this.#set({ at: { ...at, line: at.line + 1 } });
      this.#noteCommand(block);
      return undefined;
    }
    if (this.#runWorld(left, until)) {
      this.#noteCommand(block);
      this.#late();
      return this.#stopped();
    }
    if (this.#waits(until)) return 'time';
    if (anyBusy(this.state)) {
      this.#giveUp();
      this.#noteCommand(block);
      return undefined;
    }
    return line ? undefined : this.#nextItem();
  }

  /** Records the statuses of lines that are over. */
  #noteCommand(block: ConsoleBlock): void {
    this.#settle();
    this.state = withCommand(this.state, block);
  }

  /** A console waits for something that cannot come: it is interrupted, and says so. */
  #giveUp(): void {
    for (const { kernel, job } of this.state.consoles)
      if (job)
        this.state = this.#work().interrupt(this.state, kernel, '(nothing goes on any more)');
  }

  #late(): void {
    if (this.world.machine.now - this.state.blockSince <= BLOCK_NS_MAX) return;
    const line = this.stop.items[this.state.at.item]?.line ?? this.stop.line;
    throw new Refused('this block does not come to rest within a simulated second', {
      ...{ file: this.scenario.file, line, column: 1 },
    });
  }

  /** Lets the world run. False when nothing moved. */
  #runWorld(left: number, until: number): boolean {
    const single = this.state.breaks.length > 0;
    // What was done in the middle of something comes again in the middle of it.
    const next = (this.#inputs[this.state.inputs]?.step ?? Infinity) - this.step;
    const most = Math.min(left, single ? 1 : SLICE_STEPS, next > 0 ? next : Infinity);
    const done = this.world.run(most, until);
    if (done > 0 && single) this.#noteBreak();
    return done > 0 || this.world.cold.results.size > 0;
  }

  /** Something will happen, but after `until`. */
  #waits(until: number): boolean {
    return until !== Infinity && !this.world.quiet;
  }

  #runTyped(left: number, until: number): Reason | undefined {
    if (this.#runWorld(left, until)) {
      this.#settle();
      return undefined;
    }
    if (this.#waits(until)) return 'time';
    if (anyBusy(this.state)) {
      this.#giveUp();
      return undefined;
    }
    return this.#endTyped();
  }

  #endTyped(): Reason | undefined {
    this.#set({ typing: null });
    const awaited = this.#awaited;
    this.#awaited = false;
    return awaited ? 'typed' : undefined;
  }

  /** Chosen mode: only consoles that wait for nobody go on. */
  #awaitChoice(): Reason | undefined {
    if (this.state.typing === null || anyBusy(this.state)) return 'chosen';
    return this.#endTyped();
  }

  #expect(claims: readonly Claim[]): Reason | undefined {
    const { evaluator, scenario, answers } = this;
    if (!evaluator) return 'evaluator';
    this.state = withClaims(this.state, claims, this.world.machine.now, (claim) =>
      evaluator.judge(claim, scenario.file, answers),
    );
    return this.#nextItem();
  }

  /** Drops breaks that have come true, and remembers to stop. */
  #noteBreak(): void {
    const { evaluator, answers } = this;
    const { file } = this.scenario;
    if (!evaluator) return;
    const hit = this.state.breaks.find((claim) => evaluator.happens(claim, file, answers));
    if (!hit) return;
    this.#set({
      breaks: this.state.breaks.filter((claim) => claim !== hit),
      note: `stopped because ${hit.text}`,
    });
    this.#hit = true;
  }
  #hit = false;

  #stopped(): Reason | undefined {
    if (!this.#hit) return undefined;
    this.#hit = false;
    return 'break';
  }

  /** Types a line on a console: the lesson waits until it is over and all is quiet again. */
  type(kernel: string, line: string): void {
    this.do({ kind: 'line', kernel, line });
  }
  /** Somebody has typed a line and waits for its end; nobody does when it is typed again by a replay. */
  #awaited = false;

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
      this.#settle();
      if (isAt(spot, this.state)) return 'steps';
      if (this.#replayInput()) continue;
      const why = this.#act(1, Infinity, true);
      if (why && why !== 'break' && !isAt(spot, this.state)) return why;
    }
    return 'ended';
  }

  /** To the moment a stop became ready; one that was not reached yet is run to. */
  goToStop(stop: number): Reason {
    const moment = this.#kept.stop(stop);
    if (moment) {
      this.#restore(moment);
      return 'stop';
    }
    let reason: Reason = 'stop';
    while (this.state.at.stop < stop && !this.state.ended) {
      reason = this.advance();
      if (reason === 'evaluator' || reason === 'consoles') return reason;
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

/** Things that are tried at one step before a spot counts as one that is not there. */
const SPOT_ACTS_MAX = 100_000;

/** Steps the world runs before consoles and checkpoints are looked after. */
const SLICE_STEPS = 4096;
