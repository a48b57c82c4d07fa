const encoder = new TextEncoder();

/** The character of a text at a column, which counts from 1 and in bytes. */
export function caretUnder(text: string, column: number): number {
  let bytes = 0;
  let at = 0;
  for (const char of text) {
    if (bytes >= column - 1) break;
    bytes += encoder.encode(char).length;
    at += char.length;
  }
  return at;
}
