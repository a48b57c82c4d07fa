import { fdtCheckFull, fdtCheckHeader } from '../check.ts';
import { compileDts, decompile } from '../compile.ts';
import { fdtOpenInto, fdtPack, fdtSetprop } from '../edit.ts';
import { fdtGetPath, fdtNodeOffsetByCompatible, fdtPathOffset } from '../lookup.ts';
import { mapBlob } from '../map.ts';
import { fdtOverlayApply } from '../overlay.ts';
import { fdtNextNode } from '../tags.ts';
import { runFdtdump } from '../tools/fdtdump.ts';
import { latin1Bytes } from '../tools/io.ts';
import { Draw } from './draw.ts';
import { mutateBlob, mutateSource } from './mutate.ts';
import { RandomSource } from './random-source.ts';

/** What accidents happen to. */
export interface Corpus {
  readonly sources: readonly Uint8Array[];
  readonly blobs: readonly Uint8Array[];
}

const VERSIONS = [1, 2, 3, 16, 17];
const CORPUS_SIZE = 200;

/** Random sources, and the blobs of those that compile. */
export function makeCorpus(): Corpus {
  const sources = Array.from({ length: CORPUS_SIZE }, (_, seed) =>
    latin1Bytes(new RandomSource(seed, 0).source()),
  );
  const blobs = sources.flatMap((source, i) => {
    const version = VERSIONS[i % VERSIONS.length] ?? 17;
    return compileDts(source, { version, symbols: i % 2 === 0 }).blob ?? [];
  });
  return { sources, blobs };
}

/** A bent blob: every reader of the library is let loose on it, and none may throw. */
export function fuzzBlob({ blobs }: Corpus, seed: number): Uint8Array {
  const draw = new Draw(seed);
  const blob = mutateBlob(draw, draw.pick(blobs));
  fdtCheckHeader(blob);
  if (fdtCheckFull(blob) === 0 && typeof mapBlob(blob) === 'number')
    throw new Error('a blob that passed its check has no map');
  for (let node = 0, steps = 0; node >= 0 && steps < 50; steps++) node = fdtNextNode(blob, node);
  fdtGetPath(blob, fdtPathOffset(blob, '/soc/n'));
  fdtNodeOffsetByCompatible(blob, -1, 'simple-bus');
  const larger = new Uint8Array(blob.length + 4096);
  if (fdtOpenInto(blob, larger) === 0) {
    const isOverlay = draw.chance(50);
    if (isOverlay) fdtOverlayApply(larger, Uint8Array.from(draw.pick(blobs)));
    else fdtSetprop(larger, 0, 'compatible', blob.subarray(0, 9));
    fdtPack(larger);
  }
  decompile(blob);
  if (draw.chance(10)) dump(blob);
  return blob;
}

function dump(blob: Uint8Array): void {
  runFdtdump(['blob'], {
    read: () => blob,
    write: () => false,
    stdin: () => blob,
    stdout: () => undefined,
    stderr: () => undefined,
  });
}

/** A changed source: the compiler may refuse it, and must not throw. */
export function fuzzSource({ sources }: Corpus, seed: number): Uint8Array {
  const draw = new Draw(seed);
  const source = mutateSource(draw, draw.pick(sources));
  const read = (): Uint8Array | undefined => (draw.chance(50) ? draw.pick(sources) : undefined);
  const options = { symbols: draw.chance(30), version: draw.pick(VERSIONS), read };
  const { status, blob, problems } = compileDts(source, options);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if ((status === 0) !== (blob !== undefined)) throw new Error('a status without its blob');
  if ((status === 0) !== (errors === 0)) throw new Error('a refusal without its reason');
  return source;
}
