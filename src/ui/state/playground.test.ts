import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameOf, optionsOf, textOf, wholeOf } from './playground-arguments.ts';

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('what somebody passes to window.playground', () => {
  const trap = new Proxy({}, { get: () => expect.unreachable() });
  it.each([
    [undefined, 'a line is a text, not undefined'],
    [null, 'a line is a text, not null'],
    [5, 'a line is a text, not 5'],
    [5n, 'a line is a text, not 5'],
    [Symbol('s'), 'a line is a text, not a symbol'],
    [() => 1, 'a line is a text, not a function'],
    [[], 'a line is a text, not an object'],
    [trap, 'a line is a text, not an object'],
  ])('is a text where one is wanted (%#)', (value, sentence) => {
    expect(refusal(() => textOf('a line', value))).toBe(sentence);
  });

  it.each([
    [NaN, 'not NaN'],
    [-1, 'not -1'],
    [1.5, 'not 1.5'],
    [1e300, 'not 1e+300'],
    ['2', 'not "2"'],
    [2n, 'not 2'],
    [2 ** 32, 'not 4294967296'],
    [trap, 'not an object'],
  ])('is a whole number where one is wanted (%#)', (value, end) => {
    expect(refusal(() => wholeOf('a seed', value, 2 ** 32 - 1))).toBe(
      `a seed is a whole number from 0 to 4294967295, ${end}`,
    );
  });

  it('is not said again at length', () => {
    const long = 'a'.repeat(2_000_000);
    expect(refusal(() => nameOf('a branch', long))).toBe(
      'a branch is a name, not a text of 2000000 characters',
    );
    expect(refusal(() => wholeOf('a step', long))).toBe(
      'a step is a whole number from 0 on, not a text of 2000000 characters',
    );
  });

  it('has no options but those there are', () => {
    expect(optionsOf('load', undefined, ['seed', 'profile'])).toEqual({});
    expect(optionsOf('load', { seed: 1 }, ['seed', 'profile'])).toEqual({ seed: 1 });
    expect(refusal(() => optionsOf('load', { sed: 1 }, ['seed', 'profile']))).toBe(
      'there is no option "sed"; known are seed, profile',
    );
    expect(refusal(() => optionsOf('load', 5, ['seed']))).toBe(
      'the options of load are an object, not 5',
    );
  });
});

/** Projects in which a test may stand, each with its own idea of modules. */
const PROJECTS = {
  nodenext: { module: 'nodenext', extension: '.js' },
  'of a bundler': { module: 'esnext', moduleResolution: 'bundler', extension: '' },
  'that imports .ts': { module: 'nodenext', allowImportingTsExtensions: true, extension: '.ts' },
} as const;

describe('the types of window.playground', () => {
  it.each(Object.entries(PROJECTS))(
    'can be had by a project %s',
    (_, { extension, ...options }) => {
      const folder = mkdtempSync(join(tmpdir(), 'playground-types-'));
      try {
        const types = join(import.meta.dirname, `playground-types${extension}`);
        const test = `import type {} from ${JSON.stringify(types)};
        export const lost = async (): Promise<number> => {
          const { messages, cpus } = await window.playground.state();
          type Step = Parameters<Window['playground']['seek']>[0];
          const isNumber: string extends Step ? false : true = true;
          await window.playground.seek(Number(isNumber));
          return messages.filter(({ outcome }) => outcome === 'lost').length + cpus[0]!.irr.length;
        };`;
        const compilerOptions = {
          ...{
            strict: true,
            noEmit: true,
            target: 'es2023',
            lib: ['es2023', 'dom'],
            types: [],
            skipLibCheck: true,
          },
          ...options,
        };
        writeFileSync(join(folder, 'test.ts'), test);
        const tsconfig = { compilerOptions, files: ['test.ts'] };
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
        const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
        const said = (): string =>
          execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' });
        expect(said()).toBe('');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
