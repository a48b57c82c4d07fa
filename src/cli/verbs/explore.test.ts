import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import type { Io } from '../verb.ts';

const LESSON = readFileSync(
  new URL('../../../public/scenarios/explore-two-senders.md', import.meta.url),
  'utf8',
);

/** Runs `mk explore` on a text, and gives what it printed. */
async function explore(text: string, ...options: readonly string[]) {
  let out = '';
  let err = '';
  const io: Io = {
    cwd: '/',
    stdout: (output) => void (out += String(output)),
    stderr: (output) => void (err += output),
    stdin: () => Promise.resolve(new Uint8Array(0)),
    readFile: () => new TextEncoder().encode(text),
    writeFile: () => undefined,
  };
  const status = await main(['explore', 'lesson.md', ...options], io);
  return { status, out, err };
}

/** The lesson with other properties. */
const asking = (...lines: readonly string[]): string =>
  LESSON.replace(/```explore\n[^`]*```/, `\`\`\`explore\n${lines.join('\n')}\n\`\`\``);

interface Report {
  readonly properties: { name: string; kind: string; holds: boolean; schedule: string[] | null }[];
  readonly outcomes: Record<string, unknown>[];
  readonly states: number;
  readonly complete: boolean;
}
const reportOf = ({ out }: { readonly out: string }): Report => JSON.parse(out) as Report;

describe('mk explore', () => {
  it('prints one JSON object with the figures of the design', async () => {
    const { status, out, err } = await explore(LESSON, '--json', '--no-reduction');
    expect([status, err]).toEqual([0, '']);
    expect(out.split('\n')).toHaveLength(2);
    expect(JSON.parse(out)).toMatchObject({
      ...{ states: 1509, transitions: 2044, workers: 1, complete: true },
      ...{ outcome_count: 62, lose: 50, tear: 14, invent: 8, repeat: 12 },
    });
    expect(out).not.toContain('"outcomes"');
  });

  it('lists outcomes when asked, the shortest schedule of each with them', async () => {
    const { outcomes } = reportOf(await explore(LESSON, '--json', '--outcomes'));
    expect(outcomes).toHaveLength(62);
    expect(Object.keys(outcomes[0]!)).toEqual([
      ...['effects', 'lost', 'torn', 'phantom', 'duplicated', 'schedule'],
    ]);
    expect(outcomes[0]).toMatchObject({
      effects: [
        {
          ...{ t: 'log', lvl: 'info', ev: 'ipi.received' },
          ...{ cpu: 0, physical_id: 4, sender_cpu: 2, type: 0x3000 },
        },
        { t: 'cb', type: 0x3000, subtype: 0x3002, payload: 'b2b2b2b2' },
      ],
      ...{ lost: [0x3001], torn: [], phantom: 0, duplicated: [] },
    });
    expect(outcomes[0]!.schedule).toEqual([
      ...['S6', 'S7', 'S8', 'S9', 'S10', 'S11'].map((id) => `cpu1 ${id}`),
      ...['S6', 'S7', 'S8', 'S9', 'S10', 'S11'].map((id) => `cpu2 ${id}`),
      ...['take', 'R4', 'R5', 'R7', 'C2', 'C3', 'C4', 'C5', 'H1'].map((id) => `cpu4 ${id}`),
    ]);
  });

  it('prints a table for people without --json', async () => {
    const { out } = await explore(LESSON, '--no-reduction');
    expect(out).toMatch(/^states +1,509$/m);
    expect(out).toMatch(/^ {2}lose a message +50$/m);
    expect(out).toMatch(/^ok {6}sometimes both messages arrive whole$/m);
  });

  it('says which properties are false, shows a schedule, and ends with status 1', async () => {
    const text = asking(
      'always nothing is lost: stats.lost == 0',
      'never both: stats.whole == 2',
      'sometimes three: stats.handled == 3',
      'never the slot is full of nothing: slot("web-server").type == 0x3000 && slot("web-server").payload_len == 0',
      'always it took its time: time_ns > 1000 && step > 10',
      'sometimes the second alone is known: message(1).outcome == "lost"',
      'sometimes told twice: logged("web-server", "ipi.received") == 2',
    );
    const result = await explore(text, '--json');
    expect(result.status).toBe(1);
    const [lost, both, three, full, time, second, twice] = reportOf(result).properties;
    expect(lost).toMatchObject({ kind: 'always', holds: false });
    expect(lost!.schedule).toHaveLength(21);
    expect(both).toMatchObject({ kind: 'never', holds: false });
    expect(both!.schedule).toHaveLength(30);
    expect(three).toEqual({
      ...{ name: 'three', kind: 'sometimes', holds: false, schedule: null },
    });
    expect(full!.schedule).toEqual(['cpu1 S6', 'cpu1 S7', 'cpu1 S8', 'cpu1 S9']);
    expect(time).toMatchObject({ holds: true, schedule: null });
    expect([second!.holds, twice!.holds]).toEqual([true, true]);
  });

  it('asks of every exploration whether messages arrive, and for hazards and hangs', async () => {
    const { status, ...printed } = await explore(asking(''), '--json');
    expect(status).toBe(0);
    expect(reportOf(printed).properties.map(({ kind, holds }) => [kind, holds])).toEqual([
      ['always', false],
      ['never', false],
      ['never', true],
    ]);
  });

  it('stops at its limit of states, and says so', async () => {
    const { status, out } = await explore(
      LESSON,
      '--json',
      '--max-states',
      '100',
      '--no-reduction',
    );
    expect(reportOf({ out })).toMatchObject({ states: 100, complete: false });
    expect(status).toBe(0); // what was not found may lie behind the limit
    const table = (await explore(LESSON, '--max-states', '100')).out;
    expect(table).toContain('Not every order was tried: the limit of states was reached.');
    expect(table).toMatch(/^so far {2}always both senders were told/m);
    expect(table).toMatch(/^not yet {1}sometimes a message is handled twice$/m);
  });

  it('refuses a scenario without an explore block', async () => {
    const { status, out, err } = await explore('---\ntitle: T\n---\nHello.\n');
    expect([status, out]).toEqual([1, '']);
    expect(err).toBe('lesson.md:1:1: there is no explore block in this scenario\n');
  });

  it('refuses a property that means nothing, with its place', async () => {
    const { status, err } = await explore(asking('never x: stats.lots > 0'));
    expect(status).toBe(1);
    expect(err).toMatch(/^lesson\.md:\d+:\d+: /);
  });

  it.each([
    ['--workers', '0'],
    ['--workers', 'two'],
    ['--max-states', '-1'],
    ['--max-states', '1e3'],
    ['--all', ''],
    ['second.md', ''],
  ])('is used wrongly with %s %s', async (...options) => {
    const { status, err } = await explore(LESSON, ...options.filter((word) => word !== ''));
    expect(status).toBe(2);
    expect(err).toContain('usage: mk explore');
  });
});
