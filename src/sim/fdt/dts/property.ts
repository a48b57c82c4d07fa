/** The value of a property, from the token behind its '='. Source: dtc, dtc-parser.y, `propdata`. */
import { textOf } from '../bytes.ts';
import { Property } from '../tree.ts';
import { readPlainCells } from './cells.ts';
import { CHAR } from './chars.ts';
import { readEscape, type Escape } from './escape.ts';
import type { Lexer, ReadFile } from './lex.ts';
import { joinPath, type Span } from './source.ts';
import { T } from './token.ts';
import type { TokenStream } from './tokens.ts';
import { ValueBuilder } from './value.ts';

const TYPES = { 8: 'u8', 16: 'u16', 32: 'u32', 64: 'u64' } as const;
type Bits = keyof typeof TYPES;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Reads values into one buffer that is used again for the next. */
export class PropertyReader {
  readonly #tokens: TokenStream;
  readonly #read: ReadFile;
  readonly #value = new ValueBuilder();

  constructor(tokens: TokenStream, read: ReadFile) {
    this.#tokens = tokens;
    this.#read = read;
  }

  /** Reads `= …` if it is there; `span` is asked for when the ';' has been taken. */
  read(name: string, span: () => Span): Property {
    const tokens = this.#tokens;
    this.#value.clear();
    if (tokens.accepts(CHAR.equals)) {
      do {
        this.#labels();
        this.#part();
        this.#labels();
      } while (tokens.accepts(CHAR.comma));
    }
    tokens.expect(CHAR.semicolon);
    const { value, markers } = this.#value.finish();
    return new Property(name, value, markers, span());
  }

  #labels(): void {
    while (this.#tokens.peek() === T.label)
      this.#value.mark('label', this.#tokens.expectText(T.label));
  }

  #part(): void {
    const tokens = this.#tokens;
    switch (tokens.peek()) {
      case T.string:
        this.#string();
        return;
      case T.bits:
      case CHAR.less:
        this.#array();
        return;
      case CHAR.openBracket:
        tokens.take();
        this.#byteString();
        return;
      case T.labelRef:
      case T.pathRef:
        this.#value.mark('string', tokens.lexer.text);
        this.#value.mark('path', tokens.lexer.text);
        tokens.take();
        return;
      case T.incbin:
        tokens.take();
        this.#incbin();
        return;
      default:
        tokens.unexpected();
    }
  }

  #string(): void {
    const { lexer } = this.#tokens;
    const { bytes } = lexer.source;
    const value = this.#value;
    value.mark('string');
    const escape: Escape = { byte: 0, at: 0 };
    for (let at = lexer.textFrom; at < lexer.textTo;) {
      let plain = at;
      while (plain < lexer.textTo && bytes[plain] !== CHAR.backslash) plain++;
      value.push(bytes.subarray(at, plain));
      if (plain >= lexer.textTo) break;
      readEscape(bytes, plain + 1, escape);
      if (escape.byte < 0) lexer.giveUp('\\x needs a hexadecimal digit', lexer.file.name);
      value.pushByte(escape.byte);
      at = escape.at;
    }
    value.pushByte(0);
    this.#tokens.take();
  }

  #array(): void {
    const tokens = this.#tokens;
    const value = this.#value;
    const bits = tokens.accepts(T.bits) ? this.#bits() : 32;
    if (tokens.peek() !== CHAR.less) tokens.unexpected();
    value.mark(TYPES[bits]);
    tokens.take();
    for (;;) {
      const { lexer } = tokens;
      if (bits === 32) lexer.at = readPlainCells(lexer.source.bytes, lexer.at, value);
      const token = tokens.peek();
      if (token === CHAR.greater) break;
      if (token === T.label) value.mark('label', tokens.expectText(T.label));
      else if (token === T.labelRef || token === T.pathRef) this.#reference(bits, token);
      else this.#element(bits);
    }
    tokens.take();
  }

  #bits(): Bits {
    const tokens = this.#tokens;
    const spot = tokens.spot();
    if (tokens.peek() !== T.literal) tokens.unexpected();
    const bits = Number(tokens.literal());
    tokens.take();
    if (tokens.peek() !== CHAR.less) tokens.unexpected();
    if (bits === 8 || bits === 16 || bits === 32 || bits === 64) return bits;
    tokens.semantic(`elements have 8, 16, 32 or 64 bits, not ${bits}`, spot);
    return 32;
  }

  #element(bits: Bits): void {
    const tokens = this.#tokens;
    const spot = tokens.spot();
    const value = tokens.integer();
    const mask = (1n << BigInt(bits)) - 1n;
    // Bits above the element are all zero, or all one: a negative number.
    if (value > mask && (value | mask) !== U64_MAX)
      tokens.semantic(`0x${value.toString(16)} does not fit an element of ${bits} bits`, spot);
    this.#value.pushInteger(value, bits);
  }

  #reference(bits: Bits, token: number): void {
    const tokens = this.#tokens;
    const spot = tokens.spot();
    const ref = tokens.expectText(token);
    if (bits === 32) this.#value.mark('phandle', ref);
    else tokens.semantic(`a reference needs an element of 32 bits, not ${bits}`, spot);
    this.#value.pushInteger(U64_MAX, bits);
  }

  #byteString(): void {
    const tokens = this.#tokens;
    const value = this.#value;
    value.mark('u8');
    for (;;) {
      const token = tokens.peek();
      if (token === T.byte) {
        value.pushByte(tokens.lexer.value);
        tokens.take();
      } else if (token === T.label) {
        value.mark('label', tokens.expectText(T.label));
      } else {
        tokens.expect(CHAR.closeBracket);
        return;
      }
    }
  }

  #incbin(): void {
    const tokens = this.#tokens;
    tokens.expect(CHAR.open);
    if (tokens.peek() !== T.string) tokens.unexpected();
    const text = tokens.lexer.stringBytes();
    const zero = text.indexOf(0);
    const name = textOf(text, 0, zero < 0 ? text.length : zero);
    tokens.take();
    let from = 0n;
    let length = U64_MAX;
    if (tokens.accepts(CHAR.comma)) {
      from = tokens.integer();
      tokens.expect(CHAR.comma);
      length = tokens.integer();
    }
    tokens.expect(CHAR.close);
    const lexer: Lexer = tokens.lexer;
    const path = joinPath(lexer.source.folder, name);
    const content = this.#read(path);
    if (!content) lexer.giveUp(`the included binary ${path} cannot be read`, lexer.file.name);
    if (from >= 1n << 63n) lexer.giveUp(`no file has a byte ${from}`, lexer.file.name);
    const begin = Math.min(Number(from), content.length);
    const size = Math.min(Number(length), content.length - begin);
    this.#value.mark('data');
    this.#value.push(content.subarray(begin, begin + size));
  }
}
