/** Changes a byte of a value in the text it was written with, so that everything else stays. */

/** A piece of a value's text that stands for bytes `[from, to)` of the value. */
interface Piece {
  /** Characters of the text. */
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly kind: 'cell' | 'byte' | 'char';
}

const SPACE = /^(?:\s+|\/\*[\s\S]*?\*\/|\/\/[^\n]*|,)/;
const LABEL = /^[A-Za-z_]\w*:/;
const BITS = /^\/bits\/\s*(\d+)/;
const NUMBER = /^(?:0x[\da-fA-F]+|\d+)[ULul]*/;
const CHAR = /^'(?:[^'\\]|\\.[^']*)'/;
const REFERENCE = /^&(?:\{[^}]*\}|\w+)/;
const LETTER = /^(?:\\x[\da-fA-F]{1,2}|\\[0-7]{1,3}|\\[\s\S]|[^"\\])/u;

/**
 * The text of a property with another byte at `at` of its value; undefined when the byte is not
 * written there in a way that can be replaced alone. A proposal: only compiling it tells whether it
 * comes to the same bytes.
 */
export function patchedProperty(text: string, at: number, value: Uint8Array): string | undefined {
  const begin = text.indexOf('=');
  const piece = begin < 0 ? undefined : pieceAt(text, begin + 1, at);
  if (!piece) return undefined;
  const now = text.slice(piece.start, piece.end);
  const bytes = value.subarray(piece.from, piece.to);
  return text.slice(0, piece.start) + written(piece.kind, now, bytes) + text.slice(piece.end);
}

function written(kind: Piece['kind'], was: string, bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (kind === 'byte') return hex;
  if (kind === 'char') {
    const [byte = 0] = bytes;
    const letter = String.fromCharCode(byte);
    return byte >= 0x20 && byte <= 0x7e && !/["\\]/.test(letter) ? letter : `\\x${hex}`;
  }
  const number = BigInt(`0x${hex}`);
  return /^\d/.test(was) && !/^0[xX]/.test(was) && !/^0\d/.test(was)
    ? String(number)
    : `0x${number.toString(16)}`;
}

/** Walks a value from character `start` on, to the piece that has byte `at`. */
function pieceAt(text: string, start: number, at: number): Piece | undefined {
  let [char, byte, width] = [start, 0, 4];
  let list: '' | '<' | '[' = '';
  while (char < text.length) {
    const rest = text.slice(char);
    const skipped = SPACE.exec(rest) ?? LABEL.exec(rest);
    if (skipped) {
      char += skipped[0].length;
      continue;
    }
    const bits = BITS.exec(rest);
    if (bits) {
      width = Number(bits[1]) / 8;
      char += bits[0].length;
      continue;
    }
    const first = rest.charAt(0);
    if (list === '' && first === '"') {
      const piece = letterAt(text, char + 1, byte, at);
      if (typeof piece !== 'object') return undefined;
      if ('kind' in piece) return piece;
      [char, byte] = piece.next;
      continue;
    }
    if (first === '<' || first === '[' || first === '>' || first === ']') {
      if (list !== '' && (first === '>' || first === ']')) width = 4;
      list = first === '<' || first === '[' ? first : '';
      char++;
      continue;
    }
    const length = list === '[' ? 2 : list === '<' ? lengthOfCell(rest) : 0;
    if (length === 0) return undefined;
    const size = list === '[' ? 1 : width;
    if (at < byte + size) {
      const kind = list === '[' ? 'byte' : 'cell';
      return { start: char, end: char + length, from: byte, to: byte + size, kind };
    }
    char += length;
    byte += size;
  }
  return undefined;
}

/** The letter of a string that is byte `at`, else where the string ends; its zero byte is no letter. */
function letterAt(
  text: string,
  start: number,
  first: number,
  at: number,
): Piece | { readonly next: readonly [char: number, byte: number] } | undefined {
  let [char, byte] = [start, first];
  for (;;) {
    const letter = LETTER.exec(text.slice(char));
    if (!letter) break;
    const end = char + letter[0].length;
    if (byte === at) return { start: char, end, from: byte, to: byte + 1, kind: 'char' };
    char = end;
    byte += letter[0].startsWith('\\') ? 1 : new TextEncoder().encode(letter[0]).length;
  }
  if (text.charAt(char) !== '"' || byte === at) return undefined;
  return { next: [char + 1, byte + 1] };
}

/** Characters of one element of a list of cells; 0 when it is none. */
function lengthOfCell(rest: string): number {
  if (rest.startsWith('(')) return lengthOfParentheses(rest);
  const found = NUMBER.exec(rest) ?? CHAR.exec(rest) ?? REFERENCE.exec(rest);
  return found ? found[0].length : 0;
}

function lengthOfParentheses(rest: string): number {
  let depth = 0;
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === '(') depth++;
    else if (rest[i] === ')' && --depth === 0) return i + 1;
  }
  return 0;
}
