import { Refused } from '../base/assert.ts';
import { interrupt, resume, start, type Progress } from '../shell/shell.ts';
import { DIM, paint, plainText } from '../shell/palette.ts';
import { prompt } from '../shell/state.ts';
import { logSentence } from '../kernel/log-events.ts';
import { readLog } from '../world/log-read.ts';
import { openPassages } from '../world/passages.ts';
import type { World } from '../world/world.ts';
import {
  consoleOf,
  filesOf,
  namesOfRunning,
  printed,
  withFiles,
  type ConsoleState,
  type RunState,
} from './run-state.ts';
import type { ConsoleWork } from './run-parts.ts';
import { serve, writeDeviceTree } from './serve.ts';

const withConsole = (state: RunState, console: ConsoleState): RunState => ({
  ...state,
  consoles: [...state.consoles.filter(({ kernel }) => kernel !== console.kernel), console].sort(
    (a, b) => (a.kernel < b.kernel ? -1 : 1),
  ),
});

/** Types a line on a kernel's console. Refused when the kernel does not run or is busy. */
function typeLine(world: World, state: RunState, kernel: string, line: string): RunState {
  if (!world.isRunning(kernel)) {
    const known = namesOfRunning(world);
    throw new Refused(`no kernel ${kernel} is running; there is ${known}`);
  }
  const console = consoleOf(state, kernel);
  if (console.job) throw new Refused(`${kernel} is busy with: ${console.job.line}`);
  const shown = printed(console, `${line}\r\n`);
  return follow(world, state, shown, start(console.shell, line));
}

/**
 * Goes on with a job until it waits for simulated time or is over. Model: a shell and its commands
 * take no simulated time; what they ask of the kernel does.
 */
function follow(world: World, state: RunState, console: ConsoleState, from: Progress): RunState {
  let progress = from;
  let now = state;
  let shown = console;
  for (;;) {
    shown = printed(shown, progress.printed.replaceAll('\n', '\r\n'));
    if (progress.kind === 'done') {
      const ended = {
        ...shown,
        shell: progress.state,
        job: null,
        task: null,
        status: progress.status,
        output: plainText(progress.output),
      };
      return withConsole(now, printed(ended, prompt(progress.state)));
    }
    const kernel = world.kernelNamed(shown.kernel);
    const served = serve(world, kernel, filesOf(now, shown.kernel), progress.ask);
    now = withFiles(now, shown.kernel, served.files);
    if ('task' in served) {
      const what = served.rest ? ('device_tree' as const) : ('other' as const);
      const since = world.machine.now;
      const task = { serial: served.task, rest: served.rest ?? [], done: 0, what, since };
      return withConsole(now, { ...shown, job: progress.job, task });
    }
    progress = resume(progress.job, served.answer);
  }
}

/** Hands the results of ended tasks to the consoles that wait for them. */
function settle(world: World, state: RunState): RunState {
  let now = state;
  for (const console of state.consoles) {
    if (!console.task || !console.job) continue;
    const result = world.takeResult(console.task.serial);
    if (result === undefined) continue;
    const [next, ...rest] = console.task.rest;
    const done = console.task.done + Math.max(0, result);
    if (next && result >= 0) {
      const boot = world.sys.kernels[world.kernelNamed(console.kernel)]!.bootCpu;
      const task = { ...console.task, serial: writeDeviceTree(world, boot, next), rest, done };
      now = withConsole(now, { ...console, task });
      continue;
    }
    const ret = result < 0 ? result : done;
    const free = { ...console, task: null };
    const told = ret >= 0 ? printed(free, silentFailures(world, console)) : free;
    now = follow(world, now, told, resume(console.job, { ret }));
  }
  return now;
}

/** Failures a device tree write keeps to the log, while it answers that all went well. */
const SILENT = new Set(['inst.create_failed', 'dt.bad_cpus', 'inst.child_no_id', 'inst.exists']);

/** A note of ours under a command that was told less than the log was. */
function silentFailures(world: World, { kernel, task }: ConsoleState): string {
  if (task?.what !== 'device_tree') return '';
  const records = readLog(world.lookAt(world.kernelNamed(kernel)));
  const silent = records.filter(({ time, event }) => time >= task.since && SILENT.has(event.key));
  return silent
    .map((record) => paint(DIM, `(the write succeeded; the log says: ${logSentence(record)})`))
    .map((line) => `${line}\r\n`)
    .join('');
}

/** Ends what a console is busy with, as Ctrl-C does. */
function interruptConsole(world: World, state: RunState, kernel: string, why = ''): RunState {
  const console = consoleOf(state, kernel);
  if (!console.job) return state;
  const progress = interrupt(console.job);
  if (progress.kind !== 'done') return state;
  if (console.task) world.abandon(console.task.serial);
  const ended = {
    ...printed(console, `^C${why === '' ? '' : ` ${why}`}\r\n`),
    shell: progress.state,
    job: null,
    task: null,
    status: progress.status,
    output: plainText(progress.output),
  };
  return withConsole(state, printed(ended, prompt(progress.state)));
}

/** All of it, for a run: the shell and its commands are a chunk of their own. */
export const CONSOLE_WORK: ConsoleWork = { typeLine, settle, interrupt: interruptConsole };

// Whoever types wants messages to go fast; until then nobody has to load what makes them.
openPassages();
