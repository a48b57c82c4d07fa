import { Refused } from '../base/assert.ts';
import { errnoText, show } from './arguments.ts';
import { helpText, usageLines, WrongUsage, type Again, type Io, type Steps } from './command.ts';
import { COMMANDS } from './commands/table.ts';
import { expandWords, wordText } from './expand.ts';
import { didYouMean } from './nearest.ts';
import { resolvePath } from './path.ts';
import { ByteSink, type ConsoleSink, type Sink } from './sink.ts';
import type { ShellState } from './state.ts';
import type { ListItem, Redirection, Simple } from './syntax.ts';

/** A line at work: its state changes as commands end; what it prints goes to the console. */
export interface Running {
  state: ShellState;
  readonly console: ConsoleSink;
}

/** An endless command at the end of a round: where in the list it is, and how it goes on. */
export interface Round extends Again {
  readonly item: number;
}

const NOT_FOUND = 127;
const WRONG_USAGE = 2;

/**
 * Runs the items of a list from `first` on; its status ends up in the state. With `carried`, the
 * first item is an endless command that goes on with these arguments.
 */
export function* runList(
  list: readonly ListItem[],
  running: Running,
  first: number,
  carried: readonly string[] | null,
): Steps<Round | null> {
  for (const [index, item] of list.entries()) {
    if (index < first) continue;
    const skipped =
      (item.when === '&&' && running.state.status !== 0) ||
      (item.when === '||' && running.state.status === 0);
    if (skipped && (carried === null || index > first)) continue;
    const result = yield* runPipe(item, running, index === first ? carried : null);
    if (typeof result !== 'number') return { item: index, again: result.again };
    const status = item.negate ? Number(result === 0) : result;
    running.state = { ...running.state, status };
  }
  return null;
}

/** Model: the commands of a pipe run one after the other, each with all the output of the last. */
function* runPipe(
  { pipe }: ListItem,
  running: Running,
  carried: readonly string[] | null,
): Steps<number | Again> {
  let input: Uint8Array | null = null;
  let status = 0;
  for (const [stage, simple] of pipe.entries()) {
    const pipedTo = stage < pipe.length - 1 ? new ByteSink() : null;
    const result = yield* guarded(running, simple, input, pipedTo, carried);
    if (typeof result !== 'number') return result;
    status = result;
    input = pipedTo?.bytes ?? null;
  }
  return status;
}

/** Runs one command; what it refuses is said, and is its status. */
function* guarded(
  running: Running,
  simple: Simple,
  input: Uint8Array | null,
  pipedTo: Sink | null,
  carried: readonly string[] | null,
): Steps<number | Again> {
  try {
    return yield* runSimple(running, simple, input, pipedTo, carried);
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    running.console.put(`${running.state.kernel}: ${failure.message}\n`);
    return 1;
  }
}

function* runSimple(
  running: Running,
  simple: Simple,
  piped: Uint8Array | null,
  pipedTo: Sink | null,
  carried: readonly string[] | null,
): Steps<number | Again> {
  const { state, console } = running;
  const words = yield* expandWords(simple.words, state);
  const complain = (line: string): void => console.put(`${state.kernel}: ${line}\n`);
  let input = piped;
  for (const redirection of simple.redirections) {
    if (redirection.kind !== 'in') continue;
    const path = targetOf(redirection, state);
    const { ret, bytes } = yield { call: 'read', path: resolvePath(state.cwd, path) };
    if (ret < 0) {
      complain(`${path}: ${errnoText(ret)}`);
      return 1;
    }
    input = bytes ?? new Uint8Array(0);
  }
  const streams = openStreams(simple.redirections, state, pipedTo ?? console, console);
  const name = words[0];
  let result: number | Again = 0;
  if (name === undefined) assign(running, simple);
  else {
    const args = carried ?? words.slice(1);
    result = yield* runCommand(name, args, ioOf(running, input, streams.out, streams.err));
  }
  for (const { path, sink, append } of streams.files) {
    const whole = resolvePath(state.cwd, path);
    const { ret } = yield { call: 'write', path: whole, bytes: sink.bytes, append };
    if (ret >= 0) continue;
    complain(`${path}: ${errnoText(ret)}`);
    result = 1;
  }
  return result;
}

function assign(running: Running, { assignments }: Simple): void {
  for (const { name, value } of assignments) {
    const { state } = running;
    const environment = { ...state.environment, [name]: wordText(value, state) };
    running.state = { ...state, environment };
  }
}

const targetOf = ({ to }: Redirection, state: ShellState): string =>
  typeof to === 'string' ? to : wordText(to, state);

interface Streams {
  readonly out: Sink;
  readonly err: Sink;
  readonly files: readonly { path: string; sink: ByteSink; append: boolean }[];
}

/** Source: POSIX.1-2024, Shell Command Language, *Redirection*: from left to right. */
function openStreams(
  redirections: readonly Redirection[],
  state: ShellState,
  output: Sink,
  errors: Sink,
): Streams {
  let out = output;
  let err = errors;
  const files: Streams['files'][number][] = [];
  for (const redirection of redirections) {
    const { kind, stream, to } = redirection;
    if (kind === 'in') continue;
    let target: Sink;
    if (to === 'output') target = out;
    else if (to === 'errors') target = err;
    else {
      const sink = new ByteSink();
      files.push({ path: targetOf(redirection, state), sink, append: kind === 'append' });
      target = sink;
    }
    if (stream === 1) out = target;
    else err = target;
  }
  return { out, err, files };
}

function ioOf(running: Running, stdin: Uint8Array | null, out: Sink, err: Sink): Io {
  return {
    stdin,
    tty: out.isConsole,
    get state() {
      return running.state;
    },
    commands: COMMANDS,
    out: (what) => out.put(what),
    err: (line) => err.put(`${line}\n`),
    *run([name = '', ...args]) {
      // What runs inside another command neither paints nor goes on for ever.
      const inner: Io = { ...ioOf(running, stdin, out, err), tty: false };
      const result = yield* runCommand(name, args, inner);
      return typeof result === 'number' ? result : 0;
    },
    setCwd(path) {
      running.state = { ...running.state, cwd: path };
    },
  };
}

function* runCommand(name: string, args: readonly string[], io: Io): Steps<number | Again> {
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) {
    const known = COMMANDS.map((one) => one.name);
    io.err(`${io.state.kernel}: no command ${show(name)}${didYouMean(name, known)}`);
    return NOT_FOUND;
  }
  if (asksForHelp(args)) {
    io.out(helpText(command, args));
    return 0;
  }
  try {
    return yield* command.run(args, io);
  } catch (failure) {
    if (failure instanceof WrongUsage) {
      io.err(`${name}: ${failure.message}`);
      io.err(usageLines(failure.usage ?? command.usage).trimEnd());
      return WRONG_USAGE;
    }
    if (!(failure instanceof Refused)) throw failure;
    io.err(`${name}: ${failure.message}`);
    return 1;
  }
}

const asksForHelp = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--help');
};
