import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'playwright-report', 'test-results']);
const TEXT = new Set(['.ts', '.mjs', '.js', '.cjs', '.svelte', '.css', '.html', '.md', '.json']);
const THIS_FILE = relative(ROOT, import.meta.filename);

/** Paths below a folder, relative to the root. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name) || entry.name === '.git') return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const files = filesBelow('.').filter((path) => path !== 'package-lock.json');
const isFixture = (path: string): boolean => path.split('/').includes('fixtures');
const written = files.filter(
  (path) => TEXT.has(extname(path)) && path !== THIS_FILE && !isFixture(path),
);
const documents = written.filter((path) => path.endsWith('.md') && !path.startsWith('public/'));

/** `path:line: text` for each line of our own files that matches. */
function linesWith(pattern: RegExp, among: readonly string[] = written): string[] {
  return among.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** What not to write, what to write instead, and in which files if not in all. */
interface Banned {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly where?: RegExp;
}
const BANNED: readonly Banned[] = [
  { pattern: /\b(TODO|FIXME|XXX)\b/, instead: 'an issue, or do it now' },
  { pattern: /@ts-(ignore|expect-error|nocheck)/, instead: 'a type that is true' },
  { pattern: /\bas any\b/, instead: '`unknown` and a check' },
  {
    pattern: /\{@html\b|\.innerHTML\b|insertAdjacentHTML/,
    instead: 'text nodes: nothing from outside is HTML',
  },
  {
    pattern: /\beval\(|new Function\(/,
    instead: 'an interpreter of ours: the security policy forbids it',
  },
  {
    pattern: /SharedArrayBuffer/,
    instead: 'transferable buffers: nothing may depend on response headers',
    where: /^src\//,
  },
  { pattern: /from 'd3'/, instead: 'the one d3 module that is needed' },
  { pattern: /from 'svelte\/store'|createEventDispatcher/, instead: 'runes and callback props' },
  {
    pattern: /<[a-z][^>]*\son:[a-z]+=/,
    instead: '`onclick` and friends, the Svelte 5 way',
    where: /[.]svelte$/,
  },
  { pattern: /[Ww]hitelist/, instead: '“allow list”' },
  { pattern: /[Bb]lacklist/, instead: '“deny list”' },
  { pattern: /[Mm]ulti-[Kk]ernel/, instead: '“multikernel”' },
  { pattern: /\b[Gg]uest kernel/, instead: '“spawned kernel”: nothing is virtualised' },
];

interface Locked {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

describe('the map in src/README.md', () => {
  it('names every folder that exists and no other', () => {
    const map = read('src/README.md');
    const named = [...map.matchAll(/^- `([^`]+)\/` — \S/gm)].map(([, folder]) => folder);
    const existing = new Set<string>();
    for (const path of files.filter((file) => file.startsWith('src/') && !isFixture(file))) {
      for (let folder = dirname(path); folder !== 'src'; folder = dirname(folder)) {
        existing.add(relative('src', folder));
      }
    }
    expect(named.toSorted()).toEqual([...existing].toSorted());
  });
});

describe('names of files', () => {
  it('say what is inside, so none is a drawer', () => {
    const drawer = /^(utils?|helpers?|types?|misc|common|manager|service|index)\.(ts|svelte|mjs)$/;
    expect(files.filter((path) => drawer.test(basename(path)))).toEqual([]);
  });

  it('are kebab-case, or PascalCase for components', () => {
    const code = files.filter((path) => path.startsWith('src/') && /\.(ts|svelte)$/.test(path));
    const good =
      /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$|^[A-Z][A-Za-z0-9]*(\.test)?\.(svelte|ts)$/;
    expect(code.filter((path) => !good.test(basename(path)))).toEqual([]);
  });
});

describe('words', () => {
  it.each(BANNED)('has no $pattern: write $instead', ({ pattern, where = /./ }) => {
    const among = written.filter((path) => where.test(path));
    expect(linesWith(pattern, among)).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names no host, so that any registry serves', () => {
    expect(linesWith(/"resolved":|https?:\/\/[^"]*\.tgz/, ['package-lock.json'])).toEqual([]);
  });

  it('has every dependency of every package, so that every platform can install', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
    const names = new Set(
      Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)),
    );
    const missing = Object.entries(lock.packages).flatMap(([path, locked]) =>
      Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
        .filter((name) => !names.has(name))
        .map((name) => `${path} → ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('fixtures', () => {
  it('each have a line of provenance in the README beside them', () => {
    const missing = files.filter(isFixture).filter((path) => {
      if (basename(path) === 'README.md') return false;
      const readme = join(path.slice(0, path.lastIndexOf('fixtures/')), 'fixtures/README.md');
      if (!files.includes(readme)) return true;
      const name = basename(path);
      // `NAME.dts` or `*.dts` in the README speaks for all files that end so.
      const ending = name.slice(name.indexOf('.'));
      return ![name, `NAME${ending}`, `*${ending}`].some((told) => read(readme).includes(told));
    });
    expect(missing).toEqual([]);
  });
});

describe('documents', () => {
  it('link only to files that exist', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => target!.split('#')[0]!)
        .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const unknown = documents.flatMap((path) =>
      [...read(path).matchAll(/`npm run (?:--silent )?([a-z0-9:-]+)/g)]
        .map(([, script]) => script!)
        .filter((script) => !Object.hasOwn(scripts, script))
        .map((script) => `${path}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });
});
