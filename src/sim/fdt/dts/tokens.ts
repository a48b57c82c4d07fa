import { GaveUp } from '../problem.ts';
import { readParenthesised, type ExpressionInput } from './expression.ts';
import type { Lexer } from './lex.ts';
import type { SourceFile, Span } from './source.ts';
import { T, tokenName } from './token.ts';

const NOTHING = -1;
const OPEN = '('.charCodeAt(0);

/** A file and a byte of it. */
export interface Spot {
  readonly file: SourceFile;
  readonly at: number;
}

/**
 * The tokens ahead of the parser, at most one of them read: mistakes of the lexer are reported in
 * the order in which dtc's parser would meet them.
 */
export class TokenStream implements ExpressionInput {
  readonly lexer: Lexer;
  #ahead = NOTHING;
  /** End of the token taken last. */
  #end = 0;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
  }

  peek(): number {
    if (this.#ahead === NOTHING) this.#ahead = this.lexer.next();
    return this.#ahead;
  }

  take(): void {
    this.peek();
    this.#end = this.lexer.at;
    this.#ahead = NOTHING;
  }

  /** Takes the token when it is `token`. */
  accepts(token: number): boolean {
    if (this.peek() !== token) return false;
    this.take();
    return true;
  }

  /** Takes `token` or ends the parse. */
  expect(token: number): void {
    if (!this.accepts(token)) this.unexpected();
  }

  /** Takes `token` and answers its text, or ends the parse. */
  expectText(token: number): string {
    if (this.peek() !== token) this.unexpected();
    const { text } = this.lexer;
    this.take();
    return text;
  }

  /** Where the token ahead begins. */
  spot(): Spot {
    this.peek();
    return { file: this.lexer.file, at: this.lexer.start };
  }

  here(): number {
    this.peek();
    return this.lexer.start;
  }

  /** From a spot to the end of the token taken last. */
  spanFrom({ file, at }: Spot): Span {
    return { file, name: this.lexer.file.name, from: at, to: this.#end };
  }

  literal(): bigint {
    return this.lexer.big ?? BigInt(this.lexer.value);
  }

  /** A number, a character or an expression in parentheses; anything else ends the parse. */
  integer(): bigint {
    const token = this.peek();
    if (token === OPEN) return readParenthesised(this);
    if (token !== T.literal && token !== T.charLiteral) this.unexpected();
    const value = this.literal();
    this.take();
    return value;
  }

  divisionByZero(at: number): void {
    this.lexer.fail('semantic', 'division by zero', this.lexer.file, at);
  }

  /** Reports a mistake in what was read, after which the parse goes on. */
  semantic(text: string, { file, at }: Spot): void {
    this.lexer.fail('semantic', text, file, at);
  }

  /** Ends the parse: no rule lets the token ahead stand here. */
  unexpected(): never {
    const { lexer } = this;
    const token = this.peek();
    const text = `${tokenName(token)} is not expected here`;
    if (lexer.isUntouched) {
      const file = lexer.file.name;
      lexer.problems.push({ severity: 'error', kind: 'syntax', text, file, line: 0, column: 0 });
    } else {
      lexer.fail('syntax', text);
    }
    throw new GaveUp(text);
  }
}
