import { Refused } from '../base/assert.ts';
import { utf8Encode } from '../base/text.ts';
import type { ConsoleFacts } from './answers.ts';
import { consoleOf, filesOf, withFiles, type RunState } from './run-state.ts';
import type { OwnFile } from './run.ts';
import type { Block, ConsoleBlock } from './scenario.ts';

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
