import { describe, expect, it } from 'vitest';
import { formatSpan, formatTick, formatTime } from './time.ts';

describe('simulated time', () => {
  it('keeps its digits as a moment', () => {
    expect([14382, 0, 999_999, 1_000_000, 2.5e9].map(formatTime)).toEqual([
      ...['14.382 µs', '0.000 µs', '999.999 µs', '1.000 ms', '2.500 s'],
    ]);
  });

  it('is short as a span', () => {
    expect([40, 1500, 1000, 123_456, 12_000_000].map(formatSpan)).toEqual([
      ...['40 ns', '1.5 µs', '1 µs', '123 µs', '12 ms'],
    ]);
  });

  it('has the digits a tick needs', () => {
    expect(formatTick(14_200, 200)).toBe('14.2 µs');
    expect(formatTick(14_000, 1000)).toBe('14 µs');
    expect(formatTick(600, 200)).toBe('600 ns');
    expect(formatTick(1_000_000, 500)).toBe('1.0000 ms');
    expect(formatTick(0, 200)).toBe('0');
  });
});
