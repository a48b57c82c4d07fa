import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../base/hex.ts';
import { fdtCheckFull, fdtCheckHeader } from './check.ts';
import { FDT_ERR } from './error.ts';
import { FDT_SW_MAGIC } from './header.layout.ts';
import { fdtNodeCheckCompatible, fdtPathOffset } from './lookup.ts';
import { fdtFirstPropertyOffset, fdtGetprop } from './read.ts';
import { fdtMagic, fdtSizeDtStrings, fdtTotalsize } from './tags.ts';
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

const kho = readFileSync(new URL('fixtures/kho-blobs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { name: string; dtb: string; fdt: string });

/** The hand-over tree around `dtb`, call by call; the codes each call answered. */
function handOver(page: Uint8Array, dtb: Uint8Array): number[] {
  return [
    fdtCreate(page),
    fdtFinishReservemap(page),
    fdtBeginNode(page, ''),
    fdtPropertyString(page, 'compatible', 'multikernel-v1'),
    fdtBeginNode(page, 'multikernel'),
    fdtProperty(page, 'dtb-data', dtb),
    fdtEndNode(page),
    fdtEndNode(page),
    fdtFinish(page),
  ];
}

const blobOf = (page: Uint8Array): Uint8Array => page.subarray(0, fdtTotalsize(page));

describe('the sequential writer', () => {
  it.each(kho)('writes the hand-over tree "$name" byte for byte', ({ dtb, fdt }) => {
    const page = new Uint8Array(4096).fill(0xa5);
    expect(handOver(page, fromHex(dtb)!)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(toHex(blobOf(page))).toBe(fdt);
  });

  it.each([
    [3936, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [3940, [0, 0, 0, 0, 0, 0, 0, 0, -3]],
    [3944, [0, 0, 0, 0, 0, 0, 0, -3, -3]],
    [3948, [0, 0, 0, 0, 0, 0, -3, -3, -3]],
    [3952, [0, 0, 0, 0, 0, -3, 0, 0, 0]],
  ])('around %i bytes in a page of 4096 answers %j', (size, codes) => {
    const page = new Uint8Array(4096);
    expect(handOver(page, new Uint8Array(size))).toEqual(codes);
    const isFinished = codes.at(-1) === 0;
    expect(fdtCheckHeader(page)).toBe(isFinished ? 0 : -FDT_ERR.BADMAGIC);
    if (isFinished) expect(fdtTotalsize(page)).toBe(size === 3936 ? 4096 : 139);
    else expect(fdtMagic(page)).toBe(FDT_SW_MAGIC);
  });

  it('takes a name back when its property does not fit', () => {
    const page = new Uint8Array(128);
    fdtCreate(page);
    fdtFinishReservemap(page);
    fdtBeginNode(page, '');
    expect(fdtProperty(page, 'big', new Uint8Array(64))).toBe(-FDT_ERR.NOSPACE);
    expect(fdtSizeDtStrings(page)).toBe(0);
    expect([fdtEndNode(page), fdtFinish(page), fdtCheckFull(page)]).toEqual([0, 0, 0]);
  });

  it('shares a name that is the end of another', () => {
    const page = new Uint8Array(256);
    fdtCreate(page);
    fdtFinishReservemap(page);
    fdtBeginNode(page, '');
    fdtPropertyU32(page, 'linux,phandle', 1);
    fdtPropertyU32(page, 'phandle', 2);
    fdtPropertyU64(page, 'reg', 0x1_0000_0002n);
    fdtEndNode(page);
    fdtFinish(page);
    expect(fdtSizeDtStrings(page)).toBe('linux,phandle\0reg\0'.length);
    expect(fdtGetprop(page, 0, 'phandle')).toEqual(Uint8Array.of(0, 0, 0, 2));
    expect(fdtGetprop(page, 0, 'reg')).toEqual(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2));
  });

  it('needs room for the header and the reserve map', () => {
    expect(fdtCreate(new Uint8Array(47))).toBe(-FDT_ERR.NOSPACE);
    const page = new Uint8Array(63);
    expect(fdtCreate(page)).toBe(0);
    expect(fdtFinishReservemap(page)).toBe(-FDT_ERR.NOSPACE);
    expect(fdtBeginNode(page, '')).toBe(-FDT_ERR.BADSTATE);
  });

  it('refuses calls out of turn', () => {
    const page = new Uint8Array(256);
    expect(fdtBeginNode(page, '')).toBe(-FDT_ERR.BADMAGIC);
    fdtCreate(page);
    expect(fdtBeginNode(page, '')).toBe(-FDT_ERR.BADSTATE);
    expect(fdtPropertyU32(page, 'a', 1)).toBe(-FDT_ERR.BADSTATE);
    expect(fdtFinish(page)).toBe(-FDT_ERR.BADSTATE);
    expect(fdtPathOffset(page, '/')).toBe(-FDT_ERR.BADSTATE);
    expect(fdtAddReservemapEntry(page, 0x1000n, 0x2000n)).toBe(0);
    expect(fdtFinishReservemap(page)).toBe(0);
    expect(fdtAddReservemapEntry(page, 1n, 1n)).toBe(-FDT_ERR.BADSTATE);
    fdtBeginNode(page, '');
    fdtEndNode(page);
    expect(fdtFinish(page)).toBe(0);
    expect(fdtEndNode(page)).toBe(-FDT_ERR.BADSTATE);
    expect(fdtFinish(page)).toBe(-FDT_ERR.BADSTATE);
  });

  it('can be read while it is unfinished, names included', () => {
    const page = new Uint8Array(256);
    fdtCreate(page);
    fdtFinishReservemap(page);
    fdtBeginNode(page, '');
    fdtPropertyString(page, 'compatible', 'multikernel-v1');
    expect(fdtFirstPropertyOffset(page, 0)).toBe(8);
    expect(fdtNodeCheckCompatible(page, 0, 'multikernel-v1')).toBe(0);
    expect(fdtNodeCheckCompatible(page, 0, 'multikernel')).toBe(1);
  });
});
