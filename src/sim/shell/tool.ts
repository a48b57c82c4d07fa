import type { ToolIo } from '../fdt/tools/io.ts';
import type { Io, Steps } from './command.ts';
import { pipedIn, writeFile } from './files.ts';
import { resolvePath } from './path.ts';

/** A device-tree tool: files and streams in and out, all at once. */
type Tool = (argv: readonly string[], io: ToolIo) => number;

/** Stops a tool at a file that was not asked for yet. */
class NeedsFile extends Error {
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

/** Files one run of a tool may read; each is an ask, and the tool begins anew with it. */
const FILES_MAX = 256;

/** What one attempt printed and wrote. */
interface Attempt {
  status: number;
  out: Uint8Array[];
  err: string;
  written: Map<string, Uint8Array>;
}

/**
 * Runs a tool that cannot wait for answers: whenever it wants a file that was not read yet, the file is
 * asked for and the tool runs again. What it writes is written when it is done.
 */
export function* runTool(name: string, tool: Tool, args: readonly string[], io: Io): Steps<number> {
  const files = new Map<string, Uint8Array | undefined>();
  for (;;) {
    const attempt = attemptWith(tool, args, io, files);
    if (!(attempt instanceof NeedsFile)) return yield* finish(name, attempt, io);
    const path = resolvePath(io.state.cwd, attempt.path);
    const { ret, bytes } = yield { call: 'read', path };
    files.set(attempt.path, ret < 0 ? undefined : (bytes ?? new Uint8Array(0)));
  }
}

function attemptWith(
  tool: Tool,
  args: readonly string[],
  io: Io,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): Attempt | NeedsFile {
  const attempt: Attempt = { status: 0, out: [], err: '', written: new Map() };
  const toolIo: ToolIo = {
    read(path) {
      if (!files.has(path) && files.size < FILES_MAX) throw new NeedsFile(path);
      return files.get(path);
    },
    write(path, bytes) {
      attempt.written.set(path, bytes);
      return true;
    },
    stdin: () => pipedIn(io),
    stdout: (bytes) => attempt.out.push(bytes),
    stderr: (text) => {
      attempt.err += text;
    },
  };
  try {
    attempt.status = tool(args, toolIo);
    return attempt;
  } catch (stop) {
    if (stop instanceof NeedsFile) return stop;
    throw stop;
  }
}

function* finish(name: string, { status, out, err, written }: Attempt, io: Io): Steps<number> {
  if (err !== '') io.err(err.replace(/\n$/, ''));
  for (const bytes of out) io.out(bytes);
  let result = status;
  for (const [path, bytes] of written) if (!(yield* writeFile(io, name, path, bytes))) result = 1;
  return result;
}
