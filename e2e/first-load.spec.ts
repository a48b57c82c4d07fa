import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
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

/** Serves the built page and notes every file asked for: a worker's imports are hidden elsewhere. */
function serve(asked: Set<string>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const name = path === BASE ? 'index.html' : path.slice(BASE.length);
    const file = join(DIST, name);
    if (!path.startsWith(BASE) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    asked.add(name);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(server));
  });
}

interface WithPlayground {
  readonly playground?: { readonly ready: Promise<unknown> };
}

test(`the first load is at most ${FIRST_LOAD_BYTES_MAX} bytes of JavaScript`, async ({ page }) => {
  const asked = new Set<string>();
  const server = await serve(asked);
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}${BASE}`);
  await page.waitForFunction(() => 'playground' in window);
  await page.evaluate(() => (window as WithPlayground).playground?.ready);

  const scripts = [...asked].filter((name) => name.endsWith('.js'));
  const sizes = scripts.map((name) => ({ name, bytes: gzipBytes(readFileSync(join(DIST, name))) }));
  server.close();
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(sizes.map(({ name, bytes }) => `${bytes} ${name}`).join('\n'), `\n${total} in all`);
  expect(scripts.length).toBeGreaterThan(1); // The page and its worker.
  expect(total).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
});
