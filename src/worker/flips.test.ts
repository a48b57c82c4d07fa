import { expect, it } from 'vitest';
import { blobOf, treeOf } from '../sim/testing/world.ts';
import { BitFlips } from '../sim/world/flips/flips.ts';
import { flipAll, serveFlips, type FlipNews, type FlipTold } from './flips.ts';

const BLOB = blobOf(treeOf({ name: 'web', id: 2, cpus: [4] }));
const PROFILE = 'rfc-v2';

it('tells of every bit once, in order, with outcomes as they come up', () => {
  const heard: FlipNews[] = [];
  flipAll({ blob: BLOB, profile: PROFILE }, (news) => heard.push(news));
  const flips = new BitFlips(BLOB, PROFILE);
  const outcomes = heard.flatMap(({ added }) => added);
  let bit = 0;
  for (const { from, outcome, bits } of heard) {
    expect(from).toBe(bit);
    expect(bits).toBe(8 * BLOB.length);
    for (const number of outcome) {
      if (bit % 7 === 0) expect(outcomes[number]).toEqual(flips.outcomes[flips.flip(bit).outcome]);
      bit++;
    }
  }
  expect(bit).toBe(8 * BLOB.length);
  const details = new Map(heard.flatMap((news) => news.details));
  expect([...details.values()].some((text) => text.startsWith('id: 2 →'))).toBe(true);
});

it('says why when it cannot, and that an empty blob has no bits', () => {
  const told: FlipTold[] = [];
  let ask: (event: { readonly data: unknown }) => void = () => undefined;
  serveFlips({
    postMessage: (message) => told.push(message as FlipTold),
    addEventListener: (_, listener) => (ask = listener),
  });
  ask({ data: { blob: BLOB, profile: 'no-such-profile' } });
  expect(told).toMatchObject([{ failure: { kind: 'refused' } }]);
  ask({ data: { blob: new Uint8Array(), profile: PROFILE } });
  expect(told[1]).toMatchObject({ from: 0, bits: 0, added: [] });
});
