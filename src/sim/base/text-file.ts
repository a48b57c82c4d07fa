import { Refused } from './assert.ts';
import { badUtf8, utf8Decode } from './text.ts';

const LINE_FEED = 10;

/** First bytes of UTF-16 as editors save it. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/**
 * Text of a file somebody brings; refused, where it begins to be none, when it is not text in UTF-8.
 */
export function textOfFile(file: string, bytes: Uint8Array): string {
  const refuse = (at: number, why: string): never => {
    const line = bytes
      .subarray(0, at)
      .reduce((lines, byte) => lines + Number(byte === LINE_FEED), 1);
    const column = at - bytes.subarray(0, at).lastIndexOf(LINE_FEED);
    throw new Refused(why, { file, line, column });
  };
  if (isUtf16(bytes)) refuse(0, 'this is UTF-16; save it as UTF-8');
  const bad = badUtf8(bytes);
  if (bad >= 0) refuse(bad, 'this is no text in UTF-8');
  const zero = bytes.indexOf(0);
  if (zero >= 0) refuse(zero, 'this is no text: there is a byte 0');
  return utf8Decode(bytes);
}
