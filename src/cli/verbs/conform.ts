import { answer } from '../../sim/world/conform/conform.ts';
import { type Io } from '../verb.ts';
import { linesOf } from '../lines.ts';

/**
 * `mk conform`: runs the script of every line, as it comes, so that a caller may wait for its effects
 * before it writes the next. A line that is none ends it with status 1.
 */
export async function run(_argv: readonly string[], io: Io): Promise<number> {
  let number = 0;
  for await (const line of linesOf(process.stdin)) {
    number++;
    if (line.trim() === '') continue;
    const effects = answer(line);
    if (effects === undefined) {
      io.stderr(`<stdin>:${number}:1: no line of the form {"name": "…", "script": ["…"]}\n`);
      return 1;
    }
    io.stdout(`${effects}\n`);
  }
  return 0;
}
