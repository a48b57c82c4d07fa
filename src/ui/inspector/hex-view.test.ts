import { describe, expect, it } from 'vitest';
import { aimedAt, changedBytes, moved, printable, scrolledTo } from './hex-view.ts';

const size = { rows: 10, end: 0x1000, ctrl: false };

describe('keys of the hex view', () => {
  it.each([
    ['ArrowLeft', 0x105, 0x104],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 0xfff, 0xfff],
    ['ArrowUp', 0x105, 0xf5],
    ['ArrowUp', 5, 5],
    ['ArrowDown', 0xff5, 0xff5],
    ['PageDown', 0x105, 0x195],
    ['PageDown', 0xff5, 0xff5],
    ['PageUp', 0x105, 0x75],
    ['PageUp', 0x15, 5],
    ['Home', 0x105, 0x100],
    ['End', 0x105, 0x10f],
  ])('%s goes from %i to %i', (key, from, to) => {
    expect(moved(from, key, size)).toBe(to);
  });

  it('go to both ends of memory with Ctrl', () => {
    expect(moved(0x105, 'Home', { ...size, ctrl: true })).toBe(0);
    expect(moved(0x105, 'End', { ...size, ctrl: true })).toBe(0xfff);
  });

  it('are no others', () => {
    expect(moved(0x105, 'a', size)).toBeUndefined();
  });
});

describe('scrolling', () => {
  it('moves no more than it must', () => {
    expect(scrolledTo(0x150, 0x100, 10)).toBe(0x100);
    expect(scrolledTo(0xf0, 0x100, 10)).toBe(0xf0);
    expect(scrolledTo(0x1a5, 0x100, 10)).toBe(0x110);
  });

  it('leaves air above what it aims at, and ends with memory', () => {
    expect(aimedAt(0x440, 0x1000, 10)).toBe(0x430);
    expect(aimedAt(0, 0x1000, 10)).toBe(0);
    expect(aimedAt(0xff0, 0x1000, 10)).toBe(0xf60);
  });
});

describe('bytes', () => {
  it('that changed are found where both readings have them', () => {
    const before = { addr: 0x100, bytes: Uint8Array.of(1, 2, 3, 4) };
    const now = { addr: 0x102, bytes: Uint8Array.of(3, 9, 9) };
    expect([...changedBytes(now, before)]).toEqual([0x103]);
    expect(changedBytes(now, undefined).size).toBe(0);
  });

  it('print where they can', () => {
    expect([0x41, 0, 0x7f, 0xff].map(printable).join('')).toBe('A···');
  });
});
