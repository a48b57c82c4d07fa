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
