import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import { main } from './main.ts';
import { type Io, WrongUsage } from './verb.ts';

/** Runs one verb that does what it is told, and answers what came out of it. */
async function outcome(does: (argv: readonly string[], io: Io) => number, argv = ['try']) {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    cwd: '/',
    stdout: (output) => (stdout += String(output)),
    stderr: (output) => (stderr += output),
    stdin: () => Promise.resolve(new Uint8Array()),
    readFile: () => new Uint8Array(),
    writeFile: () => undefined,
  };
  const verbs = { try: { usage: 'try FILE', run: async (a: readonly string[]) => does(a, io) } };
  const status = await main(argv, io, verbs);
  return { status, stdout, stderr };
}

describe('the command line', () => {
  it('hands a verb what follows its name and answers its status', async () => {
    const does = (argv: readonly string[], io: Io) => {
      io.stdout(argv.join('|'));
      return 1;
    };
    expect(await outcome(does, ['try', '-a', 'b'])).toEqual({
      status: 1,
      stdout: '-a|b',
      stderr: '',
    });
  });

  it.each([{ argv: [] }, { argv: ['nothing'] }, { argv: ['toString'] }])(
    'shows the usage on standard error for $argv',
    async ({ argv }) => {
      const { status, stdout, stderr } = await outcome(() => 0, argv);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('mk try FILE\n');
    },
  );

  it('answers wrong usage with the reason and the usage of the verb', async () => {
    const { status, stderr } = await outcome(() => {
      throw new WrongUsage('FILE is missing');
    });
    expect(status).toBe(2);
    expect(stderr).toBe('mk: FILE is missing\nusage: mk try FILE\n');
  });

  it.each([['--seed', '-1'], ['--seed'], ['--bogus'], ['--seed', '--json']])(
    'says what is wrong with options in one line: %s %s',
    async (...args) => {
      const options = { seed: { type: 'string' } } as const;
      const { status, stderr } = await outcome(() => Number(parseArgs({ args, options })));
      expect(status).toBe(2);
      expect(stderr).toMatch(/^mk: .*option.*[^.]\nusage: mk try FILE\n$/i);
    },
  );

  it('answers refused input with one line that starts with its place', async () => {
    const { status, stderr } = await outcome(() => {
      throw new Refused('no such node', { file: 'a.dts', line: 3, column: 7 });
    });
    expect(status).toBe(1);
    expect(stderr).toBe('a.dts:3:7: no such node\n');
  });

  it('shows the stack when the fault is ours', async () => {
    const { status, stderr } = await outcome(() => {
      throw new TypeError('undefined is not a function');
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mk: a bug of ours\nTypeError: undefined is not a function\n {4}at /);
  });
});
