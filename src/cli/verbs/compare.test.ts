import { expect, it } from 'vitest';
import { BOOT } from '../../sim/testing/lesson.ts';
import { main } from '../main.ts';
import type { Io } from '../verb.ts';

const lesson = (...lines: readonly string[]): string =>
  `---\ntitle: T\n---\n${BOOT('user')}\n\`\`\`console host\n${lines.join('\n')}\n\`\`\`\n`;
const FILES: Readonly<Record<string, string>> = {
  'one.md': lesson('mk send web user 2 0xa1a1'),
  'two.md': lesson('mk send web user 2 0xb2b2'),
  'three.md': lesson('mk send web user 2 0xa1a1 --cpu 6'),
  'broken.json': '{}',
};

async function compare(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const io: Io = {
    cwd: '/',
    stdout: (output) => void (out += String(output)),
    stderr: (output) => void (err += output),
    stdin: () => Promise.resolve(new Uint8Array(0)),
    readFile: (path) => new TextEncoder().encode(FILES[path] ?? ''),
    writeFile: () => undefined,
  };
  const status = await main(['compare', ...argv], io);
  return { status, out, err };
}

it('says that the same file twice is the same', async () => {
  const { status, out } = await compare('one.md', 'one.md');
  expect([status, out]).toEqual([
    0,
    'In one.md and one.md the machine does the same to the end.\n',
  ]);
});

it('names the first difference, and the bytes of the slot', async () => {
  const { status, out } = await compare('one.md', 'two.md');
  expect(status).toBe(1);
  expect(out).toMatch(/take the same steps to their ends, but their bytes differ from step \d+ on/);
});

it('prints one JSON object', async () => {
  const { status, out } = await compare('one.md', 'three.md', '--json');
  expect(status).toBe(1);
  const said = JSON.parse(out) as Record<string, unknown>;
  expect(said).toMatchObject({ a: 'one.md', b: 'three.md', steps_a: expect.any(Number) as number });
  expect(said.parting).toMatchObject({ step: expect.any(Number) as number });
});

it('compares a file with itself under another profile or seed', async () => {
  const { status, out } = await compare('one.md', '--profile', 'ring-n1');
  expect(status).toBe(1);
  expect(out).toContain('ring-n1');
  expect((await compare('one.md', '--seed', '1')).status).toBe(0);
});

it('refuses what is no session, and wrong calls', async () => {
  expect(await compare('one.md', 'broken.json')).toMatchObject({
    status: 1,
    err: expect.stringContaining('no session of the playground') as string,
  });
  for (const argv of [[], ['one.md'], ['one.md', 'two.md', '--seed', '3'], ['a', 'b', 'c']])
    expect((await compare(...argv)).status).toBe(2);
  expect((await compare('one.md', '--profile', 'x')).status).toBe(2);
  expect((await compare('one.md', '--seed', '-1x')).status).toBe(2);
});

it('says what is different at the end of each stop, when it is asked to', async () => {
  const { out } = await compare('one.md', 'two.md', '--align', 'stop');
  expect(out).toMatch(/\n1\. T: \d+ steps; then different: 2 bytes of slots/);
  const { out: json } = await compare('one.md', 'two.md', '--align', 'stop', '--json');
  expect((JSON.parse(json) as { stops: unknown }).stops).toMatchObject([
    { stop: 1, title: 'T', registers: 0, shared: 2 },
  ]);
  const { status, err } = await compare('one.md', 'two.md', '--align', 'time');
  expect([status, err]).toEqual([2, expect.stringContaining('--align is step or stop')]);
});

it('tells INIT from a vector, and when each arrives', async () => {
  const { out } = await compare('one.md', '--seed', '8');
  expect(out).toMatch(/sends INIT to APIC id 4, which arrives at \d+ ns/);
  expect(out).toMatch(
    /\n {2}INIT from CPU 0 to CPU 4: sent at (\d+) ns, arrives at \d+ ns ≠ sent at \1 ns, arrives at/,
  );
  expect(out).not.toContain('different yet');
  const { out: json } = await compare('one.md', '--seed', '8', '--json');
  const times = { sent_ns: expect.any(Number) as number, arrives_ns: expect.any(Number) as number };
  expect((JSON.parse(json) as { ipis: unknown }).ipis).toEqual([
    { what: 'INIT', from: 0, to: 4, a: times, b: times },
  ]);
});
