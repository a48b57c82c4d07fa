import { describe, expect, it } from 'vitest';
import { get32, set32 } from './bytes.ts';
import { compileDts } from './compile.ts';
import { FDT_NOP, HEADER } from './header.layout.ts';
import { fdtStringlistContains } from './lookup.ts';
import type { Problem } from './problem.ts';
import { latin1Bytes } from './tools/io.ts';
import { BLOB_DEPTH_MAX, unflatten } from './unflatten.ts';

const SOURCE = '/dts-v1/;\n/memreserve/ 1 2;\n/ { a = <1 2>; n { b = "x"; }; };\n';
const blob = (version = 17): Uint8Array =>
  Uint8Array.from(compileDts(latin1Bytes(SOURCE), { version }).blob!);

/** What is said of a blob with one word changed; '' when it is read. */
function said(at: number, word: number, version = 17): string {
  const bytes = blob(version);
  set32(bytes, at, word);
  const problems: Problem[] = [];
  unflatten('b', bytes, problems);
  return problems.map(({ text }) => text).join('; ');
}

describe('reading a blob as strictly as dtc', () => {
  it.each([1, 2, 3, 16, 17])('reads version %i', (version) => {
    const tree = unflatten('b', blob(version), []);
    expect(tree?.reserves).toEqual([{ address: 1n, size: 2n, labels: [] }]);
    expect(tree?.root.children[0]?.name).toBe('n');
    expect(tree?.root.children[0]?.properties[0]?.value).toEqual(latin1Bytes('x\0'));
  });

  it.each([
    ['another magic', HEADER.magic, 1, 'the magic is not that of a blob (byte 0)'],
    [
      'a size without a header',
      HEADER.totalsize,
      8,
      'a total size of 8 bytes holds no header (byte 4)',
    ],
    [
      'a size behind the end',
      HEADER.totalsize,
      9999,
      'the file ends before its 9999 bytes (byte 4)',
    ],
    [
      'a structure outside',
      HEADER.off_dt_struct,
      9999,
      'the structure begins behind the end (byte 8)',
    ],
    ['strings outside', HEADER.off_dt_strings, 9999, 'the strings begin behind the end (byte 12)'],
    [
      'a reserve map outside',
      HEADER.off_mem_rsvmap,
      9999,
      'the reserve map begins behind the end (byte 16)',
    ],
    [
      'strings that end outside',
      HEADER.size_dt_strings,
      9999,
      'the strings reach behind the end (byte 32)',
    ],
    [
      'a structure that ends outside',
      HEADER.size_dt_struct,
      9999,
      'the structure reaches behind the end (byte 36)',
    ],
    ['no node at the beginning', 72, 3, 'the structure does not begin with a node (byte 72)'],
    ['an unknown token', 80, 7, '7 is no token (byte 80)'],
    ['an end inside a node', 80, 9, 'the structure ends inside a node (byte 80)'],
    ['a length behind the end', 84, 9999, 'the blob ends too early (byte 92)'],
    ['a name outside the strings', 88, 9999, 'no string ends behind 9999 of the strings (byte 88)'],
  ])('refuses %s', (_what, at, word, text) => {
    expect(said(at, word)).toBe(text);
  });

  it('warns of a NOP in an old blob, and not in a new one', () => {
    const warnings = (version: number, from: number, to: number): string[] => {
      const bytes = blob(version);
      const structure = get32(bytes, HEADER.off_dt_struct);
      for (let at = from; at < to; at += 4) set32(bytes, structure + at, FDT_NOP);
      const problems: Problem[] = [];
      expect(
        unflatten('b', bytes, problems)?.root.properties.map(({ name }) => name),
      ).not.toContain('a');
      return problems.map(({ severity, kind }) => `${severity} ${kind}`);
    };
    // The property lies behind the name of the root; before version 16 its value is moved to 24.
    expect(warnings(3, 8, 32)).toEqual(Array(6).fill('warning blob'));
    expect(warnings(17, 8, 28)).toEqual([]);
  });

  it('refuses more open nodes than can be printed', () => {
    const bytes = new Uint8Array(56 + (BLOB_DEPTH_MAX + 2) * 8);
    for (const [field, word] of [
      ['magic', 0xd00dfeed],
      ['totalsize', bytes.length],
      ['off_dt_struct', 56],
      ['off_dt_strings', 56],
      ['off_mem_rsvmap', 40],
      ['version', 17],
    ] as const)
      set32(bytes, HEADER[field], word);
    for (let at = 56; at < bytes.length; at += 8) set32(bytes, at, 1);
    const problems: Problem[] = [];
    expect(unflatten('b', bytes, problems)).toBeUndefined();
    expect(problems[0]?.text).toContain(`more than ${BLOB_DEPTH_MAX} nodes are open`);
  });
});

describe('a list of strings', () => {
  it.each([
    ['a\0b\0', 'b', true],
    ['a\0b\0', 'a', true],
    ['a\0b\0', '', true],
    ['ab\0', 'a', false],
    ['ab\0', 'b', false],
    ['a', 'a', true],
    ['', '', true],
  ])('%j contains %j: %s', (list, text, is) => {
    expect(fdtStringlistContains(latin1Bytes(list), text)).toBe(is);
  });
});
