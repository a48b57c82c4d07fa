/**
 * Everything that must hold: `check`, `e2e`, or with no argument all. What stands side by side in a
 * plan is run two at a time, the rest one stage after the other. A tool counts as one; tests are counted one by one. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { upsetPages, upsetUnits } from './upset.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const REPORTS = mkdtempSync(join(tmpdir(), 'playground-verify-'));

/** @typedef {{ passed: number, failed: number, skipped?: number, upset?: string[] }} Count */
/** @typedef {{ name: string, run: () => Promise<Count> }} Stage */

/** Stages that run at a time where they may. */
const LANES = 2;

/**
 * Runs a tool of `node_modules`; resolves to whether it was content. Its output is shown as it
 * comes, or handed over piece by piece.
 * @param {string} script
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @param {(piece: Buffer) => void} [hear]
 * @returns {Promise<boolean>}
 */
function run(script, args, env = {}, hear) {
  const output = hear ? 'pipe' : 'inherit';
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
    });
    if (hear) for (const stream of [child.stdout, child.stderr]) stream?.on('data', hear);
    child.on('error', () => done(false));
    child.on('close', (status) => done(status === 0));
  });
}

/** @param {string} name */
const head = (name) => console.log(`\n── ${name}`);

/**
 * A stage that is content or is not; what it says is shown when it has ended.
 * @param {string} name
 * @param {string} script
 * @param {string[]} args
 * @returns {Stage}
 */
function tool(name, script, ...args) {
  return {
    name,
    async run() {
      /** @type {Buffer[]} */
      const said = [];
      const content = await run(script, args, {}, (piece) => said.push(piece));
      head(name);
      process.stdout.write(Buffer.concat(said));
      return content ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    },
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
 * @param {import('./upset.mjs').Suite
 *   & { stats: Record<'expected' | 'flaky' | 'unexpected' | 'skipped', number> }} report
 * @returns {Count}
 */
function playwrightCount({ stats: { expected, flaky, unexpected, skipped }, ...suite }) {
  return { passed: expected + flaky, failed: unexpected, skipped, upset: upsetPages(suite) };
}

/**
 * @param {import('./upset.mjs').Units
 *   & Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests', number>} report
 */
function vitestCount(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
    upset: upsetUnits(report, ROOT),
  };
}

/** @type {Stage} */
const unitTests = {
  name: 'unit tests',
  async run() {
    head(this.name);
    const report = join(REPORTS, 'vitest.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const content = await run('node_modules/vitest/vitest.mjs', ['run', ...reporters]);
    return counted(report, content, vitestCount);
  },
};

/**
 * The tests of one project of `playwright.config.ts`.
 * @param {string} name
 * @param {string} project
 * @returns {Stage}
 */
function pageTests(name, project) {
  return {
    name,
    async run() {
      head(name);
      const { browser, done } = ensureBrowser();
      console.log(`browser: ${done}`);
      if (!browser) return { passed: 0, failed: 1 };
      const report = join(REPORTS, `playwright-${project}.json`);
      const content = await run(
        'node_modules/@playwright/test/cli.js',
        ['test', `--project=${project}`, '--reporter=list,json'],
        { PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYGROUND_BROWSER: browser.executablePath },
      );
      return counted(report, content, playwrightCount);
    },
  };
}

// The longest first: the others fit beside it.
const TOOLS = [
  tool('lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  tool('types of the core', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.sim.json'),
  tool(
    'types of the page',
    'node_modules/svelte-check/bin/svelte-check',
    '--tsconfig',
    'tsconfig.ui.json',
    '--fail-on-warnings',
  ),
  tool('types of tests and tools', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'),
  tool('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  tool('layers', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src'),
  tool('leftovers', 'node_modules/knip/bin/knip.js', '--treat-config-hints-as-errors'),
];
const CHECK = [TOOLS, [unitTests]];
const PAGE = [
  [tool('build', 'node_modules/vite/bin/vite.js', 'build')],
  [tool('size of the first load', 'e2e/size.mjs')],
  [pageTests('page tests', 'page')],
  [pageTests('page tests that measure', 'measured')],
];
/** @type {Record<string, Stage[][]>} */
const PLANS = { check: CHECK, e2e: PAGE, all: [...CHECK, ...PAGE] };

const plan = PLANS[process.argv[2] ?? 'all'];
if (!plan) throw new Error(`no such plan; there are ${Object.keys(PLANS).join(', ')}`);

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const summary = [];
/** @type {string[]} */
const named = [];

/**
 * Takes one stage after the other from those that wait.
 * @param {Stage[]} waiting
 */
async function lane(waiting) {
  for (let stage = waiting.shift(); stage; stage = waiting.shift()) {
    const started = Date.now();
    const { passed, failed, skipped = 0, upset = [] } = await stage.run();
    total.passed += passed;
    total.failed += failed;
    named.push(...upset);
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    summary.push(`${failed > 0 ? '✗' : '✓'} ${stage.name}: ${counts} (${seconds} s)`);
  }
}

for (const stages of plan) {
  const waiting = [...stages];
  await Promise.all(Array.from({ length: LANES }, () => lane(waiting)));
}
rmSync(REPORTS, { recursive: true, force: true });
console.log(
  `\n${[...summary, ...named].join('\n')}\n${total.passed} passed, ${total.failed} failed`,
);
process.exitCode = total.failed > 0 ? 1 : 0;
