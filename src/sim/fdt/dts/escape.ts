import { CLASS, CHAR, hexValue, IS_HEX, IS_SPACE } from './chars.ts';

/** A byte and where the text goes on behind it; `byte` is -1 for `\x` without a digit. */
export interface Escape {
  byte: number;
  at: number;
}

const SIMPLE = new Map([0x61, 0x62, 0x74, 0x6e, 0x76, 0x66, 0x72].map((char, i) => [char, 7 + i]));

const isOctal = (byte: number): boolean => byte >= 48 && byte <= 55;

/**
 * The byte an escape stands for; `at` is behind the backslash. As in C, except that `\x` takes two
 * characters through `strtol`, which lets a space or a sign stand in front of the digit.
 * Source: dtc, util.c, `get_escape_char`.
 */
export function readEscape(bytes: Uint8Array, at: number, out: Escape): void {
  const char = bytes[at] ?? 0;
  const simple = SIMPLE.get(char);
  out.at = at + 1;
  if (simple !== undefined) {
    out.byte = simple;
  } else if (isOctal(char)) {
    let value = 0;
    let end = at;
    while (end < at + 3 && isOctal(bytes[end] ?? 0)) value = value * 8 + (bytes[end++] ?? 0) - 48;
    out.byte = value & 255;
    out.at = end;
  } else if (char === 0x78) {
    readHexEscape(bytes, at + 1, out);
  } else {
    out.byte = char;
  }
}

function readHexEscape(bytes: Uint8Array, at: number, out: Escape): void {
  const isHex = (index: number): boolean => ((CLASS[bytes[index] ?? 0] ?? 0) & IS_HEX) !== 0;
  const value = (index: number): number => hexValue(bytes[index] ?? 0);
  const first = bytes[at] ?? 0;
  if (isHex(at)) {
    const both = isHex(at + 1);
    out.byte = both ? value(at) * 16 + value(at + 1) : value(at);
    out.at = at + (both ? 2 : 1);
    return;
  }
  const mayLead =
    first === CHAR.plus || first === CHAR.minus || ((CLASS[first] ?? 0) & IS_SPACE) !== 0;
  out.at = at + 2;
  if (!mayLead || !isHex(at + 1)) out.byte = -1;
  else out.byte = (first === CHAR.minus ? -value(at + 1) : value(at + 1)) & 255;
}

/** The bytes of a quoted text between `from` and `to`, escapes resolved; undefined: a bad `\x`. */
export function unescape(bytes: Uint8Array, from: number, to: number): number[] | undefined {
  const out: number[] = [];
  const escape: Escape = { byte: 0, at: 0 };
  for (let at = from; at < to;) {
    const byte = bytes[at++] ?? 0;
    if (byte !== CHAR.backslash) {
      out.push(byte);
      continue;
    }
    readEscape(bytes, at, escape);
    if (escape.byte < 0) return undefined;
    out.push(escape.byte);
    at = escape.at;
  }
  return out;
}
