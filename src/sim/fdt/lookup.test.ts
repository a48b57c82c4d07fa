import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { set32 } from './bytes.ts';
import { compileDts } from './compile.ts';
import { decodeBlob, nameOfItem } from './decode.ts';
import { FDT_ERR } from './error.ts';
import { FDT_BEGIN_NODE, HEADER } from './header.layout.ts';
import {
  fdtFindMaxPhandle,
  fdtGetPath,
  fdtGetPhandle,
  fdtNodeCheckCompatible,
  fdtNodeOffsetByCompatible,
  fdtNodeOffsetByPhandle,
  fdtParentOffset,
  fdtPathOffset,
  fdtStringlistContains,
  fdtSubnodeOffset,
} from './lookup.ts';
import { fdtGetName } from './read.ts';
import { fdtFirstSubnode, fdtNextNode, fdtNextSubnode, fdtOffDtStruct } from './tags.ts';
import { RandomSource } from './testing/random-source.ts';
import { latin1Bytes } from './tools/io.ts';

const blobOf = (source: string, version = 17): Uint8Array => {
  const { blob, problems } = compileDts(latin1Bytes(source), { version });
  if (!blob) throw new Error(JSON.stringify(problems));
  return blob;
};
/** Blobs of random sources; those that do not compile are left out. */
const anyBlob = fc.nat().chain((seed) =>
  fc.constantFrom(3, 16, 17).map((version) => {
    const source = latin1Bytes(new RandomSource(seed, 0).source());
    return compileDts(source, { version }).blob ?? blobOf('/dts-v1/; / { a { b; }; };', version);
  }),
);

/** Offsets of all nodes in the structure block, with their parents, as the decoder sees them. */
function nodesOf(blob: Uint8Array): { offset: number; parent: number; name: string }[] {
  const decoded = decodeBlob(blob);
  if (typeof decoded === 'number') throw new Error(`code ${decoded}`);
  const base = fdtOffDtStruct(blob);
  const offsetOf = (item: number): number => (item < 0 ? -1 : decoded.at[item]! - base);
  return Array.from(decoded.tag.subarray(0, decoded.count).keys())
    .filter((item) => decoded.tag[item] === FDT_BEGIN_NODE)
    .map((item) => ({
      offset: offsetOf(item),
      parent: offsetOf(decoded.parent[item]!),
      name: nameOfItem(blob, decoded, item),
    }));
}

/** A name without its unit address. */
const bare = (name: string | number): string => String(name).replace(/@.*/, '');

/**
 * Where a path leads, name by name: to the first child that has the name, or has it with a unit
 * address when the path gives none. That may be another node than the one whose path it is.
 */
function followed(nodes: ReturnType<typeof nodesOf>, path: string): number {
  const isIt = (name: string, part: string): boolean =>
    name === part || (!part.includes('@') && name.startsWith(`${part}@`));
  let at = nodes[0]!.offset;
  for (const part of path.split('/').filter((each) => each !== '')) {
    const child = nodes.find(
      ({ parent, name }) => parent === at && isIt(name.slice(name.lastIndexOf('/') + 1), part),
    );
    if (!child) return -FDT_ERR.NOTFOUND;
    at = child.offset;
  }
  return at;
}

describe('nodes of any blob', () => {
  it('are found by the path they have, one after the other, each below its parent', () => {
    fc.assert(
      fc.property(anyBlob, (blob) => {
        let walked = fdtNextNode(blob, -1);
        const nodes = nodesOf(blob);
        for (const { offset, parent } of nodes) {
          expect(walked).toBe(offset);
          walked = fdtNextNode(blob, offset);
          const path = fdtGetPath(blob, offset);
          if (typeof path === 'number') throw new Error(`code ${path}`);
          expect(fdtPathOffset(blob, path)).toBe(followed(nodes, path));
          expect(fdtParentOffset(blob, offset)).toBe(parent < 0 ? -FDT_ERR.NOTFOUND : parent);
        }
        expect(walked).toBe(-FDT_ERR.NOTFOUND);
      }),
      { numRuns: 300 },
    );
  });

  it('are the children of one node each', () => {
    fc.assert(
      fc.property(anyBlob, (blob) => {
        const nodes = nodesOf(blob);
        for (const { offset } of nodes) {
          const children: number[] = [];
          let child = fdtFirstSubnode(blob, offset);
          for (; child >= 0; child = fdtNextSubnode(blob, child)) children.push(child);
          expect(child).toBe(-FDT_ERR.NOTFOUND);
          expect(children).toEqual(
            nodes.filter(({ parent }) => parent === offset).map((each) => each.offset),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have names a parent finds them by, with the unit address and without', () => {
    fc.assert(
      fc.property(anyBlob, (blob) => {
        for (const { offset, parent } of nodesOf(blob)) {
          const name = fdtGetName(blob, offset);
          if (parent < 0 || typeof name === 'number') continue;
          const found = fdtSubnodeOffset(blob, parent, name);
          expect(bare(fdtGetName(blob, found))).toBe(bare(name));
          if (bare(name) !== '')
            expect(fdtSubnodeOffset(blob, parent, bare(name))).toBeGreaterThan(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are found by their phandle, and none has a larger one than the largest', () => {
    fc.assert(
      fc.property(anyBlob, (blob) => {
        const max = fdtFindMaxPhandle(blob);
        let seen = 0;
        for (const { offset } of nodesOf(blob)) {
          const phandle = fdtGetPhandle(blob, offset);
          seen = Math.max(seen, phandle);
          if (phandle === 0 || phandle === 0xffffffff) continue;
          expect(fdtGetPhandle(blob, fdtNodeOffsetByPhandle(blob, phandle))).toBe(phandle);
        }
        expect(max).toBe(seen);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a list of strings', () => {
  const list = (...texts: readonly string[]): Uint8Array =>
    latin1Bytes(texts.map((text) => `${text}\0`).join(''));

  it('holds its entries whole, and nothing else', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ','), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (words, wanted) => {
        expect(fdtStringlistContains(list(...words), wanted)).toBe(words.includes(wanted));
      }),
    );
  });

  it('of compatible strings says 0, 1 or a code', () => {
    const blob = blobOf(
      '/dts-v1/; / { compatible = "a", "bc"; n { }; m { compatible = "bc"; }; o { compatible = "bc"; }; };',
    );
    expect(['a', 'bc', 'b', 'abc'].map((text) => fdtNodeCheckCompatible(blob, 0, text))).toEqual([
      0, 0, 1, 1,
    ]);
    expect(fdtNodeCheckCompatible(blob, fdtPathOffset(blob, '/n'), 'a')).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtNodeCheckCompatible(blob, 4, 'a')).toBe(-FDT_ERR.BADOFFSET);
    const found: number[] = [];
    let at = fdtNodeOffsetByCompatible(blob, -1, 'bc');
    for (; at >= 0; at = fdtNodeOffsetByCompatible(blob, at, 'bc')) found.push(at);
    expect(found.map((node) => fdtGetPath(blob, node))).toEqual(['/', '/m', '/o']);
    expect(at).toBe(-FDT_ERR.NOTFOUND);
  });
});

describe('looking into what is no sound blob', () => {
  const good = blobOf('/dts-v1/; / { a { b { c; }; }; };');
  const bent = (field: keyof typeof HEADER, value: number): Uint8Array => {
    const blob = good.slice();
    set32(blob, HEADER[field], value);
    return blob;
  };
  const LOOKS: readonly (readonly [string, (blob: Uint8Array) => unknown])[] = [
    ['fdtPathOffset', (blob) => fdtPathOffset(blob, '/a/b')],
    ['fdtGetPath', (blob) => fdtGetPath(blob, 8)],
    ['fdtParentOffset', (blob) => fdtParentOffset(blob, 8)],
    ['fdtSubnodeOffset', (blob) => fdtSubnodeOffset(blob, 0, 'a')],
    ['fdtNodeOffsetByPhandle', (blob) => fdtNodeOffsetByPhandle(blob, 1)],
    ['fdtNodeOffsetByCompatible', (blob) => fdtNodeOffsetByCompatible(blob, -1, 'a')],
  ];

  it.each(LOOKS)('%s answers by the code of the header', (_name, look) => {
    expect(look(bent('magic', 0))).toBe(-FDT_ERR.BADMAGIC);
    expect(look(bent('magic', 0x2ff20112))).not.toBe(-FDT_ERR.BADMAGIC);
    expect(look(bent('version', 1))).toBe(-FDT_ERR.BADVERSION);
    expect(look(bent('last_comp_version', 18))).toBe(-FDT_ERR.BADVERSION);
    expect(look(bent('totalsize', 0x7fffffff))).toBe(-FDT_ERR.TRUNCATED);
  });

  it.each(LOOKS)('%s answers by a code where the structure ends too early', (_name, look) => {
    for (let size = 0; size < 48; size += 4) {
      const answer = look(bent('size_dt_struct', size));
      expect(typeof answer === 'number' || typeof answer === 'string').toBe(true);
    }
    expect(look(bent('size_dt_struct', 0))).toBeLessThan(0);
  });
});
