/**
 * `npm run --silent mk -- VERB …`: bundles the command line when its sources have changed, then
 * runs it in this process. Plain JavaScript, because it is what Node starts after `npm ci` alone.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILDS = join(ROOT, 'node_modules/.cache/mk');
/** What can change the bundle; the page's own code cannot. */
const SOURCES = ['src/cli', 'src/sim', 'src/worker'];
const NOT_BUNDLED = /[.]test[.]ts$|^(fixtures|testing)$/;
/** A build this old is nobody's: parallel calls may still be loading a younger one. */
const BUILD_AGE_MAX_MS = 24 * 60 * 60 * 1000;
/** Attempts to catch the sources unchanged from before a build to after it. */
const BUILDS_MAX = 5;

/**
 * Every source file in a fixed order.
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_BUNDLED.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** A name for what the sources say now. Contents, not times: a fresh checkout is not a change. */
function fingerprint() {
  const hash = createHash('sha256');
  const folders = SOURCES.map((folder) => join(ROOT, folder)).filter((path) => existsSync(path));
  for (const path of [join(ROOT, 'package-lock.json'), ...folders.flatMap(filesBelow)]) {
    const content = readFileSync(path);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 20);
}

/** @param {string} outDir */
async function bundle(outDir) {
  const { build } = await import('vite');
  await build({
    root: ROOT,
    configFile: false,
    publicDir: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: 'src/cli/main.ts',
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: {
        output: {
          entryFileNames: 'main.mjs',
          chunkFileNames: '[name]-[hash].mjs',
          // V8 compiles the value of a `const` into the code, but looks up a `var` each time: an
          // eighth of a simulated message.
          topLevelVar: false,
        },
      },
    },
  });
}

function dropOldBuilds() {
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > BUILD_AGE_MAX_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** The folder of an up-to-date bundle, made now if there is none. */
async function upToDateBundle() {
  for (let attempt = 1; ; attempt++) {
    const name = fingerprint();
    const folder = join(BUILDS, name);
    if (existsSync(folder)) return folder;
    mkdirSync(BUILDS, { recursive: true });
    const unfinished = mkdtempSync(join(BUILDS, 'unfinished-'));
    try {
      await bundle(unfinished);
      if (fingerprint() === name || attempt === BUILDS_MAX) {
        dropOldBuilds();
        renameSync(unfinished, folder);
      }
    } catch (error) {
      // Another call may have finished the same bundle first; then its bundle is as good as ours.
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
}

/**
 * How much of what a function calls V8 compiles into it. A simulated step is a handful of small
 * functions on typed arrays, and a call that is left costs more than most of them do: with the
 * usual limits a message takes half as long again.
 */
const INLINING = [
  '--max-inlined-bytecode-size=3000',
  '--max-inlined-bytecode-size-cumulative=30000',
  '--max-inlined-bytecode-size-absolute=60000',
  '--min-inlining-frequency=0',
];
for (const flag of INLINING) setFlagsFromString(flag);

/** @type {typeof import('./main.ts') | undefined} */
let commandLine;
try {
  const folder = await upToDateBundle();
  const entry = pathToFileURL(join(folder, 'main.mjs')).href;
  commandLine = /** @type {typeof import('./main.ts')} */ (await import(entry));
} catch (error) {
  process.stderr.write(`mk: cannot build the command line\n${String(error)}\n`);
  process.exitCode = 1;
}
await commandLine?.start();
