import { parseArgs } from 'node:util';
import { fuzzBlob, fuzzSource, makeCorpus, type Corpus } from '../../sim/fdt/testing/fuzz.ts';
import { type Io, WrongUsage } from '../verb.ts';

/** Longest that one case may take, in milliseconds: the median of three runs counts. */
const CASE_MS_MAX = 50;

type Fuzz = (corpus: Corpus, seed: number) => Uint8Array;

/** `mk fuzz`: lets the device tree library loose on accidents; status 1 at the first failure. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      blobs: { type: 'string', default: '1000000' },
      sources: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [blobs, sources, seed] = [values.blobs, values.sources, values.seed].map(Number);
  if (![blobs, sources, seed].every((value) => Number.isSafeInteger(value)))
    throw new WrongUsage('--blobs, --sources and --seed are whole numbers');
  const corpus = makeCorpus();
  const isGood =
    runCases('blobs', fuzzBlob, corpus, blobs ?? 0, seed ?? 1, io) &&
    runCases('sources', fuzzSource, corpus, sources ?? 0, seed ?? 1, io);
  return Promise.resolve(isGood ? 0 : 1);
}

function runCases(
  name: string,
  fuzz: Fuzz,
  corpus: Corpus,
  count: number,
  seed: number,
  io: Io,
): boolean {
  const begin = performance.now();
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const one = seed * 10_000_019 + i;
    try {
      const duration = durationOf(() => fuzz(corpus, one));
      slowest = Math.max(slowest, duration);
      if (duration <= CASE_MS_MAX) continue;
      io.stderr(`${name}: case ${one} takes ${duration.toFixed(0)} ms\n`);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      io.stderr(`${name}: case ${one}: ${what}\n`);
    }
    return false;
  }
  const seconds = (performance.now() - begin) / 1000;
  const slowest_ms = Number(slowest.toFixed(1));
  io.stdout(`${JSON.stringify({ fuzz: name, count, seed, seconds, slowest_ms })}\n`);
  return true;
}

/** Milliseconds of a run; the median of three when the first was slow. */
function durationOf(work: () => unknown): number {
  const once = (): number => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  };
  const first = once();
  if (first <= CASE_MS_MAX) return first;
  return [first, once(), once()].sort((a, b) => a - b)[1] ?? first;
}
