/** Kinds of tokens. A single character is its own code, below 128; 0 ends the input. */
export const T = {
  end: 0,
  version: 256,
  plugin: 257,
  memreserve: 258,
  bits: 259,
  deleteProperty: 260,
  deleteNode: 261,
  omitIfNoRef: 262,
  incbin: 263,
  /** Name of a property or a node. */
  name: 264,
  literal: 265,
  charLiteral: 266,
  /** Two hexadecimal digits in a byte string. */
  byte: 267,
  string: 268,
  label: 269,
  labelRef: 270,
  pathRef: 271,
  shiftLeft: 272,
  shiftRight: 273,
  lessEqual: 274,
  greaterEqual: 275,
  equal: 276,
  notEqual: 277,
  andAnd: 278,
  orOr: 279,
} as const;

/** Words between slashes, the state the lexer is in behind them, and whether any state knows them. */
export const KEYWORDS = [
  { text: '/dts-v1/', token: T.version, enters: 'values' },
  { text: '/plugin/', token: T.plugin, enters: undefined },
  { text: '/memreserve/', token: T.memreserve, enters: 'values' },
  { text: '/bits/', token: T.bits, enters: 'values' },
  { text: '/delete-property/', token: T.deleteProperty, enters: 'names' },
  { text: '/delete-node/', token: T.deleteNode, enters: 'names' },
  { text: '/omit-if-no-ref/', token: T.omitIfNoRef, enters: 'names' },
  { text: '/incbin/', token: T.incbin, enters: undefined },
] as const;

/** Operators of two characters. */
export const PAIRS = new Map<string, number>([
  ['<<', T.shiftLeft],
  ['>>', T.shiftRight],
  ['<=', T.lessEqual],
  ['>=', T.greaterEqual],
  ['==', T.equal],
  ['!=', T.notEqual],
  ['&&', T.andAnd],
  ['||', T.orOr],
]);

const words = new Map<number, string>([
  [T.end, 'the end of the file'],
  [T.name, 'a name'],
  [T.literal, 'a number'],
  [T.charLiteral, 'a character'],
  [T.byte, 'a byte'],
  [T.string, 'a string'],
  [T.label, 'a label'],
  [T.labelRef, 'a reference'],
  [T.pathRef, 'a reference'],
  ...KEYWORDS.map(({ text, token }) => [token, text] as const),
  ...[...PAIRS].map(([text, token]) => [token, `'${text}'`] as const),
]);

/** What to call a token in a message. */
export function tokenName(token: number): string {
  const word = words.get(token);
  if (word !== undefined) return word;
  return token >= 32 && token < 127 ? `'${String.fromCharCode(token)}'` : `byte ${token}`;
}
