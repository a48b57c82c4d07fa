/**
 * Which tests failed, or passed only when they were run once more, in a line each: what a reader of
 * the last lines of a long output needs.
 */
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ file: string, title: string, failed: boolean, why: string | undefined }} Upset */

/** @param {Upset} upset */
function line({ file, title, failed, why = '' }) {
  const [first = ''] = stripVTControlCharacters(why).trim().split('\n');
  return `${failed ? '✗' : '✓ at the second attempt:'} ${file} › ${title}: ${first}`;
}

/**
 * @typedef {{ testResults: { name: string, message: string, status: string, assertionResults:
 *   { fullName: string, status: string, failureMessages: string[] | null }[] }[] }} Units
 */

/**
 * Of a report of Vitest.
 * @param {Units} report
 * @param {string} root the folder names of files are relative to
 * @returns {string[]}
 */
export function upsetUnits({ testResults }, root) {
  return testResults.flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(root, name);
    const lines = assertionResults
      .filter(({ failureMessages }) => failureMessages && failureMessages.length > 0)
      .map(({ fullName, status, failureMessages }) =>
        line({ file, title: fullName, failed: status === 'failed', why: failureMessages?.[0] }),
      );
    const isBroken = status === 'failed' && lines.length === 0;
    return isBroken ? [line({ file, title: 'the file', failed: true, why: message })] : lines;
  });
}

/**
 * @typedef {{ suites?: Suite[], specs?: { file: string, title: string, tests:
 *   { status: string, results: { error?: { message?: string } }[] }[] }[] }} Suite
 */

/**
 * Of a report of Playwright.
 * @param {Suite} suite
 * @returns {string[]}
 */
export function upsetPages({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ status, results }) => {
        const why = results.find(({ error }) => error)?.error?.message;
        return line({ file: `e2e/${file}`, title, failed: status === 'unexpected', why });
      }),
  );
  return [...own, ...suites.flatMap(upsetPages)];
}
