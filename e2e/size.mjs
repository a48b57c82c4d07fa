/** What the built page makes a visitor download before it can be used, compressed. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bytes of JavaScript, each file compressed by itself, until the stage is drawn. */
export const FIRST_LOAD_BYTES_MAX = 150_000;

const STATIC_IMPORT = /\b(?:import|from)\s*["'`](\.[^"'`]+\.js)["'`]/g;
const WORKER = /new (?:Shared)?Worker\(\s*new URL\([^)]*?["'`]([^"'`]+\.js)["'`]/g;
const PAGE_SCRIPT = /<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g;

/** @param {Uint8Array} content */
export function gzipBytes(content) {
  return gzipSync(content, { level: 9 }).length;
}

/**
 * Files that load without anything being clicked: from the page along static imports and workers.
 * An `import()` that runs at once escapes this; the test of the first load counts real requests.
 * @param {string} dist
 */
export function filesOfFirstLoad(dist) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} file @param {RegExp[]} patterns */
  function follow(file, patterns) {
    const text = readFileSync(file, 'utf8');
    for (const pattern of patterns) {
      for (const [, reference] of text.matchAll(pattern)) {
        const next = resolve(dirname(file), String(reference));
        if (seen.has(next)) continue;
        seen.add(next);
        follow(next, [STATIC_IMPORT, WORKER]);
      }
    }
  }
  follow(join(dist, 'index.html'), [PAGE_SCRIPT]);
  return [...seen];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = resolve(import.meta.dirname, '../dist');
  let total = 0;
  for (const file of filesOfFirstLoad(dist)) {
    const bytes = gzipBytes(readFileSync(file));
    total += bytes;
    console.log(`${String(bytes).padStart(8)}  ${relative(dist, file)}`);
  }
  console.log(`${String(total).padStart(8)}  of ${FIRST_LOAD_BYTES_MAX} bytes of first load`);
  if (total === 0 || total > FIRST_LOAD_BYTES_MAX) process.exitCode = 1;
}
