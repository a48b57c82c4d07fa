import { fromHex } from '../../base/hex.ts';
import { utf8Decode, utf8Encode } from '../../base/text.ts';
import { fdtCheckFull, fdtCheckHeader } from '../check.ts';
import type { ToolIo } from './io.ts';

/**
 * Judges blobs: lines `{"name","hex"}` on standard input, lines `{"name","fdt_check_header",
 * "fdt_check_full"}` on standard output, in order. A line that is no such JSON ends it with
 * status 1 and its number. Empty lines are passed over.
 */
export function runFdtcheck(_argv: readonly string[], io: ToolIo): number {
  const lines = utf8Decode(io.stdin()).split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const verdict = judge(line);
    if (verdict === undefined) {
      io.stderr(`<stdin>:${index + 1}:1: no line of the form {"name": "…", "hex": "…"}\n`);
      return 1;
    }
    io.stdout(utf8Encode(`${verdict}\n`));
  }
  return 0;
}

/** The verdict on one line, undefined when it is not of the right form. */
export function judge(line: string): string | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof asked !== 'object' || asked === null) return undefined;
  if (!('name' in asked) || !('hex' in asked)) return undefined;
  const { name, hex } = asked;
  const blob = typeof hex === 'string' ? fromHex(hex) : undefined;
  if (typeof name !== 'string' || !blob) return undefined;
  const fdt_check_header = fdtCheckHeader(blob);
  return JSON.stringify({ name, fdt_check_header, fdt_check_full: fdtCheckFull(blob) });
}
