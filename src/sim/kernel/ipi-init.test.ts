import { describe, expect, it } from 'vitest';
import { memparse } from './ipi-init.ts';

describe('memparse', () => {
  it.each([
    ['0x10100000', 0x10100000n],
    ['4096', 4096n],
    ['010', 8n],
    ['4M', 0x400000n],
    ['0x1g,and more', 0x40000000n],
    ['08', 0n],
    ['0x', 0n],
    ['abc', 0n],
    ['', 0n],
    ['99999999999999999999', 0xffffffffffffffffn],
    ['16E', 0n],
  ])('%s is %s', (text, value) => {
    expect(memparse(text)).toBe(value);
  });
});
