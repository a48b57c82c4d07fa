import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import type { Answer, Ask } from './ask.ts';
import { COMMANDS } from './commands/table.ts';
import { complete } from './complete.ts';
import { answer, fakeWorld, HOST, WEB_SERVER, type FakeWorld } from './fake-world.ts';
import { interrupt, rebuild, resume, start, type Progress } from './shell.ts';
import { newShell, type ShellState } from './state.ts';

/** Lines to try; `FUZZ_LINES=100000` for a long look. */
const LINES = Number(process.env.FUZZ_LINES ?? 2500);
/** Lines typed one after the other on one shell. */
const SESSION = 5;
/** Asks after which Ctrl-C is pressed. */
const PATIENCE = 60;
/** Asks of a line up to which every moment is rebuilt. */
const REBUILT_MAX = 12;
const STATUSES = new Set([0, 1, 2, 3, 127, 130]);

const DTS =
  '/dts-v1/;\n/ { compatible = "multikernel-v1"; instances { web-server { id = <2>; }; }; };\n';

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...COMMANDS.map(({ name }) => name)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...COMMANDS.flatMap(({ verbs }) => verbs ?? []).map(({ name }) => name),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...['web.dts', 'web.dtb', '/boot/vmlinuz', '/sys/fs/multikernel/device_tree', '/proc/x', '.'],
      ...['/', '..', '*', '/*/*', 'web*', '?', 'x', '/nope/y', '~', '-', 'a b', '/dev/null'],
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...['web-server', 'host', 'system', 'io', 'user', 'resource', 'pfn', 'heartbeat', 'shutdown'],
      ...[
        '0',
        '1',
        '2',
        '4-5',
        '511',
        '0x80000',
        '0xa1b2',
        '-1',
        '4294967296',
        '1e9',
        '512MB',
        '0.5',
      ],
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        '--help',
        '--id=2',
        '--id',
        '--kernel=/boot/vmlinuz',
        '--cpus=6',
        '--memory=1MB',
        '--hold',
      ],
      ...[
        '--cpu',
        '--len',
        '--force',
        '--dry-run',
        '-n',
        '-w',
        '-l',
        '-a',
        '-v',
        '-c',
        '-o',
        '-I',
        '-i',
      ],
      ...['dts', 'dtb', '--', '-t', 'multikernel', 'debug', '--after', '-C', '-s', '-p', '-x'],
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom('|', '>', '>>', '<', '&&', '||', ';', '2>&1', '!', '&', '|&', '2>'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[`'`, `"`, '\\', '$?', '$x', '${x}', '$(ls)', '`', 'x=1', '#', '(', ')', '{', '}', '""'],
      ...[
        'if',
        'then',
        'é',
        '\u0000',
        '\u001b[2J',
        '\ud800',
        '[a-',
        '[[',
        '<<EOF',
        '\n',
        "$'\\x00'",
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
const line = fc
  .array(fc.tuple(word, fc.constantFrom(' ', ' ', ' ', '')), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.map(([text, gap]) => text + gap).join(''));
/** What a kernel answers instead of what was to be expected, 1 is the expected. */
const mood = fc.array(fc.constantFrom(1, 1, 1, 1, 1, 1, -22, -19, -2, -16, -3), { minLength: 1 });

function moodyAnswer(world: FakeWorld, ask: Ask, ret: number): Answer {
  const given = answer(world, ask);
  return ret === 1 || ask.call === 'about' ? given : { ret };
}

/** Types a line, rebuilds its job at every moment, and interrupts what does not end. */
function play(
  world: FakeWorld,
  state: ShellState,
  text: string,
  rets: readonly number[],
): ShellState {
  let progress: Progress = start(state, text);
  let printed = progress.printed;
  for (let asks = 0; progress.kind === 'ask'; asks++) {
    const { job, ask } = progress;
    if (asks < REBUILT_MAX) {
      const again = rebuild(structuredClone({ ...job, output: '' }));
      expect(again).toMatchObject({ kind: 'ask', ask });
      expect(again.kind === 'ask' && again.job).toEqual(job);
    }
    progress =
      asks === PATIENCE
        ? interrupt(job)
        : resume(job, moodyAnswer(world, ask, rets[asks % rets.length]!));
    printed += progress.printed;
  }
  expect(STATUSES).toContain(progress.status);
  expect(progress.state.status).toBe(progress.status);
  if (progress.output.length < 60_000) expect(progress.output).toBe(printed);
  expect(progress.output).not.toMatch(/undefined|NaN|\[object/);
  expect(progress.state).toEqual(structuredClone(progress.state));
  return progress.state;
}

const worldOf = (isHost: boolean): FakeWorld => {
  const world = fakeWorld({ '/web.dts': DTS, '/x': 'a\nb\n' });
  world.about = { ...HOST, isHost, instances: [{ ...WEB_SERVER, state: 'loading' }] };
  return world;
};

describe(`${LINES} lines of plausible words`, () => {
  it(
    'end with a status or wait for an answer, and are rebuilt at any moment',
    { timeout: 3_600_000 },
    () => {
      fc.assert(
        fc.property(
          fc.array(line, { minLength: SESSION, maxLength: SESSION }),
          mood,
          fc.boolean(),
          (lines, rets, isHost) => {
            const world = worldOf(isHost);
            let state = newShell(isHost ? 'host' : 'web-server');
            for (const text of lines) state = play(world, state, text, rets);
          },
        ),
        { numRuns: Math.ceil(LINES / SESSION) },
      );
    },
  );
});

describe('any text at all', () => {
  it('is run or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        play(worldOf(true), newShell('host'), text, [1]);
      }),
      { numRuns: 500 },
    );
  });

  it('can be completed with words that begin where they say', () => {
    const lookups = { list: () => ['a/', 'b c', "it's"], instances: ['web-server'] };
    fc.assert(
      fc.property(line, (text) => {
        const { from, words } = complete(newShell('host'), text, lookups);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(from).toBeLessThanOrEqual(text.length);
        for (const one of words) expect(one).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });
});
