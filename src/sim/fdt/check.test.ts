import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../base/hex.ts';
import { fdtCheckFull, fdtCheckHeader } from './check.ts';
import { FDT_ERR, fdtStrerror } from './error.ts';

interface Verdict {
  name: string;
  hex: string;
  fdt_check_header: number;
  fdt_check_full: number;
}

const corrupt = readFileSync(new URL('fixtures/corrupt.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Verdict);
const intact = (): Uint8Array => fromHex(corrupt[0]!.hex)!;

describe('what libfdt says of a blob', () => {
  it.each(corrupt)('$name', ({ hex, ...verdict }) => {
    const blob = fromHex(hex)!;
    expect({
      name: verdict.name,
      fdt_check_header: fdtCheckHeader(blob),
      fdt_check_full: fdtCheckFull(blob),
    }).toEqual(verdict);
  });

  it('refuses an address that is no multiple of eight before it looks at the bytes', () => {
    expect(fdtCheckHeader(intact(), 0x10000004)).toBe(-FDT_ERR.ALIGNMENT);
    expect(fdtCheckHeader(intact(), 0x10000008)).toBe(0);
  });

  it('refuses every blob that is cut short', () => {
    const blob = intact();
    for (let length = 0; length < blob.length; length++)
      expect(fdtCheckFull(blob.subarray(0, length))).toBe(-FDT_ERR.TRUNCATED);
  });

  it('never reads outside its bytes, whatever single byte is changed', () => {
    const blob = intact();
    for (let at = 0; at < blob.length; at++) {
      for (const value of [0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff]) {
        const bent = Uint8Array.from(blob);
        bent[at] = value;
        expect(fdtCheckFull(bent)).toBeLessThanOrEqual(0);
      }
    }
  });

  it('calls its codes by the names of libfdt', () => {
    expect(fdtStrerror(-3)).toBe('FDT_ERR_NOSPACE');
    expect(fdtStrerror(-18)).toBe('FDT_ERR_BADFLAGS');
    expect(fdtStrerror(0)).toBe('no error');
    expect(fdtStrerror(-99)).toBe('unknown error -99');
  });
});
