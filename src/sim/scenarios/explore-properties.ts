import type { EffectTree } from '../engine/effect-tree.ts';
import type { Explorer } from '../engine/explorer.ts';
import { K } from '../kernel/kernel.layout.ts';
import { MULTIKERNEL_VECTOR } from '../kernel/mk.layout.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { hasVector } from '../machine/lapic.ts';
import { Judge } from '../world/explore/outcomes.ts';
import { replay } from '../world/explore/replay.ts';
import type { WorldExplorer } from '../world/explore/world-explorer.ts';
import { compileClaim, type Expression } from './claims.ts';
import type { Answers } from './names.ts';
import type { Run } from './run.ts';
import type { ExploreBlock, Property } from './scenario.ts';
import { statsOf, type Stats } from './stats.ts';

/** What came of a property. */
export interface PropertyResult {
  readonly name: string;
  readonly kind: Property['when'];
  readonly holds: boolean;
  /** The counterexample, or for `sometimes` an example; null where there is none. */
  readonly schedule: readonly string[] | null;
  /** Nobody could tell: the search was too large to ask. */
  readonly isOpen?: boolean;
}

/** States that were found, by a search or by a part of one. */
export interface FoundStates {
  readonly keys: Int32Array;
  readonly width: number;
  readonly expanded: number;
  readonly seen: EffectTree;
  seenAt(state: number): number;
  /** The way to a state; missing where only all parts together know it. */
  readonly schedule?: (state: number) => number[];
}

/** What came of a property in the states that were found. */
export interface Decided {
  /** The state that decided it, -1 while none has. */
  readonly state: number;
  /** It asks for what only a run knows, and there was no way to the states. */
  readonly isOpen: boolean;
}

/** A claim on its way through all states. */
interface Question {
  readonly property: Property;
  readonly expression: Expression;
  /** The state that decided it, -1 while none has. */
  state: number;
  /** It asks for what a state does not hold, so every state is played to. */
  isSlow: boolean;
  /** What it came to, by the statistics; null once it asked for anything else. */
  known: Map<string, boolean> | null;
}

/** Thrown by answers that only a run can give. */
class OnlyARunKnows extends Error {}

/**
 * Evaluates the properties of an `explore` block in the states of a search without reduction: *never*
 * and *sometimes* in every state, *always* in every final one. `run` is the run that was explored.
 */
export function checkProperties(
  search: WorldExplorer,
  run: Run,
  block: ExploreBlock,
): PropertyResult[] {
  const { explorer } = search;
  const found: FoundStates = scheduled(explorer);
  return decideProperties(search, found, run, block).map(({ state }, i) =>
    resultOf(block.properties[i]!, state < 0 ? null : search.words(explorer.schedule(state))),
  );
}

/** A property with the schedule that decided it. */
export const resultOf = (
  { name, when }: Property,
  schedule: readonly string[] | null,
): PropertyResult => ({
  ...{ name, kind: when, schedule },
  holds: (when === 'sometimes') === (schedule !== null),
});

/** As {@link checkProperties}, of any states of the search's model: the first that decides each. */
export function decideProperties(
  search: WorldExplorer,
  found: FoundStates,
  run: Run,
  block: ExploreBlock,
): Decided[] {
  const questions = block.properties.map((property): Question => ({
    property,
    expression: compileClaim(property.claim, run.scenario.file),
    ...{ state: -1, isSlow: false, known: new Map() },
  }));
  const states = new StateAnswers(search, found, run);
  const actions = new Int32Array(search.model.actions);
  const { model } = search;
  for (let state = 0; state < found.expanded; state++) {
    const open = questions.filter((each) => each.state < 0 && !(each.isSlow && !found.schedule));
    if (open.length === 0) break;
    model.load(found.keys, state * found.width);
    const isEnd = model.enabled(actions) === 0;
    for (const question of open)
      if ((question.property.when !== 'always' || isEnd) && decides(question, states, state))
        question.state = state;
  }
  return questions.map(({ state, isSlow }) => ({ state, isOpen: isSlow && !found.schedule }));
}

const scheduled = (explorer: Explorer): FoundStates => ({
  ...{ keys: explorer.keys, width: explorer.width, expanded: explorer.expanded },
  seen: explorer.seen,
  seenAt: (state) => explorer.seenAt(state),
  schedule: (state) => explorer.schedule(state),
});

/** Whether a state shows that the property is false, or that what is to happen sometimes does. */
function decides(question: Question, states: StateAnswers, state: number): boolean {
  const holds = evaluate(question, states, state);
  if (holds === undefined) return false;
  return question.property.when === 'always' ? !holds : holds;
}

/** Undefined where only a run would know, and there is no way to the state. */
function evaluate(question: Question, states: StateAnswers, state: number): boolean | undefined {
  const { expression } = question;
  if (question.isSlow) return expression.happens(states.played(state));
  const key = question.known ? states.statsKey(state) : '';
  const before = question.known?.get(key);
  if (before !== undefined) return before;
  try {
    const { answers, asked } = states.at(state);
    const value = expression.happens(answers);
    if (asked.other) question.known = null;
    question.known?.set(key, value);
    return value;
  } catch (error) {
    if (!(error instanceof OnlyARunKnows)) throw error;
    question.isSlow = true;
    return states.canPlay ? expression.happens(states.played(state)) : undefined;
  }
}

/** What the expression language may ask of a state of a search. */
class StateAnswers {
  readonly #search: WorldExplorer;
  readonly #found: FoundStates;
  readonly #run: Run;
  readonly #judge: Judge;
  readonly #before: Stats;
  readonly #interrupts: number;
  readonly #sent: number;
  /** Statistics that follow from what was seen, by its number. */
  readonly #seen = new Map<
    number,
    Pick<Stats, 'handled' | 'whole' | 'torn' | 'phantom' | 'duplicated'>
  >();

  constructor(search: WorldExplorer, found: FoundStates, run: Run) {
    this.#search = search;
    this.#found = found;
    this.#run = run;
    this.#judge = new Judge(search.model.effectTable, search.survey.messages);
    replay(search, []);
    this.#before = statsOf(run.world);
    this.#interrupts = this.#takenOrPending();
    this.#sent = this.#rung();
  }

  /** Whether {@link played} can be asked. */
  get canPlay(): boolean {
    return this.#found.schedule !== undefined;
  }

  /** The run, played to a state. */
  played(state: number): Answers {
    replay(this.#search, this.#found.schedule?.(state) ?? []);
    return this.#run.answers;
  }

  /** Answers about a state, and whether anything but statistics was asked. */
  at(state: number): { readonly answers: Answers; readonly asked: { other: boolean } } {
    this.#load(state);
    const asked = { other: false };
    const stats = this.#stats(state);
    const known = this.#run.answers;
    const note = <Result>(answer: Result): Result => {
      asked.other = true;
      return answer;
    };
    const answers: Answers = {
      ...known,
      cpu: (n) => note(known.cpu(n)),
      kernel: (name) => note(known.kernel(name)),
      instance: (name) => note(known.instance(name)),
      slot: (kernel, cpu) => note(known.slot(kernel, cpu)),
      memory: (address, length) => note(known.memory(address, length)),
      stats: () => stats,
      ...{ time_ns: onlyARun, step: onlyARun, hazards: onlyARun, hazard: onlyARun },
      ...{ message: onlyARun, logged: onlyARun },
    };
    return { answers, asked };
  }

  #load(state: number): void {
    const { keys, width } = this.#found;
    this.#search.model.load(keys, state * width);
  }

  /** All that the statistics of a state depend on. */
  statsKey(state: number): string {
    this.#load(state);
    return `${this.#found.seenAt(state)} ${this.#rung()} ${this.#takenOrPending()}`;
  }

  #stats(state: number): Stats {
    const sent = this.#before.sent + this.#rung() - this.#sent;
    const after = this.#afterEffects(this.#found.seenAt(state));
    const arrived = this.#takenOrPending() - this.#interrupts;
    return {
      ...after,
      sent,
      lost: sent - after.whole,
      merged: this.#before.merged + (sent - this.#before.sent) - arrived,
      hazards: 0,
    };
  }

  #afterEffects(seen: number) {
    const known = this.#seen.get(seen);
    if (known) return known;
    const before = this.#before;
    const calls = this.#judge.count(this.#found.seen.list(seen));
    const counted = {
      handled: before.handled + calls.handled,
      whole: before.whole + calls.whole,
      torn: before.torn + calls.torn,
      phantom: before.phantom + calls.phantom,
      duplicated: before.duplicated + calls.repeated,
    };
    this.#seen.set(seen, counted);
    return counted;
  }

  /** Messages all kernels have sent since they booted. */
  #rung(): number {
    const { mem, machine } = this.#search.world;
    return machine.kernelWord.reduce((sum, kw) => sum + mem.M[kw + K.sent / 4]!, 0);
  }

  /** Interrupts 0xea all CPUs have taken, and those they have still to take. */
  #takenOrPending(): number {
    const { machine } = this.#search.world;
    let sum = 0;
    for (let cpu = 0; cpu < machine.cpus; cpu++) {
      const h = cpu * CPU.stride;
      sum += machine.H[h + CPU.countCall]!;
      if (hasVector(machine.H, h + CPU.irr, MULTIKERNEL_VECTOR)) sum++;
    }
    return sum;
  }
}

const onlyARun = (): never => {
  throw new OnlyARunKnows();
};

/** What is asked of every exploration, whatever its file says. Search without or with reduction. */
export function checkBuiltIns(search: WorldExplorer): PropertyResult[] {
  const { explorer, model, survey } = search;
  const judge = new Judge(model.effectTable, survey.messages);
  const unequal = explorer.outcomes.find(({ seen }) => {
    const { lost, duplicated } = judge.verdict(explorer.seen.list(seen));
    return lost.length + duplicated.length > 0;
  });
  return builtIns(search, {
    unequal: unequal && explorer.schedule(unequal.state),
    hazard: findHazard(search),
    hang: findHang(search),
  });
}

type Ways = Readonly<Record<'unequal' | 'hazard' | 'hang', readonly number[] | undefined>>;

/** The answers of {@link checkBuiltIns}, from the schedules that were found. */
export function builtIns(search: WorldExplorer, ways: Ways): PropertyResult[] {
  const answer = (
    name: string,
    kind: PropertyResult['kind'],
    way: readonly number[] | undefined,
  ): PropertyResult => ({ name, kind, holds: !way, schedule: way ? search.words(way) : null });
  return [
    answer(
      'every sent message is handled exactly once, with its own bytes',
      'always',
      ways.unequal,
    ),
    answer('a hazard', 'never', ways.hazard),
    answer('a hang', 'never', ways.hang),
  ];
}

/** Whether a transition of the search does harm. */
export const meetsHazard = (search: WorldExplorer): boolean => findHazard(search) !== undefined;

/** A shortest schedule whose last action does harm: every transition is played, until one does. */
export function findHazard(search: WorldExplorer, statesMax = Infinity): number[] | undefined {
  const { explorer, model, world } = search;
  replay(search, []);
  const before = world.observer.hazardCount(0);
  const actions = new Int32Array(model.actions);
  for (let state = 0; state < Math.min(statesMax, explorer.expanded); state++) {
    model.load(explorer.keys, state * explorer.width);
    const count = model.enabled(actions);
    const schedule = explorer.schedule(state);
    for (const action of actions.subarray(0, count)) {
      replay(search, [...schedule, action]);
      if (world.observer.hazardCount(0) > before) return [...schedule, action];
    }
  }
  return undefined;
}

/** A shortest schedule after which nothing moves although some CPU is not done. */
function findHang(search: WorldExplorer): number[] | undefined {
  const state = hangIn(search, scheduled(search.explorer));
  return state < 0 ? undefined : search.explorer.schedule(state);
}

/** The first state in which nothing moves although some CPU is not done; -1 for none. */
export function hangIn({ model, world }: WorldExplorer, found: FoundStates): number {
  const { H, cpus } = world.machine;
  const actions = new Int32Array(model.actions);
  for (let state = 0; state < found.expanded; state++) {
    model.load(found.keys, state * found.width);
    if (model.enabled(actions) > 0) continue;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const h = cpu * CPU.stride;
      if (H[h + CPU.depth]! > 0 || H[h + CPU.mode] === MODE.hung) return state;
    }
  }
  return -1;
}
