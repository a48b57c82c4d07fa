/**
 * A shell as plain data: typed lines in, asks and text out.
 *
 *     start(state, line) ─► ask ─ resume(job, answer) ─► ask ─ … ─► done
 *
 * A job holds the line and every answer so far, and nothing else is needed to get back to where it
 * was: its commands run again and are given the same answers. That is done when a job comes from
 * elsewhere (an earlier moment, a stored session); otherwise the running commands are at hand.
 */
import { Refused, SimBug } from '../base/assert.ts';
import type { Answer, Ask } from './ask.ts';
import type { Steps } from './command.ts';
import { ASKS_MAX, OUTPUT_KEPT, OUTPUT_MAX } from './limits.ts';
import { runList, type Round, type Running } from './run-line.ts';
import { ConsoleSink } from './sink.ts';
import { remember, type ShellState } from './state.ts';
import { parseLine } from './syntax.ts';

/** A line that waits for an answer. Plain data: JSON and bytes. */
export interface Job {
  readonly line: string;
  /** The shell when the line began, or when its endless command began the present round. */
  readonly state: ShellState;
  /** Place in the list of commands from which it runs. */
  readonly item: number;
  /** Arguments of an endless command's present round, null at first. */
  readonly again: readonly string[] | null;
  /** Every answer of this round, in order. */
  readonly answers: readonly Answer[];
  /** What was printed before this round. */
  readonly before: string;
  /** What was printed so far, `before` included. */
  readonly output: string;
}

/** How far a line is. `printed` is the text since the last progress. */
export type Progress =
  | { readonly kind: 'ask'; readonly ask: Ask; readonly job: Job; readonly printed: string }
  | {
      readonly kind: 'done';
      readonly status: number;
      readonly output: string;
      readonly printed: string;
      readonly state: ShellState;
    };

/** A job's commands, stopped at an ask. */
interface Live {
  readonly running: Running;
  readonly steps: Steps<Round | null>;
  readonly ask: Ask;
}

/** Running commands of jobs that were not resumed yet. A job without is rebuilt. */
const live = new WeakMap<Job, Live>();

const INTERRUPTED = 130;
const SYNTAX_ERROR = 2;
const TOO_MUCH = 1;

/** Begins a typed line. A line that cannot be read is done at once, with status 2. */
export function start(state: ShellState, line: string): Progress {
  const remembered = remember(state, line);
  const job: Job = {
    line,
    state: remembered,
    item: 0,
    again: null,
    answers: [],
    before: '',
    output: '',
  };
  try {
    return begin(job, '');
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    const text = `${state.kernel}: ${failure.message}\n`;
    return done({ ...remembered, status: SYNTAX_ERROR }, text, text);
  }
}

/** Goes on with the answer to what the job last asked. */
export function resume(job: Job, answer: Answer): Progress {
  const { running, steps } = take(job);
  const next = { ...job, answers: [...job.answers, answer] };
  return advance(next, running, steps, steps.next(answer), '');
}

/**
 * The ask a job waits on and what it had printed, found by running its commands again: only the line,
 * its answers and what the round began with count.
 */
export function rebuild(job: Job): Progress {
  const found = replay(job);
  const { output } = cut(job.before, found.running.console.take());
  const waiting = { ...job, output };
  live.set(waiting, found);
  return { kind: 'ask', ask: found.ask, job: waiting, printed: '' };
}

/** Ctrl-C: the line is over, with status 130. What was asked stays asked. */
export function interrupt(job: Job): Progress {
  const state = { ...take(job).running.state, status: INTERRUPTED };
  return done(state, job.output + '^C\n', '^C\n');
}

/** The running commands of a job, which are gone from it then. What they had printed is known. */
function take(job: Job): Live {
  const found = live.get(job) ?? replay(job);
  live.delete(job);
  found.running.console.take();
  return found;
}

function open(job: Job): { running: Running; steps: Steps<Round | null> } {
  const running: Running = { state: job.state, console: new ConsoleSink() };
  return { running, steps: runList(parseLine(job.line), running, job.item, job.again) };
}

function begin(job: Job, printed: string): Progress {
  const { running, steps } = open(job);
  return advance(job, running, steps, steps.next(), printed);
}

function replay(job: Job): Live {
  const { running, steps } = open(job);
  let result = steps.next();
  for (const answer of job.answers) {
    if (result.done === true) break;
    result = steps.next(answer);
  }
  if (result.done === true) throw new SimBug(`line is over before its answers: ${job.line}`);
  return { running, steps, ask: result.value };
}

/** What the commands did since the last answer: asked, ended, or ended a round. */
function advance(
  job: Job,
  running: Running,
  steps: Steps<Round | null>,
  result: IteratorResult<Ask, Round | null>,
  earlier: string,
): Progress {
  const { output, printed } = cut(job.output, running.console.take());
  const now = earlier + printed;
  if (result.done === true) {
    if (result.value === null) return done(running.state, output, now);
    const { item, again } = result.value;
    const kept = output.slice(-OUTPUT_KEPT);
    const round = { ...job, state: running.state, item, again, answers: [] };
    return begin({ ...round, before: kept, output: kept }, now);
  }
  if (job.answers.length >= ASKS_MAX) {
    const text = `${running.state.kernel}: a line asks at most ${ASKS_MAX} times\n`;
    return done({ ...running.state, status: TOO_MUCH }, output + text, now + text);
  }
  const waiting = { ...job, output };
  live.set(waiting, { running, steps, ask: result.value });
  return { kind: 'ask', ask: result.value, job: waiting, printed: now };
}

const done = (state: ShellState, output: string, printed: string): Progress => ({
  kind: 'done',
  status: state.status,
  output,
  printed,
  state,
});

const CUT = `\n(output is cut after ${OUTPUT_MAX} characters)\n`;

/** Adds to the output what still has room. */
function cut(output: string, more: string): { output: string; printed: string } {
  const room = OUTPUT_MAX - output.length;
  if (more.length <= room) return { output: output + more, printed: more };
  const printed = room < 0 ? '' : more.slice(0, room) + CUT;
  return { output: output + printed, printed };
}
