import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refused } from '../sim/base/assert.ts';
import { type Io } from './verb.ts';

/** The real computer. `flush` resolves when all output has left the process. */
export function nodeIo(): { readonly io: Io; readonly flush: () => Promise<void> } {
  // npm starts scripts in the package's folder and says here where the command was typed.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    io: {
      cwd,
      stdout: (output) => void process.stdout.write(output),
      stderr: (output) => void process.stderr.write(output),
      stdin: readStdin,
      readFile: (path) => refusing(path, () => readFileSync(resolve(cwd, path))),
      writeFile: (path, content) =>
        refusing(path, () => writeFileSync(resolve(cwd, path), content)),
    },
    flush: async () => {
      await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    },
  };
}

/** What the file system says no to is the user's to know: the path as typed, and the reason. */
function refusing<T>(path: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // The file system throws no other.
    // Node says `ENOENT: no such file or directory, open '/x'`; the middle of it is the reason.
    const reason = /^[A-Z0-9]+: (.*?), /.exec(message)?.[1] ?? code ?? message;
    throw new Refused(`${path}: ${code === 'EISDIR' ? 'is a directory' : reason}`);
  }
}

/** The reader (`head`, say) has seen enough: nobody's fault, and the status stays truthful. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    stream.write('', () => done());
  });
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer); // No encoding was set.
  return Buffer.concat(chunks);
}
