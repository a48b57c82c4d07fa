/** Classes of bytes the lexer asks for, one bit each. */
export const IS_SPACE = 1;
export const IS_DIGIT = 2;
export const IS_HEX = 4;
/** A letter or an underscore: a label may begin with it. */
export const IS_LABEL_START = 8;
/** A byte of names of properties and nodes. Source: dtc, dtc-lexer.l, PROPNODECHAR. */
export const IS_NAME = 16;
/** A digit too: a label may go on with it. */
export const IS_LABEL = 32;

/** Class bits of every byte. */
export const CLASS = new Uint8Array(256);

const mark = (chars: string, bits: number): void => {
  for (let i = 0; i < chars.length; i++) CLASS[chars.charCodeAt(i)]! |= bits;
};
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
mark(' \t\n\v\f\r', IS_SPACE);
mark('0123456789', IS_DIGIT | IS_HEX | IS_NAME | IS_LABEL);
mark('abcdefABCDEF', IS_HEX);
mark(LETTERS + LETTERS.toUpperCase() + '_', IS_LABEL_START | IS_LABEL | IS_NAME);
mark(',.+*#?@-', IS_NAME);

/** Value of a hexadecimal digit; meaningless for other bytes. */
export const hexValue = (byte: number): number => (byte <= 57 ? byte - 48 : (byte & 0xdf) - 55);

const code = (char: string): number => char.charCodeAt(0);
/** Bytes of the language by name. */
export const CHAR = {
  tab: 9,
  newline: 10,
  space: 32,
  bang: code('!'),
  quote: code('"'),
  hash: code('#'),
  percent: code('%'),
  and: code('&'),
  apostrophe: code("'"),
  open: code('('),
  close: code(')'),
  star: code('*'),
  plus: code('+'),
  comma: code(','),
  minus: code('-'),
  slash: code('/'),
  zero: code('0'),
  colon: code(':'),
  semicolon: code(';'),
  less: code('<'),
  equals: code('='),
  greater: code('>'),
  question: code('?'),
  openBracket: code('['),
  backslash: code('\\'),
  closeBracket: code(']'),
  caret: code('^'),
  openBrace: code('{'),
  bar: code('|'),
  closeBrace: code('}'),
  tilde: code('~'),
} as const;
