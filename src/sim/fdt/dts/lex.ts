/**
 * Source text to tokens, on bytes. The lexer has states of its own, entered by what it reads:
 * behind `{` and `;` a name may come, behind `[` bytes, else values; in the very beginning
 * nothing but keywords. The longest match wins. Source: dtc, dtc-lexer.l.
 */
import { holdsAt, textOf } from '../bytes.ts';
import { GaveUp, type Problem } from '../problem.ts';
import {
  CHAR,
  CLASS,
  hexValue,
  IS_DIGIT,
  IS_HEX,
  IS_LABEL,
  IS_LABEL_START,
  IS_NAME,
  IS_SPACE,
} from './chars.ts';
import { unescape } from './escape.ts';
import { joinPath, SourceFile } from './source.ts';
import { KEYWORDS, PAIRS, T } from './token.ts';

/** Files a source names. Undefined when there is no such file. */
export type ReadFile = (path: string) => Uint8Array | undefined;

/** Files one source may include in total, in any depth. Source: dtc, srcpos.c. */
export const INCLUDES_MAX = 199;

type State = 'start' | 'values' | 'names' | 'bytes';

const keywords = KEYWORDS.map((keyword) => ({
  ...keyword,
  bytes: Uint8Array.from(keyword.text, (char) => char.charCodeAt(0)),
}));
const INCLUDE = Uint8Array.from('/include/', (char) => char.charCodeAt(0));
const ENDS_PAIR = new Set(['<', '>', '=', '&', '|'].map((char) => char.charCodeAt(0)));
const U64_MAX = 0xffff_ffff_ffff_ffffn;

interface OpenFile {
  readonly source: SourceFile;
  readonly at: number;
}

/** A stream of tokens; what {@link Lexer.next} read is described by the fields until the next. */
export class Lexer {
  readonly problems: Problem[];
  source: SourceFile;
  /** Byte the next token is looked for at. */
  at = 0;
  /** First byte of the last match, white space and comments included: where the end is reported. */
  start = 0;
  /** The last match is none: not one byte was read. */
  isUntouched = true;
  /** File of the last match. */
  file: SourceFile;
  /** Name of a label, reference, node or property, without its marks. */
  text = '';
  /** Value of a number when it fits 53 bits, else in `big`. */
  value = 0;
  big: bigint | undefined;
  /** Bytes of a string without its quotes, escapes not resolved: from here, to `textTo`. */
  textFrom = 0;
  textTo = 0;
  state: State = 'start';
  readonly #read: ReadFile;
  readonly #outer: OpenFile[] = [];
  #includes = 0;

  constructor(source: SourceFile, read: ReadFile, problems: Problem[]) {
    this.source = source;
    this.file = source;
    this.#read = read;
    this.problems = problems;
  }

  /** The next token. At the end of an included file its includer goes on; T.end repeats. */
  next(): number {
    for (;;) {
      const { bytes } = this.source;
      if (this.at >= bytes.length) {
        const outer = this.#outer.pop();
        if (!outer) return T.end;
        this.source = outer.source;
        this.at = outer.at;
        continue;
      }
      this.start = this.at;
      this.file = this.source;
      this.isUntouched = false;
      const token = this.#match(bytes, bytes[this.at]!);
      if (token !== SKIPPED) return token;
    }
  }

  /** Reports a mistake that does not end the parse. */
  fail(kind: string, text: string, file = this.file, from = this.start): void {
    const { line, column } = file.placeOf(from);
    this.problems.push({ severity: 'error', kind, text, file: file.name, line, column });
  }

  /** Reports a mistake without a position, after which nothing can be read. */
  giveUp(text: string, file: string): never {
    this.problems.push({ severity: 'error', kind: 'semantic', text, file });
    throw new GaveUp(text);
  }

  /** The bytes of the string read last, escapes resolved. */
  stringBytes(): number[] {
    return this.#unescape(this.textFrom, this.textTo);
  }

  #unescape(from: number, to: number): number[] {
    const out = unescape(this.source.bytes, from, to);
    return out ?? this.giveUp('\\x needs a hexadecimal digit', this.file.name);
  }

  #match(bytes: Uint8Array, byte: number): number {
    const bits = CLASS[byte]!;
    if ((bits & IS_SPACE) !== 0) {
      let at = this.at + 1;
      while ((CLASS[bytes[at] ?? 0]! & IS_SPACE) !== 0) at++;
      return this.#skipTo(at);
    }
    if (byte === CHAR.hash && this.#lineMarker(bytes)) return SKIPPED;
    if ((bits & IS_LABEL_START) !== 0 && this.#label(bytes)) return T.label;
    if (this.state === 'names' && ((bits & IS_NAME) !== 0 || byte === CHAR.backslash)) {
      if (this.#name(bytes)) return T.name;
    } else if (this.state === 'values' && (bits & IS_DIGIT) !== 0) {
      return this.#literal(bytes);
    } else if (this.state === 'bytes' && (bits & IS_HEX) !== 0) {
      const second = bytes[this.at + 1] ?? 0;
      if ((CLASS[second]! & IS_HEX) !== 0) {
        this.value = hexValue(byte) * 16 + hexValue(second);
        return this.#take(2, T.byte);
      }
    }
    switch (byte) {
      case CHAR.quote:
        return this.#string(bytes);
      case CHAR.apostrophe:
        return this.#character(bytes);
      case CHAR.slash:
        return this.#slash(bytes);
      case CHAR.and:
        return this.#reference(bytes);
      default:
        return this.#operator(bytes, byte);
    }
  }

  #take(length: number, token: number): number {
    this.at += length;
    return token;
  }

  #skipTo(at: number): number {
    this.at = at;
    return SKIPPED;
  }

  #operator(bytes: Uint8Array, byte: number): number {
    const second = bytes[this.at + 1] ?? 0;
    if (ENDS_PAIR.has(second)) {
      const pair = PAIRS.get(String.fromCharCode(byte, second));
      if (pair !== undefined) return this.#take(2, pair);
    }
    if (byte === CHAR.openBracket) this.state = 'bytes';
    else if (byte === CHAR.openBrace || byte === CHAR.semicolon) this.state = 'names';
    else if (byte === CHAR.closeBracket && this.state === 'bytes') this.state = 'values';
    // A byte above ASCII is a negative character to dtc, and so is the end of its input.
    return this.#take(1, byte < 128 ? byte : T.end);
  }

  #label(bytes: Uint8Array): boolean {
    let at = this.at + 1;
    while ((CLASS[bytes[at] ?? 0]! & IS_LABEL) !== 0) at++;
    if (bytes[at] !== CHAR.colon) return false;
    this.text = textOf(bytes, this.at, at);
    this.at = at + 1;
    return true;
  }

  #name(bytes: Uint8Array): boolean {
    const from = bytes[this.at] === CHAR.backslash ? this.at + 1 : this.at;
    let at = from;
    while ((CLASS[bytes[at] ?? 0]! & IS_NAME) !== 0) at++;
    if (at === from) return false;
    this.text = textOf(bytes, from, at);
    this.at = at;
    this.state = 'values';
    return true;
  }

  /** `[0-9]+` or `0x…`, then U, L, UL, LL or ULL. Octal behind a leading 0, as strtoull reads it. */
  #literal(bytes: Uint8Array): number {
    const from = this.at;
    const isHex = bytes[from] === CHAR.zero && (bytes[from + 1]! | 32) === 0x78;
    const wanted = isHex ? IS_HEX : IS_DIGIT;
    let at = isHex ? from + 2 : from;
    while ((CLASS[bytes[at] ?? 0]! & wanted) !== 0) at++;
    if (isHex && at === from + 2) at = from + 1;
    const digits = textOf(bytes, from, at);
    at += suffixLength(bytes, at);
    const isOctal = !isHex && digits.length > 1 && digits.startsWith('0');
    const octal = isOctal ? (/^[0-7]*/.exec(digits)?.[0] ?? '') : '';
    if (isOctal && octal.length < digits.length)
      this.fail('lexical', `${textOf(bytes, from, at)} is no octal number`);
    this.at = at;
    const text = isOctal ? `0o${octal}` : digits;
    this.value = Number(text);
    this.big = undefined;
    if (this.value > Number.MAX_SAFE_INTEGER) {
      // More digits than any number below 2^64 has, in any base: too long to be worth converting.
      const isHuge = digits.replace(/^0x?0*/i, '').length > 22;
      this.big = isHuge ? U64_MAX + 1n : BigInt(text);
      if (this.big > U64_MAX) {
        this.fail('lexical', `${digits} does not fit 64 bits`);
        this.big = U64_MAX;
      }
    }
    return T.literal;
  }

  /** A string has no backslash in front of a line end; one that never closes is a lone quote. */
  #string(bytes: Uint8Array): number {
    const end = stringEnd(bytes, this.at);
    if (end < 0) return this.#take(1, CHAR.quote);
    this.textFrom = this.at + 1;
    this.textTo = end;
    this.at = end + 1;
    return T.string;
  }

  #character(bytes: Uint8Array): number {
    let end = -1;
    for (let at = bytes.indexOf(CHAR.apostrophe, this.at + 1); at >= 0;) {
      end = at;
      // Behind a backslash the quote may be part of the literal: the longest match wins.
      if (bytes[at - 1] !== CHAR.backslash) break;
      at = bytes.indexOf(CHAR.apostrophe, at + 1);
    }
    if (end < 0) return this.#take(1, CHAR.apostrophe);
    const from = this.at + 1;
    this.at = end + 1;
    const content = this.#unescape(from, end);
    this.big = undefined;
    this.value = content[0] ?? 0;
    if (content.length === 0) this.fail('lexical', 'there is no character between the quotes');
    if (content.length > 1)
      this.fail('lexical', `there are ${content.length} characters between the quotes`);
    return T.charLiteral;
  }

  #slash(bytes: Uint8Array): number {
    const second = bytes[this.at + 1];
    if (second === CHAR.star || second === CHAR.slash) {
      const end =
        second === CHAR.star ? blockComments(bytes, this.at) : lineComments(bytes, this.at);
      return end > this.at ? this.#skipTo(end) : this.#take(1, CHAR.slash);
    }
    if (holdsAt(bytes, this.at, INCLUDE, INCLUDE.length) && this.#include(bytes)) return SKIPPED;
    for (const { bytes: word, token, enters } of keywords) {
      if (!holdsAt(bytes, this.at, word, word.length)) continue;
      if (token === T.incbin && (this.state === 'names' || this.state === 'bytes')) break;
      if (enters) this.state = enters;
      return this.#take(word.length, token);
    }
    return this.#take(1, CHAR.slash);
  }

  #include(bytes: Uint8Array): boolean {
    let from = this.at + INCLUDE.length;
    while ((CLASS[bytes[from] ?? 0]! & IS_SPACE) !== 0) from++;
    const end = bytes[from] === CHAR.quote ? stringEnd(bytes, from) : -1;
    if (end < 0) return false;
    const name = textOf(bytes, from + 1, end);
    this.at = end + 1;
    if (++this.#includes > INCLUDES_MAX)
      this.giveUp(`more than ${INCLUDES_MAX} files are included`, this.file.name);
    const path = joinPath(this.source.folder, name);
    const content = this.#read(path);
    if (!content) this.giveUp(`the included file ${path} cannot be read`, this.file.name);
    this.#outer.push({ source: this.source, at: this.at });
    this.source = new SourceFile(path, content);
    this.at = 0;
    return true;
  }

  #reference(bytes: Uint8Array): number {
    const second = bytes[this.at + 1] ?? 0;
    if ((CLASS[second]! & IS_LABEL_START) !== 0) {
      let at = this.at + 2;
      while ((CLASS[bytes[at] ?? 0]! & IS_LABEL) !== 0) at++;
      this.text = textOf(bytes, this.at + 1, at);
      this.at = at;
      return T.labelRef;
    }
    if (second === CHAR.openBrace && bytes[this.at + 2] === CHAR.slash) {
      let at = this.at + 3;
      while (bytes[at] === CHAR.slash || (CLASS[bytes[at] ?? 0]! & IS_NAME) !== 0) at++;
      if (bytes[at] === CHAR.closeBrace) {
        this.text = textOf(bytes, this.at + 2, at);
        this.at = at + 1;
        return T.pathRef;
      }
    }
    return this.#operator(bytes, CHAR.and);
  }

  /** `#line 12 "file"` or `# 12 "file" 1 2` at the beginning of a line. */
  #lineMarker(bytes: Uint8Array): boolean {
    if (this.at > 0 && bytes[this.at - 1] !== CHAR.newline) return false;
    let at = this.at + 1;
    if (textOf(bytes, at, at + 4) === 'line') at += 4;
    const digits = skipBlanks(bytes, at);
    const digitsEnd = skipDigits(bytes, digits);
    const quote = skipBlanks(bytes, digitsEnd);
    if (digits === at || digitsEnd === digits || quote === digitsEnd) return false;
    const close = bytes[quote] === CHAR.quote ? stringEnd(bytes, quote) : -1;
    if (close < 0) return false;
    const name = this.#unescape(quote + 1, close);
    const zero = name.indexOf(0);
    if (zero >= 0) this.fail('lexical', 'a file name holds a zero byte');
    let end = close + 1;
    for (;;) {
      const flag = skipBlanks(bytes, end);
      const flagEnd = skipDigits(bytes, flag);
      if (flag === end || flagEnd === flag) break;
      end = flagEnd;
    }
    // The marker names the line behind its own: the newline that follows counts it up.
    const line = Number(textOf(bytes, digits, digitsEnd)) - 1;
    const text = textOf(name, 0, zero < 0 ? name.length : zero);
    this.at = end;
    this.source.mark(end, line, text);
    return true;
  }
}

const SKIPPED = -1;

/** Offset of the closing quote of the string that opens at `open`, or -1. */
function stringEnd(bytes: Uint8Array, open: number): number {
  for (let at = open + 1; at < bytes.length; at++) {
    if (bytes[at] === CHAR.quote) return at;
    if (bytes[at] === CHAR.backslash && (++at >= bytes.length || bytes[at] === CHAR.newline))
      return -1;
  }
  return -1;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === CHAR.space || bytes[at] === CHAR.tab) at++;
  return at;
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((CLASS[bytes[at] ?? 0]! & IS_DIGIT) !== 0) at++;
  return at;
}

const U = 'U'.charCodeAt(0);
const L = 'L'.charCodeAt(0);

/** Length of U, L, UL, LL or ULL at `at`. */
function suffixLength(bytes: Uint8Array, at: number): number {
  const u = bytes[at] === U ? 1 : 0;
  if (bytes[at + u] !== L) return u;
  return bytes[at + u + 1] === L ? u + 2 : u + 1;
}

/** End of the block comments that follow each other without a gap, `from` when none closes. */
function blockComments(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end] === CHAR.slash && bytes[end + 1] === CHAR.star) {
    let star = bytes.indexOf(CHAR.star, end + 2);
    while (star >= 0 && bytes[star + 1] !== CHAR.slash) star = bytes.indexOf(CHAR.star, star + 1);
    if (star < 0) return end;
    end = star + 2;
  }
  return end;
}

/** End of the line comments that follow each other without a gap; each needs its newline. */
function lineComments(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end] === CHAR.slash && bytes[end + 1] === CHAR.slash) {
    const newline = bytes.indexOf(CHAR.newline, end + 2);
    if (newline < 0) return end;
    end = newline + 1;
  }
  return end;
}
