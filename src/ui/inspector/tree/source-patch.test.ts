import { fc } from '../../../sim/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../../sim/base/text.ts';
import { compileDts } from '../../../sim/fdt/compile.ts';
import { patchedProperty } from './source-patch.ts';

/** The value of the one property of a source that holds just it. */
function valueOf(property: string): Uint8Array {
  const source = `/dts-v1/; / { x = ${property}; n: n { phandle = <0x01020304>; }; };`;
  const { tree, problems } = compileDts(utf8Encode(source));
  const value = tree?.root.properties[0]?.value;
  if (!value) throw new Error(JSON.stringify(problems));
  return value;
}

function patch(property: string, at: number, byte: number): string | undefined {
  const value = valueOf(property).slice();
  value[at] = byte;
  return patchedProperty(`x = ${property}`, at, value)?.slice('x = '.length);
}

describe('a byte changed where it is written', () => {
  it.each([
    ['<1 2>', 7, 9, '<1 9>'],
    ['<0x10 2>', 0, 0xab, '<0xab000010 2>'],
    ['<010>', 3, 9, '<0x9>'],
    ['<(1 + 2) 3>', 3, 4, '<0x4 3>'],
    ["<'a'>", 3, 0x62, '<0x62>'],
    ['<&n 5>', 7, 6, '<&n 6>'],
    ['<1 /* one */ 2>, <3>', 11, 4, '<1 /* one */ 2>, <4>'],
    ['l: <1 m: 2>', 7, 3, 'l: <1 m: 3>'],
    ['/bits/ 16 <1 2>', 3, 3, '/bits/ 16 <1 3>'],
    ['/bits/ 64 <1>, <2>', 11, 3, '/bits/ 64 <1>, <3>'],
    ['/bits/ 8 <1 2>', 1, 3, '/bits/ 8 <1 3>'],
    ['[01 0203]', 2, 0xff, '[01 02ff]'],
    ['"abc"', 1, 0x64, '"adc"'],
    ['"a\\x41\\n"', 1, 0x42, '"aB\\n"'],
    ['"a\\x41\\n"', 2, 0x22, '"a\\x41\\x22"'],
    ['"one", "two"', 5, 0, '"one", "t\\x00o"'],
    ['"a", <1>, [02]', 5, 7, '"a", <7>, [02]'],
  ])('%s, byte %i to %i: %s', (property, at, byte, expected) => {
    expect(patch(property, at, byte)).toBe(expected);
    const wanted = valueOf(property).slice();
    wanted[at] = byte;
    expect(valueOf(expected)).toEqual(wanted);
  });

  it.each([
    ['"abc"', 3],
    ['&n', 0],
    ['"a", &n', 3],
  ])('%s has no place for byte %i', (property, at) => {
    expect(patch(property, at, 1)).toBeUndefined();
  });

  it('comes to the bytes asked for, whatever the cells and whichever the byte', () => {
    const cell = fc
      .nat(0xffff)
      .chain((n) => fc.constantFrom(String(n), `0x${n.toString(16)}`, `(${n})`));
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (cells, where, byte) => {
          const property = `<${cells.join(' ')}>`;
          const at = where % (4 * cells.length);
          const wanted = valueOf(property).slice();
          wanted[at] = byte;
          expect(valueOf(patch(property, at, byte)!)).toEqual(wanted);
        },
      ),
    );
  });
});
