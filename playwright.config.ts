import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { findBrowser } from './e2e/browser.mjs';

/** A port nobody listens on. */
function freePort(): Promise<string> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => done(String(port)));
    });
  });
}

// This file is read again in every process of the run: the first one decides, the others inherit.
const port = (process.env.PLAYGROUND_PORT ??= await freePort());
const browser = findBrowser();
if (browser) process.env.PLAYGROUND_BROWSER = browser.executablePath;

const VITE = 'node node_modules/vite/bin/vite.js';
const SERVE = `${VITE} preview --host 127.0.0.1 --port ${port} --strictPort`;

/** Tests that say how fast something is. */
const MEASURED = /(as-you-type|frames|seek|timeline)\.spec\.ts$/;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  timeout: 60_000,
  // A machine that does two things at once may keep a page waiting.
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: 2,
  // Each is a run of its own in `verify.mjs`: what is timed shares the machine with nobody.
  projects: [
    { name: 'page', testIgnore: MEASURED },
    { name: 'measured', testMatch: MEASURED, workers: 1 },
  ],
  forbidOnly: 'CI' in process.env,
  // Who needed it is named at the end of all checks.
  retries: 'CI' in process.env ? 1 : 0,
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1440, height: 900 },
    // Of every test it would cost two fifths of the time; `--trace on` when one is wanted.
    trace: 'on-first-retry',
    launchOptions: browser ?? {},
  },
  webServer: {
    command: existsSync('dist/index.html') ? SERVE : `${VITE} build && ${SERVE}`,
    url: `http://127.0.0.1:${port}/`,
  },
});
