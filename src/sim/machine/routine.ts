import { assert, SimBug } from '../base/assert.ts';
import { MODE, SAVED_RESULT } from './cpu.layout.ts';

/** The smallest thing another CPU can come between. `X` is what a step can reach: its CPU's core. */
export interface Step<X> {
  /** Short id that is unique in its routine: the row of the specification (`S6`), or a word. */
  readonly id: string;
  /** What a schedule may call it: `slot.clear`. */
  readonly label: string;
  /** The step in our own words, present tense, without a full stop. */
  readonly text: string;
  /** Nanoseconds of simulated time. */
  readonly cost: number;
  /**
   * True when the step touches nothing another CPU could see or change. Chosen schedules run such
   * steps together with the shared step before them.
   */
  readonly local: boolean;
  /**
   * The lock the step takes or gives back, '' for none: what happened before one CPU's such step
   * happens before the next one's. A section that is one step is both.
   */
  readonly lock: string;
  readonly run: (x: X) => void;
}

/**
 * A routine with all that it calls, and for the entry of a vector all that follows until the CPU is
 * idle, as one function: for the case in which nobody can come between and nothing goes wrong. Any
 * other case it leaves alone, and the steps run as ever. It comes to the very same: state, number of
 * steps, rows. `f` is where the routine's locals begin in `D`, whose frame need not be there.
 *
 * Says every step a second time. That is what it takes: a message that runs by its steps costs a
 * microsecond, one in two passages a third of that.
 *
 * @returns how long it took in ns; 0 when it has done nothing.
 */
export type Passage<X> = (x: X, f: number, now: number) => number;

/** A kernel function as a named list of steps. */
export interface Routine<X> {
  readonly name: string;
  /** File of the modelled system, or `glue` for what we add. */
  readonly source: string;
  /** Names of the frame's locals; arguments come first. */
  readonly locals: readonly string[];
  readonly steps: readonly Step<X>[];
  /** Whether a machine with store buffers puts its stores there ({@link BufferedMemory}). */
  readonly buffered: boolean;
  /** {@link MODE} of a CPU that runs it as the entry of a vector. */
  readonly mode: number;
  /** Index in the linked program of the first step; set once, by {@link link}. */
  start: number;
  /** The place behind its last step. */
  end: number;
  /** How many locals a frame has. */
  readonly size: number;
  /** Index in the linked program of the step with this id or label. */
  readonly at: Readonly<Record<string, number>>;
  /**
   * The same steps as one function, from `x.step` on until `x.tick` says stop. Optional, for hot
   * routines: calling each step through a table costs about 20 ns, a fused step about 2.
   */
  readonly fused: ((x: X) => void) | undefined;
  /** Set where the program is put together: what it needs may need this routine. */
  passage: Passage<X> | undefined;
}

type Draft<X> = Partial<Pick<Step<X>, 'label' | 'cost' | 'local' | 'lock'>> &
  Pick<Step<X>, 'id' | 'text' | 'run'>;
type Row<X> = Omit<Draft<X>, 'run'>;

/** Simulated nanoseconds of a step that names no cost: a handful of instructions. */
const COST_DEFAULT = 4;

/** Makes a routine. A step without a label is called by its id; without `local` it is local. */
export function routine<X>(draft: {
  readonly name: string;
  readonly source: string;
  readonly locals: readonly string[];
  readonly steps: readonly Draft<X>[];
  readonly mode?: number;
  readonly buffered?: boolean;
  readonly fused?: (x: X) => void;
}): Routine<X> {
  assert(draft.locals.length <= SAVED_RESULT, `${draft.name}: too many locals`);
  const steps = draft.steps.map((step) => ({
    label: step.id,
    cost: COST_DEFAULT,
    local: true,
    lock: '',
    ...step,
  }));
  const names = steps.flatMap((step) =>
    step.label === step.id ? [step.id] : [step.id, step.label],
  );
  assert(new Set(names).size === names.length, `${draft.name}: two steps share a name`);
  // Written out: all routines must have one shape, or every look at one costs a search.
  return {
    name: draft.name,
    source: draft.source,
    locals: draft.locals,
    steps,
    buffered: draft.buffered ?? false,
    mode: draft.mode ?? MODE.interrupt,
    start: -1,
    end: -1,
    size: draft.locals.length,
    at: {},
    fused: draft.fused,
    passage: undefined,
  };
}

/**
 * Makes a hot routine: its steps are rows without functions, and `fused` is all of them in one: a
 * switch over `x.step` whose cases fall through, each ended by `x.tick`, `x.leave`, `x.again` or
 * `x.calls`. A step that is called through a table costs about 20 ns, one that falls through 4.
 */
export function fusedRoutine<X>(draft: {
  readonly name: string;
  readonly source: string;
  readonly locals: readonly string[];
  readonly steps: readonly Row<X>[];
  readonly mode?: number;
  readonly buffered?: boolean;
  readonly fused: (x: X) => void;
}): Routine<X> {
  const run = (): void => {
    throw new SimBug(`${draft.name} is fused`);
  };
  return routine<X>({ ...draft, steps: draft.steps.map((step) => ({ ...step, run })) });
}

/** Nanoseconds from the beginning of a routine to one of its steps, or to its end. */
export function costOf<X>(of: Routine<X>, until?: string): number {
  const behind =
    until === undefined ? of.steps.length : of.steps.findIndex(({ id }) => id === until);
  assert(behind >= 0, `${of.name} has no ${until}`);
  return of.steps.slice(0, behind).reduce((sum, { cost }) => sum + cost, 0);
}

/** All routines laid out one after the other: a program counter is an index into these columns. */
export interface Program<X> {
  readonly routines: readonly Routine<X>[];
  readonly run: readonly ((x: X) => void)[];
  readonly local: Uint8Array;
  readonly routineOf: Uint16Array;
  /** The routine itself, for the loop that runs it. */
  readonly routineAt: readonly Routine<X>[];
  readonly steps: readonly Step<X>[];
  /** What the steps of its routine before a step cost; behind the last step what all of them cost. */
  readonly elapsed: Float64Array;
}

/** Stands behind every routine: reaching it means a routine forgot to return. */
function offTheEnd<X>(name: string): Step<X> {
  return {
    id: 'end',
    label: 'end',
    text: 'runs off the end',
    cost: 0,
    local: true,
    lock: '',
    run: () => {
      throw new SimBug(`${name} ran off its end`);
    },
  };
}

/** Gives every routine its place. The order given is the order of program counters in all states. */
export function link<X>(routines: readonly Routine<X>[]): Program<X> {
  const steps: Step<X>[] = [];
  const routineOf: number[] = [];
  const elapsed: number[] = [];
  routines.forEach((each, number) => {
    assert(each.steps.length > 0, `${each.name}: no steps`);
    each.start = steps.length;
    each.end = each.start + each.steps.length;
    const at = each.at as Record<string, number>;
    each.steps.forEach((step, index) => {
      at[step.id] = each.start + index;
      at[step.label] = each.start + index;
      routineOf.push(number);
    });
    let sum = 0;
    for (const { cost } of each.steps) {
      elapsed.push(sum);
      sum += cost;
    }
    elapsed.push(sum);
    steps.push(...each.steps, offTheEnd(each.name));
    routineOf.push(number);
  });
  return {
    routines,
    steps,
    run: steps.map((step) => step.run),
    local: Uint8Array.from(steps, (step) => (step.local ? 1 : 0)),
    routineOf: Uint16Array.from(routineOf),
    routineAt: routineOf.map((number) => routines[number]!),
    elapsed: Float64Array.from(elapsed),
  };
}
