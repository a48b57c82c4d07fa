import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { guide } from './docs.plugin.ts';
import { scenarios } from './scenarios.plugin.ts';

/** The page is served from anywhere, so the policy travels in the page, not in a header. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'", // The terminal and the editor place their rules at run time.
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

/** Only in the built page: the development server injects inline scripts, which the policy bans. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte(), scenarios(), guide(), contentSecurityPolicy()],
  // Svelte's server build is what Node would pick; component tests mount, so they need the other.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  worker: { format: 'es', plugins: () => [scenarios()] },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    // What loads lazily is a chunk because it is imported with `import()`, never because of a list.
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'node',
    // By default one core is left idle: of two, that is half of the machine.
    maxWorkers: '100%',
    include: ['src/**/*.test.ts'],
    // A hang is what this is for: how long work takes is measured in benchmarks.
    testTimeout: 120_000,
    // Where a machine judges a commit; who needed it is named at the end of all checks.
    retry: 'CI' in process.env ? 1 : 0,
    // The core only: the page is judged by e2e.
    coverage: {
      provider: 'v8',
      include: ['src/sim/**/*.ts'],
      exclude: ['src/sim/testing/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 90, branches: 85 },
    },
  },
}));
