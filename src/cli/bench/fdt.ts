import { type Io } from '../verb.ts';
import { compileDts } from '../../sim/fdt/compile.ts';
import { decodeBlob } from '../../sim/fdt/decode.ts';
import { buffersOf } from '../../worker/host.ts';
import { compileTree } from '../../worker/tree-reading.ts';
import { boardSource, cellsSource, smallNodesSource } from '../../sim/fdt/testing/large-source.ts';

/** `bytes` is what was read, `per_second` bytes of it in a second. */
interface Figure {
  readonly name: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly per_second: number;
}

const MB = 1_000_000;
/** Keys typed until the code that answers them is as fast as it gets. */
const RECHECKS = 30;

/** Seconds of the fastest of `runs`, after one that does not count. */
function fastest(runs: number, work: () => void): number {
  work();
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return best / 1000;
}

function figure(name: string, bytes: number, work: () => void, runs = 3): Figure {
  const seconds = fastest(runs, work);
  return { name, bytes, seconds, per_second: Math.round(bytes / seconds) };
}

/**
 * `mk bench fdt`: one line about compiling 10 MB of cells, with all figures in it: large sources,
 * one of a usual size, checking and decoding blobs.
 */
export function benchFdt(_argv: readonly string[], io: Io): number {
  const all = figures();
  const { bytes, seconds, per_second } = all.find(({ name }) => name === 'compile-cells-10MB')!;
  io.stdout(`${JSON.stringify({ bench: 'fdt', bytes, seconds, per_second, figures: all })}\n`);
  return 0;
}

/** All that the worker does for a key typed in a source, and what crossing to the page costs. */
function rechecked(name: string, source: Uint8Array): Figure {
  const text = new TextDecoder().decode(source);
  const work = (): void => {
    const answer = compileTree(text, 'a.dts', () => undefined);
    structuredClone(answer, { transfer: buffersOf(answer) });
  };
  return figure(name, source.length, work, RECHECKS);
}

function figures(): Figure[] {
  const compiled = (name: string, source: Uint8Array, runs = 3): Figure =>
    figure(name, source.length, () => compileDts(source), runs);
  const decoded = (name: string, source: Uint8Array): Figure => {
    const { blob = new Uint8Array(0) } = compileDts(source);
    return figure(name, blob.length, () => {
      if (typeof decodeBlob(blob) === 'number') throw new Error('the blob is bad');
    });
  };
  const cells = cellsSource(10 * MB);
  const small = smallNodesSource(4 * MB);
  return [
    // First, with a heap as small as that of the page's worker.
    compiled('recheck-200kB', boardSource(200_000), RECHECKS),
    rechecked('recheck-200kB-answer', boardSource(200_000)),
    compiled('compile-cells-1MB', cellsSource(MB)),
    compiled('compile-cells-10MB', cells),
    compiled('compile-cells-40MB', cellsSource(40 * MB)),
    compiled('compile-small-nodes-4MB', small),
    decoded('check-and-decode-cells', cells),
    decoded('check-and-decode-small-nodes', small),
  ];
}
