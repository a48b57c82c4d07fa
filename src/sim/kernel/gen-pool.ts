import { PAGE_SIZE, roundUp } from '../base/units.ts';

/** A free range of a chunk, `end` exclusive. */
interface Free {
  readonly start: number;
  readonly end: number;
}
/** One chunk of a pool and what of it is free, in order of address. */
export interface Chunk {
  readonly start: number;
  readonly size: number;
  readonly free: readonly Free[];
}

/**
 * lib/genalloc.c with page granularity, as v2 06/16 and 12/16 use it: first fit, no allocation
 * crosses chunks. A value: operations answer with the pool as it is afterwards.
 */
export interface GenPool {
  readonly chunks: readonly Chunk[];
}

export const emptyPool: GenPool = { chunks: [] };

/** `gen_pool_add`: new chunks go in front, as genalloc's list_add_rcu puts them. */
export const addChunk = (pool: GenPool, start: number, size: number): GenPool => ({
  chunks: [{ start, size, free: [{ start, end: start + size }] }, ...pool.chunks],
});

/** First fit at a multiple of `align`; undefined when no chunk has room. Sizes round up to pages. */
export function allocate(
  pool: GenPool,
  size: number,
  align = PAGE_SIZE,
): { readonly pool: GenPool; readonly start: number } | undefined {
  const bytes = roundUp(size, PAGE_SIZE);
  for (const [i, chunk] of pool.chunks.entries()) {
    for (const [j, range] of chunk.free.entries()) {
      const start = roundUp(range.start, Math.max(align, PAGE_SIZE));
      if (bytes === 0 || start + bytes > range.end) continue;
      const rest = [
        { start: range.start, end: start },
        { start: start + bytes, end: range.end },
      ].filter((each) => each.end > each.start);
      const free = chunk.free.toSpliced(j, 1, ...rest);
      return { start, pool: { chunks: pool.chunks.with(i, { ...chunk, free }) } };
    }
  }
  return undefined;
}

/** Gives a range back. Undefined when it is in no chunk or free already (genalloc would BUG). */
export function release(pool: GenPool, start: number, size: number): GenPool | undefined {
  const end = start + roundUp(size, PAGE_SIZE);
  const i = pool.chunks.findIndex((each) => start >= each.start && end <= each.start + each.size);
  const chunk = pool.chunks[i];
  if (!chunk || chunk.free.some((range) => range.start < end && start < range.end))
    return undefined;
  const sorted = [...chunk.free, { start, end }].sort((a, b) => a.start - b.start);
  const free: Free[] = [];
  for (const range of sorted) {
    const last = free.at(-1);
    if (last?.end === range.start) free[free.length - 1] = { start: last.start, end: range.end };
    else free.push(range);
  }
  return { chunks: pool.chunks.with(i, { ...chunk, free }) };
}

/** `gen_pool_avail`: free bytes. */
export const available = (pool: GenPool): number =>
  pool.chunks.reduce(
    (sum, chunk) => sum + chunk.free.reduce((bytes, { start, end }) => bytes + end - start, 0),
    0,
  );

/** `gen_pool_size`: bytes of all chunks. */
export const poolSize = (pool: GenPool): number =>
  pool.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
