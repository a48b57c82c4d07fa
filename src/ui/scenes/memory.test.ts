import { describe, expect, it } from 'vitest';
import type { RegionFrame } from '../../sim/world/frame.ts';
import { formatAddress, layOutMemory } from './memory.ts';

const region = (start: number, end: number, kind: RegionFrame['kind'] = 'free'): RegionFrame => ({
  ...{ start, end, kind, name: 'kernel segment', kernel: 0, instanceId: 0 },
});
const MACHINE = [
  region(0, 0x100000),
  region(0x100000, 0x500000, 'host'),
  region(0x500000, 0x501000, 'kho'),
  region(0x501000, 0x80000000),
  region(0x80000000, 0x80001000, 'ipi'),
  region(0x80001000, 0x80003000, 'image'),
  region(0x80003000, 0x90000000, 'instance'),
  region(0x90000000, 0xc0000000, 'pool'),
  region(0xc0000000, 0x100000000),
];

describe('the memory strip', () => {
  it.each([360, 700, 1200])('fills %d px without gaps, in the order of addresses', (width) => {
    const strip = layOutMemory(MACHINE, width);
    let x = 0;
    for (const stretch of strip) {
      expect(stretch.x).toBeCloseTo(x);
      expect(stretch.width).toBeGreaterThan(4);
      x += stretch.width;
    }
    expect(x).toBeCloseTo(width);
  });

  it('names one page of IPIs beside gigabytes', () => {
    const strip = layOutMemory(MACHINE, 700);
    expect(strip[4]!.label).toBe('IPI');
    expect(strip[3]!).toMatchObject({ label: 'host memory', size: '2.0 GiB' });
    expect(strip[3]!.width).toBeGreaterThan(strip[4]!.width);
  });

  it('never writes a label that is wider than its stretch', () => {
    for (const { label, width } of layOutMemory(MACHINE, 500)) {
      expect(label.length * 6.5).toBeLessThan(width);
    }
  });

  it('takes hundreds of regions', () => {
    const many = Array.from({ length: 300 }, (_, i) => region(i * 4096, (i + 1) * 4096));
    const strip = layOutMemory(many, 600);
    expect(strip.at(-1)!.x + strip.at(-1)!.width).toBeCloseTo(600);
  });

  it('is empty without memory', () => {
    expect(layOutMemory([], 600)).toEqual([]);
  });
});

it('writes addresses in groups of four digits', () => {
  expect([0, 0x80000440, 0x1_0000_0000].map(formatAddress)).toEqual([
    ...['0x0000_0000', '0x8000_0440', '0x1_0000_0000'],
  ]);
});
