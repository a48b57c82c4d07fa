import { describe, expect, it } from 'vitest';
import { SimBug } from './assert.ts';
import { layout } from './layout.ts';
import { register } from './register.ts';

describe('a register', () => {
  const top = register('TOP', { flag: [31, 31], middle: [23, 16], low: [3, 0] });

  it('reads bit 31 as 1, not as a negative number', () => {
    expect(top.get(0x8000_0000, 'flag')).toBe(1);
    expect(top.get(-1, 'flag')).toBe(1);
  });

  it('answers unsigned words when bit 31 is set', () => {
    expect(top.set(0, 'flag', 1)).toBe(0x8000_0000);
  });

  it('changes the named field and no other bit', () => {
    expect(top.set(0xffff_ffff, 'middle', 0)).toBe(0xff00_ffff);
    expect(top.set(0x1234_5678, 'low', 0xf)).toBe(0x1234_567f);
  });

  it('may be one field of all 32 bits', () => {
    const whole = register('WHOLE', { all: [31, 0] });
    expect(whole.get(0xdead_beef, 'all')).toBe(0xdead_beef);
    expect(whole.set(0, 'all', 0xffff_ffff)).toBe(0xffff_ffff);
  });

  it.each([16, -1, 0x1_0000])('refuses the value %d for four bits', (value) => {
    expect(() => top.set(0, 'low', value)).toThrow(/TOP.low: -?\d+ does not fit/);
  });

  it('refuses fields that share a bit', () => {
    expect(() => register('TWICE', { a: [7, 4], b: [4, 0] })).toThrow('TWICE.b: overlaps');
  });

  it.each([
    [32, 0],
    [0, 1],
    [3, -1],
  ] as const)('refuses the bits %d:%d', (hi, lo) => {
    expect(() => register('ODD', { field: [hi, lo] })).toThrow(SimBug);
  });
});

describe('a layout', () => {
  it('knows where each field begins', () => {
    const pair = layout('pair', 16, [
      ['first', 0, 4, 'int'],
      ['second', 8, 8, 'pointer'],
    ]);
    expect(pair.at).toEqual({ first: 0, second: 8 });
    expect(pair.fields[1]).toEqual({ name: 'second', offset: 8, size: 8, kind: 'pointer' });
  });

  it('refuses fields that overlap, run backwards or past the end', () => {
    const rows = (...offsets: number[]) => offsets.map((at, i) => [`f${i}`, at, 4, 'int'] as const);
    expect(() => layout('s', 16, rows(0, 2))).toThrow('s.f1: out of place');
    expect(() => layout('s', 16, rows(8, 4))).toThrow('s.f1: out of place');
    expect(() => layout('s', 16, rows(14))).toThrow('s.f0: out of place');
  });
});
