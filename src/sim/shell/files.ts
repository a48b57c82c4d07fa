import { errnoText } from './arguments.ts';
import type { Io, Steps } from './command.ts';
import { WrongUsage } from './command.ts';
import { resolvePath } from './path.ts';

/** Bytes of a file; null after saying, in the command's name, why there are none. */
export function* readFile(io: Io, command: string, path: string): Steps<Uint8Array | null> {
  const answer = yield { call: 'read', path: resolvePath(io.state.cwd, path) };
  if (answer.ret >= 0) return answer.bytes ?? new Uint8Array(0);
  io.err(`${command}: ${path}: ${errnoText(answer.ret)}`);
  return null;
}

/** Writes a file, all bytes in one ask; false after saying why it cannot be. */
export function* writeFile(
  io: Io,
  command: string,
  path: string,
  bytes: Uint8Array,
  append = false,
): Steps<boolean> {
  const whole = resolvePath(io.state.cwd, path);
  const { ret } = yield { call: 'write', path: whole, bytes, append };
  if (ret < 0) io.err(`${command}: ${path}: ${errnoText(ret)}`);
  return ret >= 0;
}

/** What was piped in; asking for it when nothing was is wrong usage: nobody would type an end. */
export function pipedIn(io: Io): Uint8Array {
  if (io.stdin === null) throw new WrongUsage('no file is named and nothing is piped in');
  return io.stdin;
}

/** What a filter works on: each file that can be read, `-` or nothing for what was piped in. */
export interface Inputs {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** A file could not be read; that was said. */
  readonly failed: boolean;
}

/** Reads every file a filter was given, in order. */
export function* readInputs(io: Io, command: string, paths: readonly string[]): Steps<Inputs> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  let failed = false;
  for (const name of paths.length === 0 ? ['-'] : paths) {
    const bytes = name === '-' ? pipedIn(io) : yield* readFile(io, command, name);
    if (bytes) files.push({ name, bytes });
    else failed = true;
  }
  return { files, failed };
}

/** Several pieces as one. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Lines as bytes, each with its end; only the last may lack one. */
export function lineBytes(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    const next = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(at, next));
    at = next;
  }
  return lines;
}
