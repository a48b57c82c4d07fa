import { describe, expect, it } from 'vitest';
import { fdtCheckFull } from './check.ts';
import { compileDts, decompile } from './compile.ts';
import {
  fdtAddMemRsv,
  fdtAddSubnode,
  fdtDelMemRsv,
  fdtDelNode,
  fdtDelprop,
  fdtNopNode,
  fdtNopProperty,
  fdtOpenInto,
  fdtPack,
  fdtSetName,
  fdtSetprop,
  fdtSetpropInplace,
  fdtSetpropInplacePartial,
} from './edit.ts';
import { FDT_ERR } from './error.ts';
import {
  fdtFindMaxPhandle,
  fdtGetAlias,
  fdtGetPath,
  fdtNodeOffsetByCompatible,
  fdtNodeOffsetByPhandle,
  fdtParentOffset,
  fdtPathOffset,
  fdtSubnodeOffset,
} from './lookup.ts';
import { fdtGetMemRsv, fdtGetName, fdtGetprop, fdtNumMemRsv } from './read.ts';
import { fdtFirstSubnode, fdtNextSubnode, fdtTotalsize } from './tags.ts';
import { latin1Bytes } from './tools/io.ts';

const SOURCE = `/dts-v1/;
/memreserve/ 0x1000 0x2000;
/ {
	compatible = "a", "b";
	aliases { two = &two; };
	one { x = <1>; inner@5 { phandle = <5>; }; };
	two: two@2 { compatible = "c"; phandle = <9>; };
};
`;
const blob = (version = 17): Uint8Array => {
  const { blob: made } = compileDts(latin1Bytes(SOURCE), { version });
  if (!made) throw new Error('the source of the test does not compile');
  return made;
};
const opened = (): Uint8Array => {
  const buffer = new Uint8Array(1024);
  expect(fdtOpenInto(blob(), buffer)).toBe(0);
  return buffer;
};
/** Source text of what lies in the buffer, which must be sound. */
const printed = (fdt: Uint8Array): string => {
  expect(fdtPack(fdt)).toBe(0);
  expect(fdtCheckFull(fdt)).toBe(0);
  return decompile(fdt.subarray(0, fdtTotalsize(fdt))).text ?? '';
};
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('looking things up in a blob', () => {
  it.each([17, 16, 3, 2])(
    'finds nodes by path, name, phandle and compatible in version %i',
    (v) => {
      const fdt = blob(v);
      const inner = fdtPathOffset(fdt, '/one/inner@5');
      expect(fdtGetPath(fdt, inner)).toBe('/one/inner@5');
      expect(fdtGetName(fdt, inner)).toBe('inner@5');
      expect(fdtPathOffset(fdt, '/one/inner')).toBe(inner);
      expect(fdtPathOffset(fdt, '//one///inner@5/')).toBe(inner);
      expect(fdtNodeOffsetByPhandle(fdt, 5)).toBe(inner);
      expect(fdtParentOffset(fdt, inner)).toBe(fdtSubnodeOffset(fdt, 0, 'one'));
      expect(fdtParentOffset(fdt, 0)).toBe(-FDT_ERR.NOTFOUND);
      expect(fdtNodeOffsetByCompatible(fdt, -1, 'c')).toBe(fdtPathOffset(fdt, '/two@2'));
      expect(fdtFindMaxPhandle(fdt)).toBe(9);
      expect(fdtGetprop(fdt, fdtPathOffset(fdt, '/one'), 'x')).toEqual(bytes(0, 0, 0, 1));
      expect(fdtGetMemRsv(fdt, 0)).toEqual({ address: 0x1000n, size: 0x2000n });
    },
  );

  it('follows aliases in paths without a slash in front', () => {
    const fdt = blob();
    expect(fdtGetAlias(fdt, 'two')).toBe('/two@2');
    expect(fdtPathOffset(fdt, 'two')).toBe(fdtPathOffset(fdt, '/two@2'));
    expect(fdtPathOffset(fdt, 'three')).toBe(-FDT_ERR.BADPATH);
  });

  it('does not follow a circle of aliases for ever', () => {
    const circle = '/dts-v1/; / { aliases { a = "b"; b = "a"; }; };';
    expect(fdtPathOffset(compileDts(latin1Bytes(circle)).blob!, 'a')).toBe(-FDT_ERR.BADPATH);
  });

  it('answers by codes what is not there', () => {
    const fdt = blob();
    expect(fdtPathOffset(fdt, '/none')).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtNodeOffsetByPhandle(fdt, 0)).toBe(-FDT_ERR.BADPHANDLE);
    expect(fdtNodeOffsetByPhandle(fdt, 77)).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtGetprop(fdt, 0, 'none')).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtGetprop(fdt, 4, 'x')).toBe(-FDT_ERR.BADOFFSET);
    expect(fdtGetName(fdt, 3)).toBe(-FDT_ERR.BADOFFSET);
    expect(fdtGetPath(fdt, 4)).toBe(-FDT_ERR.BADOFFSET);
    expect(fdtGetMemRsv(fdt, 1000)).toBe(-FDT_ERR.BADOFFSET);
  });

  it('walks the children of a node', () => {
    const fdt = blob();
    const names: (string | number)[] = [];
    for (let at = fdtFirstSubnode(fdt, 0); at >= 0; at = fdtNextSubnode(fdt, at))
      names.push(fdtGetName(fdt, at));
    expect(names).toEqual(['aliases', 'one', 'two@2']);
  });
});

describe('changing a blob without moving bytes', () => {
  it('overwrites values of the same length only', () => {
    const fdt = blob();
    const one = fdtPathOffset(fdt, '/one');
    expect(fdtSetpropInplace(fdt, one, 'x', bytes(0, 0, 0, 7))).toBe(0);
    expect(fdtSetpropInplacePartial(fdt, one, 'x', 1, bytes(8))).toBe(0);
    expect(fdtGetprop(fdt, one, 'x')).toEqual(bytes(0, 8, 0, 7));
    expect(fdtSetpropInplace(fdt, one, 'x', bytes(1))).toBe(-FDT_ERR.NOSPACE);
    expect(fdtSetpropInplacePartial(fdt, one, 'x', 2, bytes(1, 2, 3))).toBe(-FDT_ERR.NOSPACE);
    expect(fdtSetpropInplace(fdt, one, 'y', bytes(1))).toBe(-FDT_ERR.NOTFOUND);
  });

  it('turns properties and nodes into nothing', () => {
    const fdt = blob();
    const size = fdt.length;
    expect(fdtNopProperty(fdt, fdtPathOffset(fdt, '/one'), 'x')).toBe(0);
    expect(fdtNopNode(fdt, fdtPathOffset(fdt, '/two@2'))).toBe(0);
    expect(fdt.length).toBe(size);
    const text = printed(fdt);
    expect(text).not.toContain('two@2 {');
    expect(text).not.toContain('x = ');
    expect(fdtNopNode(fdt, 4)).toBe(-FDT_ERR.BADOFFSET);
  });
});

describe('changing a blob in a larger buffer', () => {
  it('adds, changes, renames and takes out', () => {
    const fdt = opened();
    const made = fdtAddSubnode(fdt, 0, 'new@1');
    expect(made).toBeGreaterThan(0);
    expect(fdtSetprop(fdt, made, 'text', latin1Bytes('hello\0'))).toBe(0);
    expect(fdtSetprop(fdt, made, 'text', latin1Bytes('good bye\0'))).toBe(0);
    expect(fdtSetName(fdt, made, 'renamed-node@1')).toBe(0);
    expect(fdtDelprop(fdt, fdtPathOffset(fdt, '/one'), 'x')).toBe(0);
    expect(fdtDelNode(fdt, fdtPathOffset(fdt, '/two@2'))).toBe(0);
    expect(fdtAddMemRsv(fdt, 0x5000n, 0x100n)).toBe(0);
    expect(fdtDelMemRsv(fdt, 0)).toBe(0);
    expect(fdtNumMemRsv(fdt)).toBe(1);
    expect(printed(fdt)).toBe(
      [
        '/dts-v1/;',
        '',
        '/memreserve/\t0x0000000000005000 0x0000000000000100;',
        '/ {',
        '\tcompatible = "a\\0b";',
        '',
        '\trenamed-node@1 {',
        '\t\ttext = "good bye";',
        '\t};',
        '',
        '\taliases {',
        '\t\ttwo = "/two@2";',
        '\t};',
        '',
        '\tone {',
        '',
        '\t\tinner@5 {',
        '\t\t\tphandle = <0x05>;',
        '\t\t};',
        '\t};',
        '};',
        '',
      ].join('\n'),
    );
  });

  it('gives back the same bytes when it is opened and packed', () => {
    const fdt = opened();
    expect(fdtPack(fdt)).toBe(0);
    expect(fdt.subarray(0, fdtTotalsize(fdt))).toEqual(blob());
  });

  it('makes version 17 of version 16 and refuses older ones', () => {
    const buffer = new Uint8Array(1024);
    expect(fdtOpenInto(blob(16), buffer)).toBe(0);
    expect(fdtSetprop(buffer, 0, 'model', latin1Bytes('m\0'))).toBe(0);
    expect(printed(buffer)).toContain('model = "m";');
    expect(fdtOpenInto(blob(3), buffer)).toBe(-FDT_ERR.BADVERSION);
  });

  it('refuses what does not fit, and leaves no name behind', () => {
    const fdt = blob();
    const before = Uint8Array.from(fdt);
    expect(fdtSetprop(fdt, 0, 'brand-new', bytes(1))).toBe(-FDT_ERR.NOSPACE);
    expect(fdtAddSubnode(fdt, 0, 'n')).toBe(-FDT_ERR.NOSPACE);
    expect(fdtAddMemRsv(fdt, 1n, 1n)).toBe(-FDT_ERR.NOSPACE);
    expect(fdt).toEqual(before);
    expect(fdtOpenInto(fdt, new Uint8Array(fdt.length - 1))).toBe(-FDT_ERR.NOSPACE);
  });

  it('refuses doubles, absences and old versions', () => {
    const fdt = opened();
    expect(fdtAddSubnode(fdt, 0, 'one')).toBe(-FDT_ERR.EXISTS);
    expect(fdtDelprop(fdt, 0, 'none')).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtDelMemRsv(fdt, 3)).toBe(-FDT_ERR.NOTFOUND);
    expect(fdtSetprop(blob(16), 0, 'a', bytes())).toBe(-FDT_ERR.BADVERSION);
  });
});
