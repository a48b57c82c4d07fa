import { compileDts } from '../../sim/fdt/compile.ts';
import { decodeBlob } from '../../sim/fdt/decode.ts';
import { boardSource, cellsSource, smallNodesSource } from '../../sim/fdt/testing/large-source.ts';

/** One line of `mk bench fdt`. `bytes` is what was read, `per_second` bytes of it in a second. */
export interface FdtFigure {
  readonly bench: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly per_second: number;
}

const MB = 1_000_000;

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

function figure(bench: string, bytes: number, work: () => void, runs = 3): FdtFigure {
  const seconds = fastest(runs, work);
  return { bench, bytes, seconds, per_second: Math.round(bytes / seconds) };
}

/** Compiling large sources, re-checking one of a usual size, checking and decoding blobs. */
export function benchFdt(): FdtFigure[] {
  const figures: FdtFigure[] = [];
  for (const size of [1, 10, 40]) {
    const source = cellsSource(size * MB);
    figures.push(figure(`fdt-compile-cells-${size}MB`, source.length, () => compileDts(source)));
  }
  const cells = compileDts(cellsSource(10 * MB)).blob ?? new Uint8Array(0);
  const small = smallNodesSource(4 * MB);
  figures.push(figure('fdt-compile-small-nodes', small.length, () => compileDts(small)));
  const nodes = compileDts(small).blob ?? new Uint8Array(0);
  for (const [name, blob] of [
    ['cells', cells],
    ['small-nodes', nodes],
  ] as const)
    figures.push(
      figure(`fdt-check-and-decode-${name}`, blob.length, () => {
        if (typeof decodeBlob(blob) === 'number') throw new Error('the blob is bad');
      }),
    );
  const board = boardSource(200_000);
  figures.push(figure('fdt-recheck-200kB', board.length, () => compileDts(board), 10));
  return figures;
}
