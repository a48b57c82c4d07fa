import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

const END = 4 * 1024 ** 3;
const why = (text: string): string => {
  const parsed = parseAddress(text, END);
  return parsed.ok ? '' : parsed.why;
};

describe('the address field', () => {
  it.each([
    ['0x80000440', 0x80000440],
    [' 0x8000_0440 ', 0x80000440],
    ['8192', 8192],
    ['2GiB', 2 * 1024 ** 3],
    ['2GiB + 0x440', 2 * 1024 ** 3 + 0x440],
  ])('takes %s', (text, addr) => {
    expect(parseAddress(text, END)).toEqual({ ok: true, addr });
  });

  it('refuses nonsense in one sentence', () => {
    expect(why('banana')).toContain('“banana” is no address');
    expect(why('')).toContain('Type an address');
    expect(why('0x100000000')).toBe('Memory ends at 0x100000000; 0x100000000 is beyond.');
    expect(why('-5')).toContain('is no address');
    expect(why('0x10+')).toContain('is no address');
  });

  it('guesses what hexadecimal without 0x was meant to be', () => {
    expect(why('8000044f')).toBe('“8000044f” looks like hexadecimal: write 0x8000044f.');
  });

  it('shows addresses in groups', () => {
    expect(formatAddress(0x80000440)).toBe('0x8000_0440');
    expect(formatAddress(0)).toBe('0x0000_0000');
    expect(formatAddress(0x180000000)).toBe('0x1_8000_0000');
  });
});
