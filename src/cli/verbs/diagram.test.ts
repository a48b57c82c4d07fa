import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BOOT, block } from '../../sim/testing/lesson.ts';
import { readRecord } from '../../sim/scenarios/record.ts';
import { main } from '../main.ts';
import type { Io } from '../verb.ts';

const TEXT = `---\ntitle: T\n---\n${BOOT('user')}\n${block('console host', 'mk send web user 2 0xa1')}`;

async function diagram(...argv: readonly string[]) {
  let out = '';
  let err = '';
  const io: Io = {
    cwd: '/',
    stdout: (output) => void (out += String(output)),
    stderr: (output) => void (err += output),
    stdin: () => Promise.resolve(new Uint8Array(0)),
    readFile: () => new TextEncoder().encode(TEXT),
    writeFile: () => undefined,
  };
  const status = await main(['diagram', ...argv], io);
  return { status, lines: out.trimEnd().split('\n'), err };
}
const recordIn = (link: string) =>
  readRecord(inflateRawSync(Buffer.from(link.split('#run=')[1]!, 'base64url')).toString());

it('ends with the command, and with a link that holds the same run', async () => {
  const { status, lines } = await diagram('own/mine.md', '--seed', '9');
  expect(status).toBe(0);
  const link = lines.at(-1)!;
  expect(link).toMatch(/^http:\/\/localhost:5173\/#run=[\w-]+$/);
  expect(lines.filter((line) => line.length > 72)).toEqual([link]);
  expect(lines.join('\n')).toContain('$ npm run --silent mk -- diagram own/mine.md');
  const recorded = recordIn(link);
  expect(recorded).toMatchObject({
    ...{ source: { kind: 'text', text: TEXT, file: 'mine.md' }, seed: 9 },
  });
  expect(recorded.hash).toMatch(/^[0-9a-f]{16}$/);
});

it('names a lesson of ours, and leads to the page it is told of', async () => {
  const { lines } = await diagram('public/scenarios/boot.md', '--page', 'https://example.org/mk/');
  expect(lines.at(-1)).toMatch(/^https:\/\/example\.org\/mk\/#run=/);
  expect(recordIn(lines.at(-1)!).source).toEqual({ kind: 'bundled', name: 'boot' });
});

it('refuses a page that is no address', async () => {
  const { status, err } = await diagram('one.md', '--page', 'here');
  expect(status).toBe(2);
  expect(err).toContain('--page is the address of the page');
});
