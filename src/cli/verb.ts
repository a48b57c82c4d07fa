/** What a verb sees of the computer it runs on; a test gives it another one. */
export interface Io {
  /** Where the command was typed; relative paths start there. */
  readonly cwd: string;
  stdout(output: Uint8Array | string): void;
  stderr(output: string): void;
  /** All of standard input; nothing is read before the first call. */
  stdin(): Promise<Uint8Array>;
  readFile(path: string): Uint8Array;
  writeFile(path: string, content: Uint8Array | string): void;
}

export interface Verb {
  /** One line without `mk`: `run FILE.md [--seed N]`. */
  readonly usage: string;
  /** Answers the exit status: 0 fine, 1 a check failed or input was refused, 2 wrong usage. */
  run(argv: readonly string[], io: Io): Promise<number>;
}

/** Thrown by a verb that was called wrongly: the reason and the usage are shown, status 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
