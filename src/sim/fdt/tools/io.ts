/** The world of a command: files, streams. The command line and the consoles each have theirs. */
export interface ToolIo {
  /** Bytes of a file, undefined when it cannot be read. */
  read(path: string): Uint8Array | undefined;
  /** Replaces a file; false when it cannot be written. */
  write(path: string, bytes: Uint8Array): boolean;
  stdin(): Uint8Array;
  stdout(bytes: Uint8Array): void;
  /** One or more whole lines of text. */
  stderr(text: string): void;
}

/** Bytes of text whose characters are 0 to 255. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * A file as fdtdump and fdtoverlay have it: in a buffer that is doubled from 1024 on until the file
 * is smaller, and whose size they take for the file's. Source: dtc, util.c, `utilfdt_read_err`.
 */
export function padded(content: Uint8Array): Uint8Array {
  let size = 1024;
  while (size <= content.length) size *= 2;
  const bytes = new Uint8Array(size);
  bytes.set(content);
  return bytes;
}
