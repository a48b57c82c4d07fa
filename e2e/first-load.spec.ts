import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';
import { FIRST_LOAD_BYTES_MAX, gzipBytes } from './size.mjs';

const DIST = resolve(import.meta.dirname, '../dist');
/** Not the root: the built folder must work under any path. */
const BASE = '/some/where/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.md': 'text/markdown',
};

/** What the page asks for when its stage is drawn. */
const DRAWN = 'drawn';

/**
 * Serves the built page and hands over every name asked for: a worker's imports are hidden from
 * whoever watches the page.
 */
function serve(hear: (name: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const name = path === BASE ? 'index.html' : path.slice(BASE.length);
    hear(name);
    const file = join(DIST, name);
    if (!path.startsWith(BASE) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(server));
  });
}

/**
 * Runs in the page before its own scripts: the stage is drawn in the frame behind `ready`. Asked
 * from outside, a busy machine would answer late, and parts that come afterwards would count.
 */
function tellWhenDrawn(name: string): void {
  let playground: typeof window.playground;
  Object.defineProperty(window, 'playground', {
    get: () => playground,
    set(made: typeof window.playground) {
      playground = made;
      void made.ready.then(() => requestAnimationFrame(() => void fetch(name)));
    },
  });
}

test(`the first load is at most ${FIRST_LOAD_BYTES_MAX} bytes of JavaScript`, async ({ page }) => {
  const asked = new Set<string>();
  let isDrawn = false;
  const server = await serve((name) => {
    isDrawn ||= name === DRAWN;
    if (!isDrawn) asked.add(name);
  });
  const { port } = server.address() as AddressInfo;
  await page.addInitScript(tellWhenDrawn, DRAWN);
  const drawn = page.waitForResponse((response) => response.url().endsWith(BASE + DRAWN));
  await page.goto(`http://127.0.0.1:${port}${BASE}`);
  await drawn;

  const scripts = [...asked].filter((name) => name.endsWith('.js'));
  const sizes = scripts.map((name) => ({ name, bytes: gzipBytes(readFileSync(join(DIST, name))) }));
  server.close();
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(sizes.map(({ name, bytes }) => `${bytes} ${name}`).join('\n'), `\n${total} in all`);
  expect(scripts.length).toBeGreaterThan(1); // The page and its worker.
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
});
