import { Refused } from '../../sim/base/assert.ts';
import type { ToolIo } from '../../sim/fdt/tools/io.ts';
import { type Io } from '../verb.ts';

/** A command of the device tree library: arguments and a world in, the exit status out. */
export type Tool = (argv: readonly string[], io: ToolIo) => number;

class StdinWanted extends Error {}

/**
 * Runs a command of the library on the real computer. Commands are not asynchronous: one that asks
 * for standard input has written nothing yet, so it is started again when the input is there.
 */
export async function runTool(tool: Tool, argv: readonly string[], io: Io): Promise<number> {
  let input: Uint8Array | undefined;
  const world: ToolIo = {
    read: (path) => attempt(() => io.readFile(path)),
    write: (path, bytes) => attempt(() => (io.writeFile(path, bytes), true)) ?? false,
    stdin() {
      if (input === undefined) throw new StdinWanted();
      return input;
    },
    stdout: (bytes) => io.stdout(bytes),
    stderr: (text) => io.stderr(text),
  };
  try {
    return tool(argv, world);
  } catch (error) {
    if (!(error instanceof StdinWanted)) throw error;
    input = await io.stdin();
    return tool(argv, world);
  }
}

/** Undefined when the file system refuses; the command has words of its own for that. */
function attempt<Result>(access: () => Result): Result | undefined {
  try {
    return access();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
