import { Refused } from '../base/assert.ts';
import { beginChosen, choose, drain, endChosen } from './chosen.ts';
import type { ConsoleWork } from './run-parts.ts';
import type { Place, RunState } from './run-state.ts';
import type { World } from '../world/world.ts';

/** What a person can do to a run. */
export type Act =
  /** A line typed on a console. */
  | { readonly kind: 'line'; readonly kernel: string; readonly line: string }
  /** Ctrl-C on a console. */
  | { readonly kind: 'interrupt'; readonly kernel: string }
  /** From here on each step is chosen, or time decides again. */
  | { readonly kind: 'chosen'; readonly on: boolean }
  /** A CPU takes its next step, or its interrupt; or the oldest store of its buffer becomes visible. */
  | {
      readonly kind: 'choose';
      readonly cpu: number;
      readonly take: boolean;
      readonly drain?: boolean;
    };

/** Something done, and where in the run that was. */
export interface Input {
  readonly step: number;
  readonly at: Place;
  /** Another line was still running. */
  readonly typing: boolean;
  readonly act: Act;
}

/** A point of a run: so many steps, so many inputs, and where the lesson is. */
export interface Spot {
  readonly step: number;
  readonly at: Place;
  readonly inputs: number;
}

const isSamePlace = (a: Place, b: Place): boolean =>
  a.stop === b.stop && a.item === b.item && a.line === b.line && a.running === b.running;

/** Whether the state is that of a spot, if the step is. */
export const isAt = ({ at, inputs }: Spot, state: RunState): boolean =>
  inputs === state.inputs && isSamePlace(at, state.at);

/** The run and all that was done to it are one: an input comes again only where it first came. */
export const comesHere = ({ step, at, typing }: Input, now: number, state: RunState): boolean =>
  step === now && typing === (state.typing !== null) && isSamePlace(at, state.at);

export const isSameSpot = (a: Spot, b: Spot): boolean =>
  a.step === b.step && a.inputs === b.inputs && isSamePlace(a.at, b.at);

const orderOf = ({ step, inputs, at }: Spot): number[] => [
  ...[step, inputs, at.stop, at.item, at.line],
  Number(at.running),
];

/** Whether a run comes to the first of two points after the second. */
export function isBehind(a: Spot, b: Spot): boolean {
  const other = orderOf(b);
  const [ahead = 0] = orderOf(a)
    .map((value, i) => value - other[i]!)
    .filter((by) => by !== 0);
  return ahead > 0;
}

/** Who chooses the same where the same was chosen before goes the same way. */
export const isSameChoice = (a: Act, b: Act): boolean =>
  (a.kind === 'choose' || a.kind === 'chosen') && isSameAct(a, b);

const isSameAct = (a: Act, b: Act): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** How many of the first inputs of two runs are the same. */
export function sameInputs(a: readonly Input[], b: readonly Input[]): number {
  let same = 0;
  while (same < a.length && same < b.length && isSameInput(a[same]!, b[same]!)) same++;
  return same;
}

/** The step at which the first input comes that two runs do not share; Infinity for none. */
export function stepOfParting(a: readonly Input[], b: readonly Input[]): number {
  const same = sameInputs(a, b);
  return Math.min(a[same]?.step ?? Infinity, b[same]?.step ?? Infinity);
}

const isSameInput = (a: Input, b: Input): boolean =>
  a.step === b.step && a.typing === b.typing && isSamePlace(a.at, b.at) && isSameAct(a.act, b.act);

export const needsConsoles = ({ kind }: Act): boolean => kind === 'line' || kind === 'interrupt';

/** Does it. Answers the state of the run behind it; refuses what cannot be done, changing nothing. */
export function perform(
  world: World,
  state: RunState,
  act: Act,
  work: () => ConsoleWork,
): RunState {
  const after = performed(world, state, act, work);
  return { ...after, inputs: state.inputs + 1 };
}

function performed(world: World, state: RunState, act: Act, work: () => ConsoleWork): RunState {
  switch (act.kind) {
    case 'line':
      if (state.typing !== null) throw new Refused(`${state.typing} is still busy`);
      return { ...work().typeLine(world, state, act.kernel, act.line), typing: act.kernel };
    case 'interrupt':
      return work().interrupt(world, state, act.kernel);
    case 'chosen':
      if (state.schedule) throw new Refused('the lesson has a schedule of its own here');
      if (act.on === (state.picks !== null)) return state;
      if (act.on) beginChosen(world);
      else endChosen(world);
      return { ...state, picks: act.on ? [] : null, note: '' };
    case 'choose': {
      if (!state.picks) throw new Refused('time decides here: begin to choose first');
      const pick = act.drain ? drain(world, act.cpu) : choose(world, act.cpu, act.take);
      return { ...state, picks: [...state.picks, pick] };
    }
  }
}
