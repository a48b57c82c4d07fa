import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { get32, set32 } from './bytes.ts';
import { fdtCheckFull } from './check.ts';
import { blobToTree, treeToBlob } from './compile.ts';
import { FDT_ERR } from './error.ts';
import { FDT_MAGIC, FDT_SW_MAGIC, HEADER } from './header.layout.ts';
import { fdtPathOffset } from './lookup.ts';
import { fdtGetprop } from './read.ts';
import { fdtTotalsize } from './tags.ts';
import {
  fdtAddReservemapEntry,
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
  fdtPropertyU32,
  fdtPropertyU64,
} from './write.ts';

const ROOM = 512;
type State = 'never begun' | 'in its reserve map' | 'in its structure' | 'finished';
/** The buffer in each state of the writer. */
const STATES: Record<State, () => Uint8Array> = {
  'never begun': () => new Uint8Array(ROOM),
  'in its reserve map': () => {
    const fdt = new Uint8Array(ROOM);
    fdtCreate(fdt);
    return fdt;
  },
  'in its structure': () => {
    const fdt = STATES['in its reserve map']();
    fdtFinishReservemap(fdt);
    fdtBeginNode(fdt, '');
    return fdt;
  },
  finished: () => {
    const fdt = STATES['in its structure']();
    fdtEndNode(fdt);
    fdtFinish(fdt);
    return fdt;
  },
};

const CALLS: readonly (readonly [name: string, in_: State, call: (fdt: Uint8Array) => number])[] = [
  ['fdtAddReservemapEntry', 'in its reserve map', (fdt) => fdtAddReservemapEntry(fdt, 1n, 2n)],
  ['fdtFinishReservemap', 'in its reserve map', fdtFinishReservemap],
  ['fdtBeginNode', 'in its structure', (fdt) => fdtBeginNode(fdt, 'n')],
  ['fdtEndNode', 'in its structure', fdtEndNode],
  ['fdtProperty', 'in its structure', (fdt) => fdtProperty(fdt, 'p', new Uint8Array(3))],
  ['fdtPropertyString', 'in its structure', (fdt) => fdtPropertyString(fdt, 'p', 'text')],
  ['fdtPropertyU32', 'in its structure', (fdt) => fdtPropertyU32(fdt, 'p', 1)],
  ['fdtPropertyU64', 'in its structure', (fdt) => fdtPropertyU64(fdt, 'p', 1n)],
  ['fdtFinish', 'in its structure', fdtFinish],
];

describe.each(CALLS)('%s', (_name, right, call) => {
  it.each(Object.keys(STATES) as State[])('in a blob that is %s', (state) => {
    const fdt = STATES[state]();
    const before = fdt.slice();
    const code = call(fdt);
    if (state === right) {
      expect(code).toBe(0);
      expect(fdt).not.toEqual(before);
      return;
    }
    expect(code).toBe(state === 'never begun' ? -FDT_ERR.BADMAGIC : -FDT_ERR.BADSTATE);
    expect(fdt).toEqual(before);
  });

  it('answers by a code, whatever an unfinished header claims', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('totalsize', 'off_dt_struct', 'off_dt_strings', 'size_dt_strings'),
        fc.constantFrom(0, 1, 47, ROOM, ROOM + 8, 0x7fffffff, 0xffffffff),
        (field, value) => {
          const fdt = STATES[right]();
          set32(fdt, HEADER[field], value);
          expect(call(fdt)).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});

/** Everything a hand-over writes; the first code that is not 0 ends it (facts 04 §3.5). */
function handOver(fdt: Uint8Array, tree: Uint8Array): { done: number; code: number } {
  const calls = [
    () => fdtCreate(fdt),
    () => fdtFinishReservemap(fdt),
    () => fdtBeginNode(fdt, ''),
    () => fdtPropertyString(fdt, 'compatible', 'multikernel-v1'),
    () => fdtBeginNode(fdt, 'multikernel'),
    () => fdtProperty(fdt, 'dtb-data', tree),
    () => fdtEndNode(fdt),
    () => fdtEndNode(fdt),
    () => fdtFinish(fdt),
  ];
  for (const [done, call] of calls.entries()) {
    const code = call();
    if (code !== 0) return { done, code };
  }
  return { done: calls.length, code: 0 };
}

describe('a buffer', () => {
  const TREE = new Uint8Array(20).fill(0xab);
  /** 160 bytes around the tree, of which the strings take 20: what facts 04 §3.5 computes. */
  const NEEDED = 160 + TREE.length;

  it('of any smaller size is full at some call, and never written behind its end', () => {
    let last = 0;
    for (let size = 0; size <= NEEDED + 4; size++) {
      const guarded = new Uint8Array(size + 8).fill(0x5a);
      const { done, code } = handOver(guarded.subarray(0, size), TREE);
      expect([...guarded.subarray(size)]).toEqual(new Array(8).fill(0x5a));
      expect(code).toBe(size < NEEDED ? -FDT_ERR.NOSPACE : 0);
      expect(done).toBeGreaterThanOrEqual(last);
      last = done;
      if (size < 48) continue;
      expect(get32(guarded, HEADER.magic)).toBe(size < NEEDED ? FDT_SW_MAGIC : FDT_MAGIC);
    }
    expect(last).toBe(9);
  });

  it('that is larger gives the same blob', () => {
    const exact = new Uint8Array(NEEDED);
    handOver(exact, TREE);
    for (const more of [1, 7, 4096]) {
      const fdt = new Uint8Array(NEEDED + more);
      handOver(fdt, TREE);
      expect(fdt.slice(0, fdtTotalsize(fdt))).toEqual(exact);
    }
  });
});

describe('what is written', () => {
  const value = fc.uint8Array({ maxLength: 12 });
  const name = fc.constantFrom('a', 'ba', 'cba', 'x', 'y,z', '#cells');

  it('is read back, names shared or not, and rewritten as the same tree', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 12 }), (properties) => {
        const fdt = new Uint8Array(4096);
        fdtCreate(fdt);
        fdtAddReservemapEntry(fdt, 0x1234n, 0x10n);
        fdtFinishReservemap(fdt);
        fdtBeginNode(fdt, '');
        // One node for each, so that no name comes twice in one.
        for (const [i, [property, bytes]] of properties.entries()) {
          fdtBeginNode(fdt, `n${i}`);
          expect(fdtProperty(fdt, property, bytes)).toBe(0);
          fdtEndNode(fdt);
        }
        fdtEndNode(fdt);
        expect(fdtFinish(fdt)).toBe(0);
        const blob = fdt.slice(0, fdtTotalsize(fdt));
        expect(fdtCheckFull(blob)).toBe(0);
        for (const [i, [property, bytes]] of properties.entries())
          expect(fdtGetprop(blob, fdtPathOffset(blob, `/n${i}`), property)).toEqual(bytes);
        const { tree } = blobToTree(blob);
        const again = tree && treeToBlob(tree, {}, []);
        expect(again && fdtCheckFull(again)).toBe(0);
      }),
      { numRuns: 80 },
    );
  });
});
