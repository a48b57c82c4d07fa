const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex digits of the bytes, without 0x. */
export function toHex(bytes: Iterable<number>): string {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte & 255] ?? '';
  return text;
}

/** Bytes of a string of hex digits (an optional 0x in front), or undefined when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/^0x/i, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** `0x` and at least `width` lower-case digits. Exact for every safe integer. */
export const hex = (value: number, width = 1): string =>
  `0x${value.toString(16).padStart(width, '0')}`;
