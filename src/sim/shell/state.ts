import { HISTORY_MAX } from './limits.ts';
import { BOLD, paint } from './palette.ts';

/** What a shell remembers between lines. Plain data: it is stored and rewound with everything else. */
export interface ShellState {
  /** The kernel it runs on, as its messages and its prompt name it. */
  readonly kernel: string;
  /** Lines that were typed, oldest first. */
  readonly history: readonly string[];
  /** `$?` */
  readonly status: number;
  /** Absolute; relative paths start here. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A shell on which nothing was typed. */
export const newShell = (kernel: string, cwd = '/'): ShellState => ({
  kernel,
  history: [],
  status: 0,
  cwd,
  environment: {},
});

/** The state with a line added to its history, unless it is blank or said twice in a row. */
export function remember(state: ShellState, line: string): ShellState {
  const text = line.trim();
  if (text === '' || state.history.at(-1) === text) return state;
  return { ...state, history: [...state.history, text].slice(-HISTORY_MAX) };
}

/** `host# `: what stands in front of the cursor. */
export const prompt = (state: ShellState): string => paint(BOLD, `${state.kernel}#`) + ' ';
