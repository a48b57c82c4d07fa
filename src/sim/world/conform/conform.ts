import { Words } from './arguments.ts';
import { Hang } from './board.ts';
import type { Effect } from './effects.ts';
import { IPI_OPERATIONS, type Operation } from './ipi-operations.ts';
import { layout } from './layout-operation.ts';
import { KHO_OPERATIONS } from './kho-operations.ts';
import { MESSAGE_OPERATIONS } from './message-operations.ts';
import { Script } from './script.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...IPI_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...KHO_OPERATIONS,
  sizeof: layout,
};

/** Runs a script on fresh kernels: what could be observed, in order. A hang ends it. */
export function conform(lines: readonly string[]): readonly Effect[] {
  const script = new Script();
  try {
    for (const line of lines) runLine(script, line);
  } catch (error) {
    if (!(error instanceof Hang)) throw error;
  }
  return script.effects.list;
}

/** Empty lines and comments are no operations and have no number. */
function runLine(script: Script, line: string): void {
  const words = new Words(line);
  if (words.name === '' || words.name.startsWith('#')) return;
  script.effects.operation++;
  const operation = Object.hasOwn(OPERATIONS, words.name) ? OPERATIONS[words.name] : undefined;
  if (operation) operation(script, words);
  else script.refuse(words, 'unknown op');
}

/** Answers one line of input, undefined when it is none: `{"name":…,"script":[…]}`. */
export function answer(line: string): string | undefined {
  const asked = parse(line);
  return asked && JSON.stringify({ name: asked.name, effects: conform(asked.script) });
}

function parse(line: string): { name: string; script: string[] } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, script } = value as { name?: unknown; script?: unknown };
  if (typeof name !== 'string' || !Array.isArray(script)) return undefined;
  const lines: unknown[] = script;
  if (!lines.every((each) => typeof each === 'string')) return undefined;
  return { name, script: lines };
}
