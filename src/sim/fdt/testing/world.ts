import { latin1Bytes, type ToolIo } from '../tools/io.ts';

/** A world of named files that remembers what a command wrote. */
export interface World extends ToolIo {
  out: Uint8Array | undefined;
  err: string;
  written: Record<string, Uint8Array>;
}

/** A world that holds these files; `-` is standard input. Text is one byte a character. */
export function world(files: Record<string, Uint8Array | string> = {}): World {
  const content = (path: string): Uint8Array | undefined => {
    const found = Object.hasOwn(files, path) ? files[path] : undefined;
    return typeof found === 'string' ? latin1Bytes(found) : found;
  };
  const here: World = {
    out: undefined,
    err: '',
    written: {},
    read: content,
    write(path, bytes) {
      here.written[path] = Uint8Array.from(bytes);
      return true;
    },
    stdin: () => content('-') ?? new Uint8Array(0),
    stdout(bytes) {
      const before = here.out ?? new Uint8Array(0);
      const all = new Uint8Array(before.length + bytes.length);
      all.set(before);
      all.set(bytes, before.length);
      here.out = all;
    },
    stderr(text) {
      here.err += text;
    },
  };
  return here;
}
