import { describe, expect, it } from 'vitest';
import { ERRNO, errnoName } from './errno.ts';
import { fromHex, hex, toHex } from './hex.ts';
import { nextRandom, seedRandom } from './rng.ts';
import { formatSize, parseSize, roundDown, roundUp } from './units.ts';

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['0x1000', 4096],
    ['0X10', 16],
    ['64K', 65536],
    ['64kb', 65536],
    ['64KiB', 65536],
    ['256M', 256 * 1024 ** 2],
    ['4GiB', 4 * 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['2T', 2 * 1024 ** 4],
    ['0x1b', 27],
    [' 1 KiB ', 1024],
  ])('read %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    'K',
    '-1',
    '+1',
    '1e3',
    '0x',
    '0xg',
    '1.5',
    '1..5K',
    '1KK',
    '1Q',
    '4 GiB 2',
    '9000000T',
  ])('are not %s', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it('are shown in the largest unit that fits, and with one decimal where it does not divide', () => {
    expect([17, 4096, 256 * 1024 ** 2, 1536, 1024 ** 5].map(formatSize)).toEqual([
      '17 B',
      '4 KiB',
      '256 MiB',
      '1.5 KiB',
      '1024 TiB',
    ]);
  });

  it('round addresses above 4 GiB without losing bits', () => {
    expect(roundUp(2 ** 40 + 1, 4096)).toBe(2 ** 40 + 4096);
    expect(roundDown(2 ** 40 + 4097, 4096)).toBe(2 ** 40 + 4096);
  });
});

describe('errno', () => {
  it('has the numbers Linux has', () => {
    // include/uapi/asm-generic/errno-base.h, errno.h
    expect(ERRNO).toMatchObject({
      ...{ EPERM: 1, ENOENT: 2, ENOEXEC: 8, ENOMEM: 12, EFAULT: 14, EBUSY: 16, EEXIST: 17 },
      ...{ ENODEV: 19, EINVAL: 22, ENOSPC: 28, EMSGSIZE: 90, EOPNOTSUPP: 95 },
    });
  });

  it('has no number twice', () => {
    expect(new Set(Object.values(ERRNO)).size).toBe(Object.keys(ERRNO).length);
  });

  it('is named with its sign, and a number without a name stays a number', () => {
    expect([errnoName(-22), errnoName(90), errnoName(-77)]).toEqual(['-EINVAL', 'EMSGSIZE', '-77']);
  });
});

describe('hexadecimal text', () => {
  it('goes back and forth', () => {
    expect(toHex([0, 1, 0xa1, 0xff])).toBe('0001a1ff');
    expect(fromHex('0x0001A1ff')).toEqual(Uint8Array.of(0, 1, 0xa1, 0xff));
    expect(hex(2 ** 52, 1)).toBe('0x10000000000000');
  });

  it.each(['1', '0x1', 'zz', '0x0x'])('is not %s', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });
});

describe('the generator', () => {
  const draw = (seed: number, count: number): number[] => {
    const drawn: number[] = [];
    for (let state = seedRandom(seed); drawn.length < count;) {
      state = nextRandom(state);
      drawn.push(state);
    }
    return drawn;
  };

  it('gives the same numbers for the same seed, for ever', () => {
    expect(draw(42, 3)).toEqual(draw(42, 3));
    // Pinned: saved sessions and hashes depend on them.
    expect(draw(1, 3)).toMatchInlineSnapshot(`
      [
        -1266542693,
        944806083,
        1112883591,
      ]
    `);
  });

  it('gives other numbers for seeds that are neighbours', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => draw(seed, 1)[0]);
    expect(new Set(firsts).size).toBe(1000);
  });

  it('never sticks, whatever the seed', () => {
    for (let seed = 0; seed < 2000; seed++) expect(seedRandom(seed)).not.toBe(0);
    const state = nextRandom(0);
    expect(state).not.toBe(0);
    expect(nextRandom(state)).not.toBe(state);
  });
});
