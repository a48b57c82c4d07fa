import { expect, test } from 'vitest';
import { writeRecord, type Recorded } from '../sim/scenarios/record.ts';
import { block, BOOT, lessonRun, playOut } from '../sim/testing/lesson.ts';
import type { CompareTell, Side } from './compare-protocol.ts';
import { CompareRun } from './compare-run.ts';

const TEXT = `---\ntitle: T\n---\n${BOOT('user')}\n# Two\n${block('console host', 'mk send web user 1 0x01')}`;

const START = { step: 0, at: { stop: 0, item: 0, line: 0, running: false }, inputs: 0 };

/** A session in which these lines were typed at the end. */
function side(name: string, lines: readonly string[], change?: Side['change']): Side {
  const run = playOut(lessonRun(TEXT));
  for (const line of lines) {
    run.type('host', line);
    while (run.advance({ through: true }) !== 'typed');
  }
  const { seed, profile, inputs, spot } = run;
  const source = { kind: 'text', text: TEXT, file: 'lesson.md' } as const;
  const made: Recorded = {
    ...{ source, seed, profile, inputs, spot, glue: {}, own: [] },
    ...{ engine: '', hash: run.hash() },
  };
  return { name, text: writeRecord(made), ...(change && { change }) };
}

async function told(a: Side, b: Side): Promise<{ run: CompareRun; tells: CompareTell[] }> {
  const tells: CompareTell[] = [];
  const run = new CompareRun(
    (tell) => tells.push(tell),
    () => Promise.resolve(undefined),
  );
  await run.handle({ kind: 'begin', a, b, bins: 50 });
  return { run, tells };
}

test('two sessions: the parting in a sentence, and the moment behind it', async () => {
  const { tells } = await told(
    side('one', ['mk send web user 2 0xa1']),
    side('two', ['mk send web user 2 0xa1 --cpu 6']),
  );
  const [first, second] = tells;
  expect(first).toMatchObject({ kind: 'compared', compared: { why: '' } });
  if (first?.kind !== 'compared' || second?.kind !== 'moment') throw new Error('not compared');
  expect(first.compared.sentence).toMatch(/^They take the same \d+ steps.*; then in “one” cpu\d+/);
  expect(second.moment.step).toBe(first.compared.first);
});

test('a session under another profile is followed with what was typed in it', async () => {
  const lines = ['mk send web user 2 0xa1'];
  const { tells } = await told(side('v2', lines), side('ring', lines, { profile: 'ring-n1' }));
  expect(tells[0]).toMatchObject({ kind: 'compared', compared: { why: '' } });
  expect(tells[0]?.kind === 'compared' && tells[0].compared.parting).toBeTruthy();
});

test('the next difference, and that there is none', async () => {
  const { run, tells } = await told(side('one', ['mk send web user 2 0xa1']), side('two', []));
  await run.handle({ kind: 'next', step: 1 });
  const found = tells.at(-1);
  if (found?.kind !== 'moment') throw new Error('nothing found');
  expect(found.moment.diff.shared.length + found.moment.diff.cpus.length).toBeGreaterThan(0);
  await run.handle({ kind: 'next', step: 1e6 });
  expect(tells.at(-1)).toMatchObject({ kind: 'nothing' });
});

test('aligned by stop, the axis has the stops on it', async () => {
  const { run, tells } = await told(side('one', ['mk send web user 2 0xa1']), side('two', []));
  expect(tells[0]).toMatchObject({ compared: { align: 'step', stops: [] } });
  await run.handle({ kind: 'align', by: 'stop', bins: 50 });
  const [again, moment] = tells.slice(-2);
  expect(again).toMatchObject({ kind: 'compared', compared: { align: 'stop' } });
  expect(again?.kind === 'compared' && again.compared.stops).toHaveLength(3);
  expect(moment).toMatchObject({ kind: 'moment' });
});

test('a run that is to be finished goes to the end of its lesson', async () => {
  const whole = side('whole', []);
  const begun = { ...(JSON.parse(whole.text) as object), spot: START, hash: '' };
  const early = { name: 'early', text: JSON.stringify(begun) };
  const cut = await told(early, whole);
  expect(cut.tells[0]).toMatchObject({ compared: { stepsA: 0, why: '' } });
  const { tells } = await told({ ...early, finish: true }, { ...whole, finish: true });
  expect(tells[0]).toMatchObject({ kind: 'compared', compared: { parting: undefined, why: '' } });
});

test('what is no session is refused in a sentence', async () => {
  const good = side('one', []);
  const { tells } = await told(good, { name: 'two', text: '{}' });
  expect(tells).toMatchObject([{ kind: 'failure', failure: { kind: 'refused' } }]);
  const source = { kind: 'bundled', name: 'nowhere' };
  const foreign = { ...(JSON.parse(good.text) as object), source };
  const { tells: others } = await told({ name: 'x', text: JSON.stringify(foreign) }, good);
  expect(others).toMatchObject([{ failure: { why: 'there is no lesson nowhere' } }]);
});
