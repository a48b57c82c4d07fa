import { Refused, SimBug } from '../base/assert.ts';
import type { World } from '../world/world.ts';
import { answersOf } from './answers.ts';
import { perform, type Act, type Input } from './inputs.ts';
import type { Answers } from './names.ts';
import { beginSchedule, stepSchedule } from './play-schedule.ts';
import {
  assertRunning,
  consoleFacts,
  viewWords,
  withClaims,
  withCommand,
  withLessonFile,
} from './run-blocks.ts';
import type { ConsoleWork, Evaluator, OwnFile, Reason } from './run-parts.ts';
import { anyBusy, FIRST_STATE, type RunState } from './run-state.ts';
import type { Block, Claim, ConsoleBlock, Scenario, Stop } from './scenario.ts';

/** Simulated time a block may take before it counts as one that never comes to rest. */
const BLOCK_NS_MAX = 1e9;

/** Steps the world runs before consoles and checkpoints are looked after. */
const TURN_STEPS = 4096;
/** What a console says when what it waits for cannot come. */
const GIVEN_UP = '(nothing goes on any more)';

/** What a course asks of the run it is the course of. */
export interface Ahead {
  /** What was done next by hand, on an earlier visit; undefined when nothing was. */
  readonly input: () => Input | undefined;
  /** A stop has become ready. */
  readonly reached: (stop: number) => void;
}

/** A lesson's way through its world, forward only: the stop and block it is at, what each does. */
export class Course {
  readonly scenario: Scenario;
  readonly world: World;
  state: RunState = FIRST_STATE;
  /** Of schedules, by the line of an entry: the step behind its last one, the last time it ran. */
  readonly entryEnds = new Map<number, number>();
  evaluator: Evaluator | null = null;
  consoles: ConsoleWork | null = null;
  /** Somebody has typed a line and waits for its end; nobody does when it is typed again by a replay. */
  awaited = false;
  readonly #own: readonly OwnFile[];
  readonly #ahead: Ahead;
  #hit = false;

  constructor(scenario: Scenario, world: World, own: readonly OwnFile[], ahead: Ahead) {
    this.scenario = scenario;
    this.world = world;
    this.#own = own;
    this.#ahead = ahead;
  }

  get stop(): Stop {
    return this.scenario.stops[this.state.at.stop]!;
  }

  get answers(): Answers {
    return answersOf(this.world, consoleFacts(this.state));
  }

  #set(change: Partial<RunState>): void {
    this.state = { ...this.state, ...change };
  }

  /** Hands what tasks have come to to the consoles that wait for it. */
  settle(): void {
    if (this.consoles) this.state = this.consoles.settle(this.world, this.state);
  }

  /** The consoles, once they were loaded; whoever comes here has seen to that. */
  #work(): ConsoleWork {
    if (!this.consoles) throw new SimBug('consoles are not loaded');
    return this.consoles;
  }

  /** Does what a person did. Refuses what cannot be done, changing nothing. */
  perform(act: Act): void {
    this.state = perform(this.world, this.state, act, () => this.#work());
    this.settle();
    if (act.kind === 'choose' && this.state.breaks.length > 0) this.#noteBreak();
  }

  /**
   * Does the next thing: at most `left` steps of it, none behind the simulated time `until`, over
   * the end of a stop only with `through`. Answers a reason to stop, or undefined to go on.
   */
  go(left: number, until: number, through: boolean): Reason | undefined {
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
      return this.#ahead.input() ? undefined : 'ended';
    }
    this.#set({ at: { stop: stop + 1, item: 0, line: 0, running: false }, stops });
    this.#ahead.reached(stop + 1);
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
      assertRunning(this.world, this.state, block, this.scenario.file);
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
    this.settle();
    this.state = withCommand(this.state, block);
  }

  /** A console waits for something that cannot come: it is interrupted, and says so. */
  #giveUp(): void {
    for (const { kernel, job } of this.state.consoles)
      if (job) this.state = this.#work().interrupt(this.world, this.state, kernel, GIVEN_UP);
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
    const next = (this.#ahead.input()?.step ?? Infinity) - this.world.machine.steps;
    const most = Math.min(left, single ? 1 : TURN_STEPS, next > 0 ? next : Infinity);
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
      this.settle();
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
    const awaited = this.awaited;
    this.awaited = false;
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

  #stopped(): Reason | undefined {
    if (!this.#hit) return undefined;
    this.#hit = false;
    return 'break';
  }
}
