import { wholeNumber } from './arguments.ts';
import type { Io } from './command.ts';

/** Bytes a dump shows at most. */
const DUMP_MAX = 1024 * 1024;

/** The part of a file a dump is to show, and where it begins. */
export function windowOf(
  io: Io,
  command: string,
  bytes: Uint8Array,
  skip = '0',
  length?: string,
): { readonly from: number; readonly shown: Uint8Array } {
  const from = Math.min(wholeNumber(skip, 'the number of bytes to skip'), bytes.length);
  const asked = length === undefined ? Infinity : wholeNumber(length, 'the number of bytes');
  const wanted = Math.min(asked, bytes.length - from);
  if (wanted > DUMP_MAX) io.err(`${command}: only ${DUMP_MAX} of ${wanted} bytes are shown`);
  return { from, shown: bytes.subarray(from, from + Math.min(wanted, DUMP_MAX)) };
}

/** The bytes in rows; the last may be shorter. */
export function rowsOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const rows: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(bytes.subarray(at, at + size));
  return rows;
}

/** ASCII of the bytes, a dot for what has no shape. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
    '',
  );
