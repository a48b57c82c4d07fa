import { readdirSync, readFileSync } from 'node:fs';
import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { get32 } from './bytes.ts';
import { fdtCheckFull } from './check.ts';
import { compileDts } from './compile.ts';
import { decodeBlob, nameOfItem } from './decode.ts';
import { FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_PROP } from './header.layout.ts';
import { fdtGetName, fdtGetpropByOffset } from './read.ts';
import { fdtNextTag, fdtOffDtStruct, fdtVersion, type Next } from './tags.ts';
import { Draw } from './testing/draw.ts';
import { mutateBlob } from './testing/mutate.ts';
import { RandomSource } from './testing/random-source.ts';
import { latin1Bytes } from './tools/io.ts';

const folder = new URL('fixtures/valid/', import.meta.url);
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.dtb'))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));

/** Holds the columns against a walk with the library's own functions, token by token. */
function compare(blob: Uint8Array): void {
  const decoded = decodeBlob(blob);
  const code = fdtCheckFull(blob);
  expect(typeof decoded === 'number' ? decoded : 0).toBe(code);
  if (typeof decoded === 'number') return;
  const next: Next = { offset: 0 };
  const base = fdtOffDtStruct(blob);
  const open: number[] = [];
  for (let item = 0; item < decoded.count; item++) {
    const { offset } = next;
    const tag = fdtNextTag(blob, offset, next);
    const { parent, at, end } = decoded;
    expect([decoded.tag[item], at[item], end[item]]).toEqual([
      tag,
      base + offset,
      base + next.offset,
    ]);
    expect(parent[item]).toBe(open.at(-1) ?? -1);
    if (tag === FDT_BEGIN_NODE) {
      open.push(item);
      const name = nameOfItem(blob, decoded, item);
      if (fdtVersion(blob) >= 16) expect(name).toBe(fdtGetName(blob, offset));
    } else if (tag === FDT_END_NODE) open.pop();
    else if (tag === FDT_PROP) {
      const { valueAt, valueEnd } = decoded;
      const value = blob.subarray(valueAt[item], valueEnd[item]);
      const property = fdtGetpropByOffset(blob, offset);
      if (typeof property === 'number') throw new Error(`code ${property}`);
      // A length near 2^32 wraps, and the check accepts it; such a value has no bytes here.
      const isWrapped = get32(blob, base + offset + 4) > blob.length;
      const wanted = isWrapped ? { value: new Uint8Array(0) } : property;
      expect({ name: nameOfItem(blob, decoded, item), value }).toMatchObject(wanted);
    } else if (tag === FDT_END) expect(item).toBe(decoded.count - 1);
  }
}

describe('the columns of a blob', () => {
  it.each(Array.from(recorded.keys()))('say what a walk over recorded blob %i finds', (i) => {
    compare(recorded[i]!);
  });

  it('say it for random trees of every version', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 3, 16, 17), (seed, version) => {
        const source = latin1Bytes(new RandomSource(seed, 0).source());
        const { blob } = compileDts(source, { version });
        if (blob) compare(blob);
      }),
      { numRuns: 60 },
    );
  });

  it('are refused with the code of the check, and only then, whatever is bent', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(recorded.length - 1), (seed, i) => {
        compare(mutateBlob(new Draw(seed), recorded[i]!));
      }),
      { numRuns: 1500 },
    );
  });

  it('are refused alike for every word that is bent', () => {
    const blob = recorded[1]!;
    for (let at = 0; at < blob.length; at++)
      for (const value of [0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff]) {
        const bent = blob.slice();
        bent[at] = value;
        const decoded = decodeBlob(bent);
        expect(typeof decoded === 'number' ? decoded : 0).toBe(fdtCheckFull(bent));
      }
  });
});
