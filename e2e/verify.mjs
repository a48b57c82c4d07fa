/**
 * Everything that must hold, one stage after the other: `check`, `e2e`, or with no argument all.
 * A tool counts as one; tests are counted one by one. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBrowser } from './browser.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = mkdtempSync(join(tmpdir(), 'playground-verify-'));

/** @typedef {{ passed: number, failed: number, skipped?: number }} Count */
/** @typedef {{ name: string, run: () => Promise<Count> }} Stage */

/**
 * Runs a tool of `node_modules`, its output shown as it comes; resolves to whether it was content.
 * @param {string} script
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<boolean>}
 */
function run(script, args, env = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', () => done(false));
    child.on('close', (status) => done(status === 0));
  });
}

/**
 * A stage that is content or is not.
 * @param {string} name
 * @param {string} script
 * @param {string[]} args
 * @returns {Stage}
 */
function tool(name, script, ...args) {
  return {
    name,
    run: async () =>
      (await run(script, args)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 },
  };
}

/**
 * A stage of tests: their count is in the report, and a bad exit without a failed test is one.
 * @param {string} report
 * @param {boolean} content
 * @param {(report: any) => Count} count
 * @returns {Count}
 */
function counted(report, content, count) {
  let counts = { passed: 0, failed: 0 };
  try {
    counts = count(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    console.log('there is no report of this stage');
    content = false;
  }
  return content ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

/**
 * @param {{ stats: Record<'expected' | 'flaky' | 'unexpected' | 'skipped', number> }} report
 * @returns {Count}
 */
function playwrightCount({ stats: { expected, flaky, unexpected, skipped } }) {
  return { passed: expected + flaky, failed: unexpected, skipped };
}

/** @type {Stage} */
const unitTests = {
  name: 'unit tests',
  async run() {
    const report = join(REPORTS, 'vitest.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const content = await run('node_modules/vitest/vitest.mjs', ['run', ...reporters]);
    return counted(report, content, (r) => ({
      passed: r.numPassedTests,
      failed: r.numFailedTests,
      skipped: r.numPendingTests,
    }));
  },
};

/** @type {Stage} */
const pageTests = {
  name: 'page tests',
  async run() {
    const { browser, done } = ensureBrowser();
    console.log(`browser: ${done}`);
    if (!browser) return { passed: 0, failed: 1 };
    const report = join(REPORTS, 'playwright.json');
    const content = await run(
      'node_modules/@playwright/test/cli.js',
      ['test', '--reporter=list,json'],
      { PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYGROUND_BROWSER: browser.executablePath },
    );
    return counted(report, content, playwrightCount);
  },
};

const CHECK = [
  tool('types of the core', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.sim.json'),
  tool(
    'types of the page',
    'node_modules/svelte-check/bin/svelte-check',
    '--tsconfig',
    'tsconfig.ui.json',
    '--fail-on-warnings',
  ),
  tool('types of tests and tools', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'),
  tool('lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  tool('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  tool('layers', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
  tool('leftovers', 'node_modules/knip/bin/knip.js', '--treat-config-hints-as-errors'),
  unitTests,
];
const PAGE = [
  tool('build', 'node_modules/vite/bin/vite.js', 'build'),
  tool('size of the first load', 'e2e/size.mjs'),
  pageTests,
];
/** @type {Record<string, Stage[]>} */
const PLANS = { check: CHECK, e2e: PAGE, all: [...CHECK, ...PAGE] };

const plan = PLANS[process.argv[2] ?? 'all'];
if (!plan) throw new Error(`no such plan; there are ${Object.keys(PLANS).join(', ')}`);

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const summary = [];
for (const { name, run } of plan) {
  console.log(`\n── ${name}`);
  const started = Date.now();
  const { passed, failed, skipped = 0 } = await run();
  total.passed += passed;
  total.failed += failed;
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  summary.push(`${failed > 0 ? '✗' : '✓'} ${name}: ${counts} (${seconds} s)`);
}
rmSync(REPORTS, { recursive: true, force: true });
console.log(`\n${summary.join('\n')}\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
