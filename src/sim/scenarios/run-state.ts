import type { Job } from '../shell/shell.ts';
import { newShell, prompt, type ShellState } from '../shell/state.ts';
import { FileTree } from './file-tree.ts';
import type { World } from '../world/world.ts';
import type { Pick } from './chosen.ts';
import type { Claim } from './scenario.ts';

/** One kernel's console. Plain data. */
export interface ConsoleState {
  readonly kernel: string;
  readonly shell: ShellState;
  /** The line it is busy with, null when it waits for one. */
  readonly job: Job | null;
  /** What the job waits for: a task, and writes that follow it. */
  readonly task: {
    readonly serial: number;
    readonly rest: readonly Uint8Array[];
    readonly done: number;
    readonly what: 'device_tree' | 'other';
    /** Simulated time at which it began. */
    readonly since: number;
  } | null;
  /** Everything shown so far, with prompts and colours; cut at the front when long. */
  readonly text: string;
  /** Changes with every change of `text`. */
  readonly revision: number;
  readonly status: number | null;
  readonly output: string;
}

/** Characters of a console that are kept. */
const TEXT_KEPT = 200_000;

const newConsole = (kernel: string): ConsoleState => {
  const shell = newShell(kernel);
  return {
    kernel,
    shell,
    job: null,
    task: null,
    text: prompt(shell),
    revision: 1,
    status: null,
    output: '',
  };
};

/** The console with more text on it. */
export function printed(state: ConsoleState, more: string): ConsoleState {
  if (more === '') return state;
  const text = state.text + more;
  const kept = text.length > 2 * TEXT_KEPT ? text.slice(-TEXT_KEPT) : text;
  return { ...state, text: kept, revision: state.revision + more.length };
}

/** A claim that was evaluated. */
export interface ClaimRecord {
  readonly stop: number;
  readonly line: number;
  readonly column: number;
  readonly claim: string;
  readonly timeNs: number;
  readonly ok: boolean;
  readonly actual: readonly (readonly [name: string, value: unknown])[];
}

/** A command of a console block that is over. */
export interface CommandRecord {
  readonly stop: number;
  readonly line: number;
  readonly kernel: string;
  readonly text: string;
  readonly status: number;
}

/** Where a schedule is: entry, and steps done of that entry. */
export interface ScheduleProgress {
  readonly entry: number;
  readonly done: number;
}

/** Where the lesson is: stop, item of the stop, line of the item. */
export interface Place {
  readonly stop: number;
  readonly item: number;
  readonly line: number;
  readonly running: boolean;
}

/** All of a run that is not the world's. Plain data, replaced when it changes. */
export interface RunState {
  readonly at: Place;
  readonly ended: boolean;
  /** Simulated time at which the present block began. */
  readonly blockSince: number;
  readonly schedule: ScheduleProgress | null;
  readonly consoles: readonly ConsoleState[];
  readonly files: readonly { readonly kernel: string; readonly tree: FileTree }[];
  readonly claims: readonly ClaimRecord[];
  readonly commands: readonly CommandRecord[];
  readonly breaks: readonly Claim[];
  readonly view: Readonly<Record<string, string>>;
  /** A line typed by hand runs: the lesson waits. */
  readonly typing: string | null;
  /** In chosen mode: what was chosen so far; null while time decides. */
  readonly picks: readonly Pick[] | null;
  /** Inputs used so far. */
  readonly inputs: number;
  /** At the end of each finished stop: time and steps. */
  readonly stops: readonly {
    readonly stop: number;
    readonly timeNs: number;
    readonly steps: number;
  }[];
  /** The last thing that stopped the run, for people. */
  readonly note: string;
}

export const FIRST_STATE: RunState = {
  at: { stop: 0, item: 0, line: 0, running: false },
  ended: false,
  blockSince: 0,
  schedule: null,
  consoles: [],
  files: [],
  claims: [],
  commands: [],
  breaks: [],
  view: {},
  typing: null,
  picks: null,
  inputs: 0,
  stops: [],
  note: '',
};

/** For refusals: kernels that have a console now. */
export const namesOfRunning = ({ sys }: World): string =>
  sys.kernels
    .filter(({ running }) => running)
    .map(({ name }) => name)
    .join(', ');

/** The console of a kernel; one that was never used is fresh. */
export const consoleOf = (state: RunState, kernel: string): ConsoleState =>
  state.consoles.find((each) => each.kernel === kernel) ?? newConsole(kernel);

/** The plain files of a kernel; empty at first. */
export const filesOf = (state: RunState, kernel: string): FileTree =>
  state.files.find((each) => each.kernel === kernel)?.tree ?? new FileTree();

export const withFiles = (state: RunState, kernel: string, tree: FileTree): RunState => ({
  ...state,
  files: [...state.files.filter((each) => each.kernel !== kernel), { kernel, tree }].sort((a, b) =>
    a.kernel < b.kernel ? -1 : 1,
  ),
});

export const anyBusy = (state: RunState): boolean =>
  state.consoles.some((console) => console.job !== null);
