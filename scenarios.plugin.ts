import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { normalizePath, type Plugin } from 'vite';
import { Refused } from './src/sim/base/assert.ts';
import { checkClaims } from './src/sim/scenarios/claims.ts';
import { parseScenario } from './src/sim/scenarios/parse.ts';
import type { Scenario } from './src/sim/scenarios/scenario.ts';

/** The order of the list of lessons; one that is not here comes after them, by name. */
const ORDER = [
  ...['boot', 'messages', 'lost-message', 'as-posted', 'deaf-host', 'too-large-tree'],
  ...['registered-twice', 'which-errno', 'explore-two-senders', 'explore-three-senders'],
  ...['phantom', 'three-rings', 'scheduler'],
];

const CATALOGUE = 'virtual:scenarios';
const ONE = 'virtual:scenario/';
/** Keeps other plugins away from modules that are no files. */
const OURS = '\0';

/**
 * Reads the lessons when the page is built, so that the page itself needs neither Markdown nor
 * YAML to start: `virtual:scenarios` has the list, and each lesson is a chunk of its own. A lesson
 * that is refused fails the build with its place.
 */
export function scenarios(folder = 'public/scenarios'): Plugin {
  let root = '';
  const names = (): readonly string[] =>
    readdirSync(root)
      .filter((file) => file.endsWith('.md'))
      .map((file) => basename(file, '.md'))
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return {
    name: 'scenarios',
    config: () => ({ resolve: { alias: [CHARACTER_REFERENCES] } }),
    configResolved(config) {
      root = normalizePath(resolve(config.root, folder));
    },
    resolveId: (id) => (id === CATALOGUE || id.startsWith(ONE) ? OURS + id : undefined),
    load(id) {
      if (!id.startsWith(OURS + 'virtual:scenario')) return undefined;
      const read = (name: string): Scenario => {
        const path = join(root, `${name}.md`);
        this.addWatchFile(path);
        try {
          return readScenario(path);
        } catch (error) {
          if (!(error instanceof Refused) || !error.place) throw error;
          const { line, column } = error.place;
          return this.error({ message: error.located, loc: { file: path, line, column } });
        }
      };
      if (id === OURS + CATALOGUE) return catalogueModule(names(), read);
      const scenario = read(id.slice(OURS.length + ONE.length));
      return `export const scenario = ${JSON.stringify(scenario)};`;
    },
    hotUpdate({ file }) {
      if (dirname(file) !== root || !file.endsWith('.md')) return undefined;
      const graph = this.environment.moduleGraph;
      const ids = [CATALOGUE, ONE + basename(file, '.md')];
      return ids.flatMap((id) => graph.getModuleById(OURS + id) ?? []);
    },
  };
}

/** Parses and checks one bundled lesson. */
function readScenario(path: string): Scenario {
  const scenario = parseScenario(readFileSync(path, 'utf8'), basename(path));
  checkClaims(scenario);
  return scenario;
}

function catalogueModule(names: readonly string[], read: (name: string) => Scenario): string {
  const list = names.map((name) => {
    const { title, summary, level } = read(name);
    return { name, title, summary, level };
  });
  const loaders = names.map(
    (name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(ONE + name)})`,
  );
  return `export const catalogue = ${JSON.stringify(list)};
const loaders = new Map(Object.entries({ ${loaders.join(', ')} }));
export async function load(name) {
  const module = await loaders.get(name)?.();
  return module?.scenario;
}`;
}

const rank = (name: string): number =>
  (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);

/**
 * The Markdown library knows `&amp;` from a table, or in a browser from an element. A worker is
 * built like a browser and has no elements, so that it gets the table as well.
 */
const CHARACTER_REFERENCES = {
  find: /^decode-named-character-reference$/,
  replacement: normalizePath(
    join(
      dirname(createRequire(import.meta.url).resolve('decode-named-character-reference')),
      'index.js',
    ),
  ),
};
