import { readFileSync, readdirSync } from 'node:fs';
import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { get32, set32, textOf } from './bytes.ts';
import { compileDts } from './compile.ts';
import { nameOfItem } from './decode.ts';
import { FDT_ERR } from './error.ts';
import { FDT_BEGIN_NODE, HEADER } from './header.layout.ts';
import { fdtPathOffset } from './lookup.ts';
import { mapBlob, rangeAt, type BlobMap } from './map.ts';
import { RANGE, RANGE_KINDS } from './kinds.layout.ts';
import { fdtGetprop } from './read.ts';
import { Draw } from './testing/draw.ts';
import { mutateBlob } from './testing/mutate.ts';
import { RandomSource } from './testing/random-source.ts';
import { latin1Bytes } from './tools/io.ts';

const folder = new URL('fixtures/valid/', import.meta.url);
const blobs = readdirSync(folder).filter((name) => name.endsWith('.dtb'));
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

function mapOf(blob: Uint8Array): BlobMap {
  const map = mapBlob(blob);
  if (typeof map === 'number') throw new Error(`refused with ${map}`);
  return map;
}

/** Every byte of a blob belongs to one range, and no range is empty. */
function expectCover({ count, from }: BlobMap, bytes: number): void {
  expect(from[0]).toBe(0);
  for (let i = 0; i < count; i++) expect(from[i + 1]).toBeGreaterThan(from[i]!);
  expect(from[count]).toBe(bytes);
}

const kindAt = (map: BlobMap, at: number) => RANGE_KINDS[map.kind[rangeAt(map, at)]!];

describe('the map of a blob', () => {
  it.each(blobs)('covers every byte of %s once', (name) => {
    const blob = load(name);
    expectCover(mapOf(blob), blob.length);
  });

  it('covers blobs of every version, with slots, space and a reserve map', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(1, 2, 3, 16, 17),
        fc.nat(40),
        fc.nat(3),
        (seed, version, pad, reserveSlots) => {
          const source = latin1Bytes(new RandomSource(seed, 0).source());
          const { blob } = compileDts(source, { version, pad, reserveSlots });
          const map = blob && mapBlob(blob);
          // libfdt reads no version 1, and of version 2 the size of the strings from behind its header.
          if (typeof map === 'number') expect(version).toBeLessThan(3);
          else if (map) expectCover(map, blob.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('covers whatever passes the check, sorted or not', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...blobs), (seed, name) => {
        const blob = mutateBlob(new Draw(seed), load(name));
        const map = mapBlob(blob);
        if (typeof map === 'number') return;
        const { count, from } = map;
        for (let i = 0; i < count; i++) expect(from[i + 1]).toBeGreaterThan(from[i]!);
        expect(from[0]).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('finds the value of a property by any of its bytes', () => {
    const blob = load('49_multikernel_instances.dtb');
    const map = mapOf(blob);
    const { decoded } = map;
    const ids = Array.from(map.kind.keys()).filter(
      (i) => map.kind[i] === RANGE.value && nameOfItem(blob, decoded, map.item[i]!) === 'id',
    );
    expect(ids.length).toBeGreaterThan(1);
    const [first] = ids;
    const owner = nameOfItem(blob, decoded, decoded.parent[map.item[first!]!]!);
    const node = fdtPathOffset(blob, `/instances/${owner}`);
    const [from, to] = [map.from[first!]!, map.from[first! + 1]!];
    expect(blob.subarray(from, to)).toEqual(fdtGetprop(blob, node, 'id'));
    for (let at = from; at < to; at++) expect(rangeAt(map, at)).toBe(first);
  });

  it('tells header, reserve map, tokens and strings apart', () => {
    const blob = load('03_string_lists.dtb');
    const map = mapOf(blob);
    expect(kindAt(map, 0)).toBe('header');
    expect(kindAt(map, 39)).toBe('header');
    expect(kindAt(map, 40)).toBe('reserve-end');
    expect(kindAt(map, 56)).toBe('token');
    expect(map.decoded.tag[map.item[rangeAt(map, 56)]!]).toBe(FDT_BEGIN_NODE);
    expect(map.kind.at(-1)).toBe(RANGE.string);
    expect(rangeAt(map, 1 << 20)).toBe(-1);
  });

  it('names what lies between the blocks a gap', () => {
    const blob = load('03_string_lists.dtb');
    const spread = new Uint8Array(blob.length + 32);
    const strings = get32(blob, HEADER.off_dt_strings);
    spread.set(blob.subarray(0, strings));
    spread.set(blob.subarray(strings), strings + 32);
    set32(spread, HEADER.off_dt_strings, strings + 32);
    set32(spread, HEADER.totalsize, spread.length);
    const map = mapOf(spread);
    expectCover(map, spread.length);
    expect(kindAt(map, strings + 8)).toBe('gap');
    const first = rangeAt(map, strings + 32);
    expect(textOf(spread, map.from[first]!, map.from[first + 1]! - 1)).toMatch(/^[#\w,-]+$/);
  });

  it('answers what the check answers for a blob that is not sound', () => {
    const blob = load('03_string_lists.dtb');
    blob[0] = 0;
    expect(mapBlob(blob)).toBe(-FDT_ERR.BADMAGIC);
  });
});
