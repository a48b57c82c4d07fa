import { describe, expect, it } from 'vitest';
import { deviceTreesFor, kindOf } from './file-kinds.ts';

const text = (words: string) => new TextEncoder().encode(words);
const BLOB = Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 40);

describe('files of a visitor', () => {
  it('are told apart by ending, and .txt by content', () => {
    expect(kindOf('a.md', text('# A'))).toBe('lesson');
    expect(kindOf('a.DTS', text('/dts-v1/; / {};'))).toBe('dts');
    expect(kindOf('a.dtb', BLOB)).toBe('dtb');
    expect(kindOf('a.txt', text('// mine\n/dts-v1/ ;\n/ {};'))).toBe('dts');
    expect(kindOf('a.txt', text('---\ntitle: A\n'))).toBe('lesson');
  });

  it.each([
    ['a.dtb', text('hello'), 'a.dtb is no DTB: it does not begin with d0 0d fe ed'],
    ['a.dtb', new Uint8Array(), 'a.dtb is no DTB: it does not begin with d0 0d fe ed'],
    ['a.dts', BLOB, 'a.dts is a DTB, not source; rename it to .dtb'],
    ['a.png', text(''), 'a.png is none of .md, .dts, .dtb, .txt and .json'],
    ['Makefile', text(''), 'Makefile is none of .md, .dts, .dtb, .txt and .json'],
  ])('refuses %s', (name, bytes, why) => {
    expect(() => kindOf(name, bytes)).toThrow(why);
  });

  it('replace the tree of the same name, or leave the choice', () => {
    const files = [{ name: 'web.dts' }, { name: 'db.dts' }, { name: 'notes' }];
    expect(deviceTreesFor('web.dtb', files)).toEqual(['web.dts']);
    expect(deviceTreesFor('mine.dts', files)).toEqual(['web.dts', 'db.dts']);
    expect(deviceTreesFor('mine.dts', files.slice(2))).toEqual([]);
  });
});
