import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FDT_ERR } from './error.ts';
import { mapBlob, rangeAt } from './map.ts';
import { fdtGetprop } from './read.ts';
import { fdtPathOffset } from './lookup.ts';

const folder = new URL('fixtures/valid/', import.meta.url);
const blobs = readdirSync(folder).filter((name) => name.endsWith('.dtb'));
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

describe('the map of a blob', () => {
  it.each(blobs)('covers every byte of %s once', (name) => {
    const blob = load(name);
    const ranges = mapBlob(blob);
    if (typeof ranges === 'number') throw new Error(`refused with ${ranges}`);
    let at = 0;
    for (const { from, to } of ranges) {
      expect(from).toBe(at);
      expect(to).toBeGreaterThan(from);
      at = to;
    }
    expect(at).toBe(blob.length);
  });

  it('finds the value of a property by any of its bytes', () => {
    const blob = load('49_multikernel_instances.dtb');
    const ranges = mapBlob(blob);
    if (typeof ranges === 'number') throw new Error(`refused with ${ranges}`);
    const value = ranges.find(({ kind, path, property }) => {
      return kind === 'value' && path?.startsWith('/instances/') && property === 'id';
    })!;
    const node = fdtPathOffset(blob, value.path!);
    expect(blob.subarray(value.from, value.to)).toEqual(fdtGetprop(blob, node, 'id'));
    for (let at = value.from; at < value.to; at++) expect(rangeAt(ranges, at)).toBe(value);
  });

  it('names header fields, the end of the reserve map and the strings', () => {
    const ranges = mapBlob(load('03_string_lists.dtb'));
    if (typeof ranges === 'number') throw new Error(`refused with ${ranges}`);
    expect(rangeAt(ranges, 0)).toMatchObject({ kind: 'header', label: 'magic' });
    expect(rangeAt(ranges, 39)).toMatchObject({ kind: 'header', label: 'size_dt_struct' });
    expect(rangeAt(ranges, 40)).toMatchObject({ kind: 'reserve-end' });
    expect(rangeAt(ranges, 56)).toMatchObject({
      kind: 'token',
      label: 'FDT_BEGIN_NODE',
      path: '/',
    });
    expect(ranges.at(-1)).toMatchObject({ kind: 'string' });
    expect(rangeAt(ranges, 1 << 20)).toBeUndefined();
  });

  it('answers what the check answers for a blob that is not sound', () => {
    const blob = load('03_string_lists.dtb');
    blob[0] = 0;
    expect(mapBlob(blob)).toBe(-FDT_ERR.BADMAGIC);
  });
});
