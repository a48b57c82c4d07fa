import { judge } from '../../sim/fdt/tools/fdtcheck.ts';
import { linesOf } from '../lines.ts';
import { type Io } from '../verb.ts';

/**
 * `mk fdtcheck`: a verdict for every line, as it comes, so that a caller may wait for one before
 * it writes the next. A line that is none ends it with status 1.
 */
export async function run(_argv: readonly string[], io: Io): Promise<number> {
  let number = 0;
  for await (const line of linesOf(process.stdin)) {
    number++;
    if (line.trim() === '') continue;
    const verdict = judge(line);
    if (verdict === undefined) {
      io.stderr(`<stdin>:${number}:1: no line of the form {"name": "…", "hex": "…"}\n`);
      return 1;
    }
    io.stdout(`${verdict}\n`);
  }
  return 0;
}
