import { Refused } from '../base/assert.ts';
import { utf8Encode } from '../base/text.ts';
import type { World } from '../world/world.ts';
import type { ConsoleFacts } from './answers.ts';
import {
  consoleOf,
  filesOf,
  namesOfRunning,
  withFiles,
  type ClaimRecord,
  type RunState,
} from './run-state.ts';
import type { OwnFile } from './run-parts.ts';
import type { Block, Claim, ConsoleBlock } from './scenario.ts';

/** A file of the lesson, or the user's own in its place, put into the host's file system. */
export function withLessonFile(
  state: RunState,
  block: Extract<Block, { kind: 'dts' | 'file' }>,
  own: readonly OwnFile[],
  file: string,
): RunState {
  const mine = own.find(({ name }) => name === block.name);
  const path = block.name.startsWith('/') ? block.name : `/${block.name}`;
  const bytes = mine?.bytes ?? utf8Encode(block.text);
  const written = filesOf(state, 'host').write(path, bytes, false);
  if (typeof written === 'number')
    throw new Refused(`${block.name} cannot be written`, { file, line: block.line, column: 1 });
  return withFiles(state, 'host', written);
}

/** Refuses a block of a console whose kernel does not run; a line that failed may be why. */
export function assertRunning(
  world: World,
  { commands }: RunState,
  { kernel, line }: ConsoleBlock,
  file: string,
): void {
  if (world.isRunning(kernel)) return;
  const bad = commands.filter(({ status }) => status !== 0);
  // One failure brings others along: the first of its stop is where to look.
  const failed = bad.find(({ stop }) => stop === bad.at(-1)?.stop);
  const before = failed
    ? `, and line ${failed.line} ended with status ${failed.status}: ${failed.text}`
    : '';
  const why = `no kernel ${kernel} is running here; there is ${namesOfRunning(world)}${before}`;
  throw new Refused(why, { file, line, column: 1 });
}

/** The status of the line that a console block typed last, once it is over. */
export function withCommand(state: RunState, block: ConsoleBlock): RunState {
  const { at, commands } = state;
  const { status, job } = consoleOf(state, block.kernel);
  const line = block.lines[at.line - 1];
  if (!line || job || status === null) return state;
  if (commands.some((each) => each.stop === at.stop && each.line === line.line)) return state;
  const { kernel } = block;
  const record = { stop: at.stop, line: line.line, kernel, text: line.text, status };
  return { ...state, commands: [...commands, record] };
}

/** What came of claims, in the order they stand in. */
export function withClaims(
  state: RunState,
  claims: readonly Claim[],
  timeNs: number,
  judge: (claim: Claim) => Pick<ClaimRecord, 'ok' | 'actual'>,
): RunState {
  const { stop } = state.at;
  const records = claims.map((claim) => {
    const { line, column, text } = claim;
    return { stop, line, column, claim: text, timeNs, ...judge(claim) };
  });
  return { ...state, claims: [...state.claims, ...records] };
}

export const viewWords = ({ kind: _, line: __, ...words }: Extract<Block, { kind: 'view' }>) =>
  Object.fromEntries(Object.entries(words).map(([name, value]) => [name, String(value)]));

/** What the consoles know, for expressions. */
export const consoleFacts = (state: RunState): ConsoleFacts => ({
  status: (kernel) => consoleOf(state, kernel).status ?? undefined,
  output: (kernel) => {
    const { status, output } = consoleOf(state, kernel);
    return status === null ? undefined : output;
  },
});
