import { World } from '../world/world.ts';
import type { Input } from './inputs.ts';
import type { Answers } from './names.ts';
import type { ClaimRecord, RunState } from './run-state.ts';
import type { Claim, Scenario } from './scenario.ts';

/** A file of the lesson that was replaced by the user's own. */
export interface OwnFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface RunOptions {
  readonly seed?: number;
  readonly profile?: string;
  /** Glue switched by hand, over what the scenario says. */
  readonly glue?: Readonly<Record<string, boolean>>;
  readonly own?: readonly OwnFile[];
  /** What was done, when the run is one of before: it comes again as the run gets there. */
  readonly inputs?: readonly Input[];
  readonly trace: boolean;
}

/** The world a run begins with: its host is up. */
export function newWorld(
  scenario: Scenario,
  options: RunOptions,
  { seed, profile }: { readonly seed: number; readonly profile: string },
): World {
  const { ringSlots } = scenario;
  const glue = { ...scenario.glue, ...scenario.design, ...options.glue };
  const settings = { ...scenario.machine, seed, profile, glue, ...(ringSlots && { ringSlots }) };
  const world = new World(settings, options.trace);
  world.run(1e6);
  return world;
}

/** What evaluates claims; loaded when the first one is met. */
export interface Evaluator {
  judge(claim: Claim, file: string, answers: Answers): Pick<ClaimRecord, 'ok' | 'actual'>;
  happens(claim: Claim, file: string, answers: Answers): boolean;
}

/** What types on consoles; loaded when the first line is typed. */
export interface ConsoleWork {
  typeLine(world: World, state: RunState, kernel: string, line: string): RunState;
  /** Hands results of ended tasks to the consoles that wait for them. */
  settle(world: World, state: RunState): RunState;
  interrupt(world: World, state: RunState, kernel: string, why?: string): RunState;
}

/** Why {@link Run.advance} came back. */
export type Reason =
  /** The steps or the time that were asked for are used up. */
  | 'steps'
  | 'time'
  /** A stop is done; the next one waits. */
  | 'stop'
  /** The last stop is done. */
  | 'ended'
  /** A `break` came true. */
  | 'break'
  /** A line typed by hand is over. */
  | 'typed'
  /** Chosen mode: nothing moves until somebody chooses. */
  | 'chosen'
  /** A claim is to be evaluated, or a line typed, and that part is not loaded yet. */
  | 'evaluator'
  | 'consoles';
