import { describe, expect, it } from 'vitest';
import { fuzzBlob, fuzzSource, makeCorpus } from './testing/fuzz.ts';

/** A fiftieth of what `npm run fuzz` does by itself. */
const BLOBS = 20_000;
const SOURCES = 2_000;

describe('accidents', () => {
  const corpus = makeCorpus();

  it('has blobs and sources to bend', () => {
    expect(corpus.blobs.length).toBeGreaterThan(50);
    expect(corpus.sources.length).toBeGreaterThan(100);
  });

  it(`let no reader throw or hang on ${BLOBS} bent blobs`, { timeout: 120_000 }, () => {
    for (let seed = 0; seed < BLOBS; seed++) fuzzBlob(corpus, seed);
  });

  it(`let the compiler refuse ${SOURCES} changed sources at most`, { timeout: 120_000 }, () => {
    for (let seed = 0; seed < SOURCES; seed++) fuzzSource(corpus, seed);
  });
});
