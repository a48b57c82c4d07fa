import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { get32, get64 } from './bytes.ts';
import { fdtCheckFull, fdtCheckHeader } from './check.ts';
import { blobToTree, compileDts, treeToBlob, treeToText } from './compile.ts';
import { FDT_ERR } from './error.ts';
import { HEADER } from './header.layout.ts';
import type { Problem } from './problem.ts';
import { fdtGetMemRsv, fdtNumMemRsv } from './read.ts';
import { RandomSource } from './testing/random-source.ts';
import { latin1Bytes } from './tools/io.ts';

const SOURCE = latin1Bytes(
  '/dts-v1/; /memreserve/ 0x1000 0x20; /memreserve/ 0x123456789abcdef0 1;\n' +
    '/ { a = <1 2>; b = [01]; cpus { #address-cells = <1>; #size-cells = <0>; cpu@3 { reg = <3>; }; }; };',
);
const VERSIONS = [1, 2, 3, 16, 17];
const HEADER_BYTES: Readonly<Record<number, number>> = { 1: 28, 2: 32, 3: 36, 16: 36, 17: 40 };
const ALIKE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 1, 16: 16, 17: 16 };

function made(options: Parameters<typeof compileDts>[1], source = SOURCE): Uint8Array {
  const { blob, problems } = compileDts(source, options);
  if (!blob) throw new Error(JSON.stringify(problems));
  return blob;
}
const field = (blob: Uint8Array, name: keyof typeof HEADER): number => get32(blob, HEADER[name]);

describe.each(VERSIONS)('a blob of version %i', (version) => {
  const blob = made({ version });

  it('says so, and which readers can read it', () => {
    expect(field(blob, 'version')).toBe(version);
    expect(field(blob, 'last_comp_version')).toBe(ALIKE[version]);
    expect(field(blob, 'totalsize')).toBe(blob.length);
  });

  it('has the header of its version, and the reserve map at a multiple of eight behind it', () => {
    const reserve = field(blob, 'off_mem_rsvmap');
    expect(reserve % 8).toBe(0);
    expect(reserve).toBe(Math.ceil(HEADER_BYTES[version]! / 8) * 8);
    if (version >= 2) expect(field(blob, 'boot_cpuid_phys')).toBe(3);
    if (version >= 3) {
      const strings = field(blob, 'off_dt_strings');
      expect(field(blob, 'size_dt_strings')).toBe(blob.length - strings);
    }
    if (version >= 17)
      expect(field(blob, 'size_dt_struct')).toBe(
        field(blob, 'off_dt_strings') - field(blob, 'off_dt_struct'),
      );
  });

  it('has the reserve map whole, and zeros at its end', () => {
    const at = field(blob, 'off_mem_rsvmap');
    const words = Array.from({ length: 6 }, (_, i) => get64(blob, at + 8 * i));
    expect(words).toEqual([0x1000n, 0x20n, 0x123456789abcdef0n, 1n, 0n, 0n]);
    expect(field(blob, 'off_dt_struct')).toBe(at + 48);
  });

  it('is read back as the same tree', () => {
    const { tree, problems } = blobToTree(blob);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(treeToText(tree!)).toBe(treeToText(blobToTree(made({})).tree!));
    const again: Problem[] = [];
    expect(treeToBlob(tree!, { version }, again)).toEqual(blob);
  });
});

describe('sizes that are asked for', () => {
  const plain = made({});
  const end = (blob: Uint8Array): number =>
    field(blob, 'off_dt_strings') + field(blob, 'size_dt_strings');

  it('of padding are added behind the strings', () => {
    fc.assert(
      fc.property(fc.nat(200), (pad) => {
        const blob = made({ pad });
        expect(blob.length).toBe(plain.length + pad);
        expect(field(blob, 'totalsize')).toBe(blob.length);
        expect(blob.subarray(end(blob)).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it('of the whole are reached, or exceeded with a warning', () => {
    fc.assert(
      fc.property(fc.nat(2 * plain.length), (space) => {
        const { blob, problems } = compileDts(SOURCE, { space });
        expect(blob!.length).toBe(Math.max(plain.length, space));
        const isWarned = problems.some(({ kind }) => kind === 'space');
        expect(isWarned).toBe(space > 0 && space < plain.length);
      }),
    );
  });

  it('of alignment make a multiple, of padding too', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(50), (power, pad) => {
        const align = 2 ** power;
        const blob = made({ align, pad });
        expect(blob.length % align).toBe(0);
        expect(blob.length - plain.length - pad).toBeLessThan(Math.max(align, 1));
      }),
    );
  });

  it('of slots in the reserve map are zeros nobody counts', () => {
    for (let reserveSlots = 0; reserveSlots < 5; reserveSlots++) {
      const blob = made({ reserveSlots });
      expect(blob.length).toBe(plain.length + 16 * reserveSlots);
      expect(fdtNumMemRsv(blob)).toBe(2);
      expect(fdtGetMemRsv(blob, 2 + reserveSlots)).toEqual({ address: 0n, size: 0n });
    }
  });

  it('leave a sound blob, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(99), fc.nat(3), fc.nat(6), (seed, pad, reserveSlots, power) => {
        const source = latin1Bytes(new RandomSource(seed, 0).source());
        const { blob } = compileDts(source, { pad, reserveSlots, align: 2 ** power });
        if (!blob) return;
        expect([fdtCheckHeader(blob), fdtCheckFull(blob)]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('and versions that nobody writes are refused', () => {
    for (const version of [0, 4, 5, 15, 18, 99]) {
      const { blob, status, problems } = compileDts(SOURCE, { version });
      expect([blob, status, problems.at(-1)?.kind]).toEqual([undefined, 1, 'semantic']);
    }
  });

  it('of the boot CPU are what the option says, else the first CPU', () => {
    expect(field(plain, 'boot_cpuid_phys')).toBe(3);
    expect(field(made({ bootCpu: 7 }), 'boot_cpuid_phys')).toBe(7);
    expect(field(made({ bootCpu: -1 }), 'boot_cpuid_phys')).toBe(0xffffffff);
  });
});

describe('libfdt, of the versions', () => {
  it('reads 3, 16 and 17, and no version 1', () => {
    const codes = VERSIONS.map((version) => fdtCheckHeader(made({ version })));
    expect(codes[0]).toBe(-FDT_ERR.BADVERSION);
    expect(codes.slice(2)).toEqual([0, 0, 0]);
  });
});
