/**
 * Big-endian words of a blob. Reads behind the end of the bytes answer zero, so that no corrupt
 * offset can make the library read outside its buffer or throw.
 */
export function get32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)) >>>
    0
  );
}

/** Writes a 32-bit word; bytes behind the end are dropped. */
export function set32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** A 64-bit word, exact. */
export const get64 = (bytes: Uint8Array, at: number): bigint =>
  (BigInt(get32(bytes, at)) << 32n) | BigInt(get32(bytes, at + 4));

/** Writes a 64-bit word, cut to its low 64 bits. */
export function set64(bytes: Uint8Array, at: number, value: bigint): void {
  set32(bytes, at, Number((value >> 32n) & 0xffffffffn));
  set32(bytes, at + 4, Number(value & 0xffffffffn));
}

/** `size` rounded up to a multiple of `step`, which is a power of two below 2^31. */
export const align = (size: number, step: number): number => (size + step - 1) & ~(step - 1);

/** Bytes of a string of characters 0 to 255, as names are kept here; a zero byte at its end. */
export function cString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One character a byte for `bytes[from, to)`: names and strings of a blob, whatever they hold. */
export function textOf(bytes: ArrayLike<number>, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** The string that begins at `from` and ends before the next zero byte or the end of the bytes. */
export function textAt(bytes: Uint8Array, from: number): string {
  const end = bytes.indexOf(0, from);
  return textOf(bytes, from, end < 0 ? bytes.length : end);
}

/** True when `part` lies in `bytes` at `at`. */
export function holdsAt(bytes: Uint8Array, at: number, part: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}

/** First place in `[from, from + size)` where `part` lies whole, or -1. */
export function find(bytes: Uint8Array, from: number, size: number, part: Uint8Array): number {
  const first = part[0] ?? 0;
  const last = from + size - part.length;
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last;) {
    if (holdsAt(bytes, at, part, part.length)) return at;
    at = bytes.indexOf(first, at + 1);
  }
  return -1;
}
