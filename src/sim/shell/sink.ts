import { Refused } from '../base/assert.ts';
import { utf8Decode, utf8Encode } from '../base/text.ts';
import { concat } from './files.ts';
import { PIPE_BYTES_MAX } from './limits.ts';

/** Where a command's output goes: the console, or bytes for a pipe or a file. */
export interface Sink {
  readonly isConsole: boolean;
  put(what: string | Uint8Array): void;
}

/** Gathers bytes, up to a limit. */
export class ByteSink implements Sink {
  readonly isConsole = false;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  put(what: string | Uint8Array): void {
    const bytes = typeof what === 'string' ? utf8Encode(what) : what;
    this.#size += bytes.length;
    if (this.#size > PIPE_BYTES_MAX)
      throw new Refused(`a pipe or redirection holds at most ${PIPE_BYTES_MAX} bytes`);
    this.#pieces.push(bytes);
  }

  get bytes(): Uint8Array {
    return concat(this.#pieces);
  }
}

/** What the console shows: text as commands print it, and the text of bytes. */
export class ConsoleSink implements Sink {
  readonly isConsole = true;
  #text = '';

  put(what: string | Uint8Array): void {
    this.#text += typeof what === 'string' ? what : visible(utf8Decode(what));
  }

  /** What was printed since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Bytes of a file must not move the cursor or change colours: control characters become pictures. */
const visible = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (char) =>
    char === '\r'
      ? char
      : String.fromCharCode(char === '\x7f' ? 0x2421 : 0x2400 + char.charCodeAt(0)),
  );
