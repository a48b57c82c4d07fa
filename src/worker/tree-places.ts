import type { Node, Property } from '../sim/fdt/tree.ts';
import type { Stretch } from './tree-types.ts';

const BRACE = 0x7b;
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
/** `; { }` end what stands in front of a name. */
const isMark = (byte: number | undefined): boolean =>
  byte === undefined || byte === 0x3b || byte === BRACE || byte === 0x7d;
/** What a mistake is drawn under: a word, or the one character that is there. */
const isWord = (char: string | undefined): boolean =>
  char !== undefined && /[\w,.+\-@#&]/.test(char);

/** Characters of a source text by what the compiler knows: bytes, lines and columns of bytes. */
export class SourcePlaces {
  readonly file: string;
  readonly #text: string;
  readonly #bytes: Uint8Array;
  /** Character by byte; undefined while they are the same. */
  readonly #chars: Uint32Array | undefined;
  #lines: number[] | undefined;

  constructor(text: string, bytes: Uint8Array, file: string) {
    this.file = file;
    this.#text = text;
    this.#bytes = bytes;
    this.#chars = bytes.length === text.length ? undefined : charsOf(text, bytes.length);
  }

  /** A property, from its name to its semicolon. */
  ofProperty({ span }: Property): Stretch | undefined {
    if (span?.name !== this.file) return undefined;
    return [this.#char(span.from), this.#char(span.to)];
  }

  /** A node, from its name to its semicolon. */
  ofNode({ span }: Node): Stretch | undefined {
    if (span?.name !== this.file || this.#bytes[span.from] !== BRACE) return undefined;
    let from = span.from;
    while (from > 0 && isSpace(this.#bytes[from - 1])) from--;
    while (!isSpace(this.#bytes[from - 1]) && !isMark(this.#bytes[from - 1])) from--;
    return [this.#char(from), this.#char(span.to)];
  }

  /** The word at a line and a column, both from 1. */
  wordAt(line: number, column: number): Stretch {
    const lines = (this.#lines ??= lineStarts(this.#bytes));
    const start = lines[Math.min(line, lines.length) - 1] ?? 0;
    const from = Math.min(this.#char(start + Math.max(0, column - 1)), this.#text.length);
    let to = from;
    while (isWord(this.#text[to])) to++;
    return [from, Math.min(Math.max(to, from + 1), this.#text.length)];
  }

  #char(byte: number): number {
    return this.#chars ? (this.#chars[Math.min(byte, this.#chars.length - 1)] ?? 0) : byte;
  }
}

function charsOf(text: string, bytes: number): Uint32Array {
  const chars = new Uint32Array(bytes + 1);
  let at = 0;
  let char = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    chars.fill(char, at, at + size);
    at += size;
    char += letter.length;
  }
  chars.fill(char, at);
  return chars;
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}
