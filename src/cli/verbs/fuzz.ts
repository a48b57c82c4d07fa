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
  const slow: number[] = [];
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const one = seed * 10_000_019 + i;
    try {
      const duration = durationOf(() => fuzz(corpus, one));
      if (duration > CASE_MS_MAX) slow.push(one);
      else slowest = Math.max(slowest, duration);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      io.stderr(`${name}: case ${one}: ${what}\n`);
      return false;
    }
  }
  for (const one of slow) {
    const duration = medianOfThree(() => fuzz(corpus, one));
    slowest = Math.max(slowest, duration);
    if (duration <= CASE_MS_MAX) continue;
    io.stderr(`${name}: case ${one} takes ${duration.toFixed(0)} ms\n`);
    return false;
  }
  const seconds = (performance.now() - begin) / 1000;
  const slowest_ms = Number(slowest.toFixed(1));
  io.stdout(`${JSON.stringify({ fuzz: name, count, seed, seconds, slowest_ms })}\n`);
  return true;
}

/** Milliseconds of a run. */
function durationOf(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/** Of a case that was slow once, in the end: the compiler of the engine, or the machine, may be to blame. */
const medianOfThree = (work: () => unknown): number =>
  [0, 1, 2].map(() => durationOf(work)).sort((a, b) => a - b)[1]!;
