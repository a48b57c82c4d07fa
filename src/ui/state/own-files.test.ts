import { expect, it } from 'vitest';
import { hireFake } from '../testing/fake-worker.ts';
import { OwnFiles } from './own-files.svelte.ts';
import { Session } from './session.svelte.ts';

/** A file as a browser hands it over. */
const file = (name: string, bytes: readonly number[]): File =>
  new File([Uint8Array.from(bytes)], name);

/** What looks like a file, and is a folder. */
const FOLDER = {
  ...{ name: 'lessons.md', size: 4096 },
  arrayBuffer: () => Promise.reject(new DOMException('not found', 'NotFoundError')),
} as unknown as File;

it.each([
  [FOLDER, 'lessons.md cannot be read; if it is a folder, drop what is in it'],
  [file('a.md', [0xff, 0xfe, 0x41, 0]), 'a.md:1:1: this is UTF-16; save it as UTF-8'],
  [file('a.dts', [0x2f, 0xe4, 0x2f]), 'a.dts:1:2: this is no text in UTF-8'],
  [
    file('a.md', Array<number>(1024 * 1024 + 1).fill(32)),
    'a.md has 1048577 bytes; the playground takes files of up to 1048576',
  ],
])('refuses a file that cannot be one (%#)', async (brought, sentence) => {
  const session = new Session(() => ({ ...hireFake(), onend: () => undefined }));
  await session.load({ source: { kind: 'bundled', name: 'film' } });
  const { run } = session;
  await new OwnFiles(session).take(brought);
  expect(session.notices.list).toMatchObject([{ kind: 'refused', text: sentence }]);
  expect(session.run).toBe(run);
  session.close();
});
