import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
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
      readFile: (path) => readFileSync(resolve(cwd, path)),
      writeFile: (path, content) => writeFileSync(resolve(cwd, path), content),
    },
    flush: async () => {
      await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    },
  };
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
