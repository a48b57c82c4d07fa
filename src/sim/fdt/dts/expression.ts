/**
 * Integer expressions of 64 unsigned bits with C's operators and precedence, evaluated as they are
 * read. An explicit stack instead of recursion: how deep parentheses go is the writer's choice.
 * Both sides of `?:`, `&&` and `||` are evaluated, so a division by zero in either is reported.
 * Source: dtc, dtc-parser.y, `integer_expr`.
 */
import { T } from './token.ts';

/** What the evaluator asks of the parser. */
export interface ExpressionInput {
  /** Kind of the token ahead. */
  peek(): number;
  /** Goes on to the next token. */
  take(): void;
  /** Value of the literal ahead. */
  literal(): bigint;
  /** Identifies where the token ahead begins, for {@link ExpressionInput.divisionByZero}. */
  here(): number;
  divisionByZero(begin: number): void;
  unexpected(): never;
}

/** Parentheses and signs that may be open at once; dtc's parser stack ends there too. */
export const EXPRESSION_DEPTH_MAX = 9987;

const code = (char: string): number => char.charCodeAt(0);
const OPEN = code('(');
const CLOSE = code(')');
const QUESTION = code('?');
const SLASH = code('/');
const PERCENT = code('%');
const COLON = code(':');
const MINUS = code('-');
const TILDE = code('~');
const BANG = code('!');
/** Stack marks: a condition that waits for its ':', a condition that waits for its end. */
const THEN = 1000;
const ELSE = 1001;
/** Added to the code of a sign in front of an operand, to tell it from the operator between two. */
const PREFIX = 2000;

/** Rank of products, above which are only signs. */
const TIGHTEST = 10;

type Apply = (a: bigint, b: bigint) => bigint;
const U64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

const BINARY = new Map<number, { readonly rank: number; readonly apply: Apply }>([
  [code('*'), { rank: 10, apply: (a, b) => U64(a * b) }],
  [SLASH, { rank: 10, apply: (a, b) => (b === 0n ? 0n : a / b) }],
  [PERCENT, { rank: 10, apply: (a, b) => (b === 0n ? 0n : a % b) }],
  [code('+'), { rank: 9, apply: (a, b) => U64(a + b) }],
  [MINUS, { rank: 9, apply: (a, b) => U64(a - b) }],
  [T.shiftLeft, { rank: 8, apply: (a, b) => (b < 64n ? U64(a << b) : 0n) }],
  [T.shiftRight, { rank: 8, apply: (a, b) => (b < 64n ? a >> b : 0n) }],
  [code('<'), { rank: 7, apply: (a, b) => truth(a < b) }],
  [code('>'), { rank: 7, apply: (a, b) => truth(a > b) }],
  [T.lessEqual, { rank: 7, apply: (a, b) => truth(a <= b) }],
  [T.greaterEqual, { rank: 7, apply: (a, b) => truth(a >= b) }],
  [T.equal, { rank: 6, apply: (a, b) => truth(a === b) }],
  [T.notEqual, { rank: 6, apply: (a, b) => truth(a !== b) }],
  [code('&'), { rank: 5, apply: (a, b) => a & b }],
  [code('^'), { rank: 4, apply: (a, b) => a ^ b }],
  [code('|'), { rank: 3, apply: (a, b) => a | b }],
  [T.andAnd, { rank: 2, apply: (a, b) => truth(a !== 0n && b !== 0n) }],
  [T.orOr, { rank: 1, apply: (a, b) => truth(a !== 0n || b !== 0n) }],
]);

/** Values and operators that wait for what is on their right. */
class Pending {
  readonly #operators: number[] = [];
  readonly #operatorsAt: number[] = [];
  readonly #values: bigint[] = [];
  /** Where each value began, its signs and brackets included. */
  readonly #valuesAt: number[] = [];
  readonly #input: ExpressionInput;

  constructor(input: ExpressionInput) {
    this.#input = input;
  }

  get depth(): number {
    return this.#operators.length;
  }

  get value(): bigint {
    return this.#values[0] ?? 0n;
  }

  top(): number | undefined {
    return this.#operators.at(-1);
  }

  pushOperator(operator: number, at: number): void {
    this.#operators.push(operator);
    this.#operatorsAt.push(at);
  }

  pushValue(value: bigint, at: number): void {
    this.#values.push(value);
    this.#valuesAt.push(at);
  }

  /** Takes the operator on top away; where it stood. */
  popOperator(): number {
    this.#operators.pop();
    return this.#operatorsAt.pop() ?? 0;
  }

  #popValue(): bigint {
    this.#valuesAt.pop();
    return this.#values.pop() ?? 0n;
  }

  /** The value read last begins at `at`: a bracket or a sign stands in front of it. */
  extend(at: number): void {
    this.#valuesAt[this.#valuesAt.length - 1] = at;
  }

  /** Applies every operator on top that binds at least as tightly as `rank`. */
  reduce(rank: number): void {
    for (let top = this.top(); top !== undefined; top = this.top()) {
      if (top >= PREFIX) this.#applyPrefix(top - PREFIX);
      else if ((BINARY.get(top)?.rank ?? -1) >= rank) this.#applyBinary(top);
      else return;
    }
  }

  #applyPrefix(sign: number): void {
    const at = this.popOperator();
    const value = this.#popValue();
    if (sign === MINUS) this.pushValue(U64(-value), at);
    else this.pushValue(sign === TILDE ? U64(~value) : truth(value === 0n), at);
  }

  #applyBinary(operator: number): void {
    this.popOperator();
    const right = this.#popValue();
    const at = this.#valuesAt.at(-1) ?? 0;
    const left = this.#popValue();
    if (right === 0n && (operator === SLASH || operator === PERCENT))
      this.#input.divisionByZero(at);
    this.pushValue(BINARY.get(operator)?.apply(left, right) ?? 0n, at);
  }

  /** Ends what lies between a bracket and here: operators, then finished conditions. */
  finish(): void {
    this.reduce(0);
    while (this.top() === ELSE) {
      this.popOperator();
      const no = this.#popValue();
      const yes = this.#popValue();
      const at = this.#valuesAt.at(-1) ?? 0;
      this.pushValue(this.#popValue() === 0n ? no : yes, at);
    }
  }
}

/** Reads a parenthesised expression; the token ahead is its '('. Its value is 0 to 2^64-1. */
export function readParenthesised(input: ExpressionInput): bigint {
  const pending = new Pending(input);
  for (;;) {
    readOperand(input, pending);
    do {
      // Signs and products are complete as soon as their operand is: errors come in this order.
      pending.reduce(TIGHTEST);
      if (pending.depth === 0) return pending.value;
    } while (readOperator(input, pending) === CLOSE);
  }
}

/** Opening brackets and signs, then a literal. */
function readOperand(input: ExpressionInput, pending: Pending): void {
  for (;;) {
    const token = input.peek();
    const at = input.here();
    const isOpening = token === OPEN || token === MINUS || token === TILDE || token === BANG;
    if (isOpening && pending.depth >= EXPRESSION_DEPTH_MAX) input.unexpected();
    if (token === OPEN) {
      pending.pushOperator(OPEN, at);
    } else if (isOpening) {
      pending.pushOperator(PREFIX + token, at);
    } else if (token === T.literal || token === T.charLiteral) {
      pending.pushValue(input.literal(), at);
      input.take();
      return;
    } else {
      input.unexpected();
    }
    input.take();
  }
}

/** Whatever may follow an operand; returns its token. Behind CLOSE another operator may follow. */
function readOperator(input: ExpressionInput, pending: Pending): number {
  const token = input.peek();
  const at = input.here();
  const rank = BINARY.get(token)?.rank;
  if (rank !== undefined) {
    pending.reduce(rank);
    pending.pushOperator(token, at);
  } else if (token === QUESTION) {
    pending.reduce(0);
    pending.pushOperator(THEN, at);
  } else if (token === COLON || token === CLOSE) {
    pending.finish();
    if (pending.top() !== (token === COLON ? THEN : OPEN)) input.unexpected();
    const opened = pending.popOperator();
    if (token === COLON) pending.pushOperator(ELSE, at);
    else pending.extend(opened);
  } else {
    input.unexpected();
  }
  input.take();
  return token;
}
