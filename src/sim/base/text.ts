/** UTF-8 bytes of a string. The core has no DOM, so no `TextEncoder`. */
export function utf8Encode(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    // A lone surrogate has no UTF-8 form; it becomes U+FFFD as in every browser.
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000)
      out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else
      out.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
  }
  return Uint8Array.from(out);
}

/** Text of UTF-8 bytes; each byte that is not part of a valid sequence becomes U+FFFD. */
export function utf8Decode(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const { point, length } = decodeOne(bytes, i);
    text += String.fromCodePoint(point);
    i += length;
  }
  return text;
}

/** Index of the first byte that is not UTF-8, -1 when all are. */
export function badUtf8(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length;) {
    const one = decodeOne(bytes, i);
    if (one === BAD) return i;
    i += one.length;
  }
  return -1;
}

const BAD = { point: 0xfffd, length: 1 };
const FLOOR = [0, 0, 0x80, 0x800, 0x10000];

function decodeOne(bytes: Uint8Array, at: number): { point: number; length: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, length: 1 };
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first >= 0xf5 || at + length > bytes.length) return BAD;
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return BAD;
    point = (point << 6) | (next & 63);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < (FLOOR[length] ?? 0) || surrogate || point > 0x10ffff ? BAD : { point, length };
}

/** One byte a character, 0 to 255: for strings of the modelled kernel. */
export function latin1Decode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
