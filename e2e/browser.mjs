/** Finds a Chromium for the page tests, or gets one; says which, so that a log explains itself. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/**
 * @typedef {object} Browser
 * @property {string} executablePath
 * @property {string[]} args
 */

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
/** A system browser may be a stranger to containers and to this machine's graphics. */
const SYSTEM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
];
/** A download that takes longer than this is taken for unreachable. */
const DOWNLOAD_MS_MAX = 180_000;
const APT_MS_MAX = 300_000;

/** @returns {string[]} */
function systemCandidates() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS];
  const inFolders = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...new Set([...inFolders, ...USUAL_PLACES])];
}

/**
 * Whether this browser starts here: a downloaded one may lack its libraries.
 * @param {string} path
 */
function starts(path) {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true; // There, `--version` opens a window.
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/**
 * The browser to use, if there is one: the one `PLAYGROUND_BROWSER` names, Playwright's, a system's.
 * @returns {Browser | undefined}
 */
export function findBrowser() {
  const named = process.env.PLAYGROUND_BROWSER;
  const own = chromium.executablePath();
  if (named !== undefined && named !== '') {
    return { executablePath: named, args: named === own ? [] : SYSTEM_ARGS };
  }
  if (starts(own)) return { executablePath: own, args: [] };
  const system = systemCandidates().find(starts);
  return system === undefined ? undefined : { executablePath: system, args: SYSTEM_ARGS };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout
 */
function ran(command, args, timeout) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env, timeout }).status === 0
  );
}

function isDebianAsRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/**
 * A browser, installed now if need be, and what was done to have it.
 * @returns {{ browser: Browser | undefined, done: string }}
 */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return { browser: found, done: `found ${found.executablePath}` };

  const playwright = join(import.meta.dirname, '../node_modules/@playwright/test/cli.js');
  ran(process.execPath, [playwright, 'install', 'chromium'], DOWNLOAD_MS_MAX);
  const downloaded = findBrowser();
  if (downloaded) return { browser: downloaded, done: `downloaded ${downloaded.executablePath}` };

  if (!isDebianAsRoot()) {
    return { browser: undefined, done: 'none found, and the download of Playwright failed' };
  }
  ran('apt-get', ['update'], APT_MS_MAX);
  ran('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], APT_MS_MAX);
  const installed = findBrowser();
  return installed
    ? { browser: installed, done: `installed ${installed.executablePath} with apt` }
    : { browser: undefined, done: 'none found, and neither the download nor apt brought one' };
}
