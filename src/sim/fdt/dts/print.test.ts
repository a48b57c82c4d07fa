import { describe, expect, it } from 'vitest';
import { compileDts, decompile, treeToText } from '../compile.ts';
import { latin1Bytes } from '../tools/io.ts';
import { Property } from '../tree.ts';
import { printValue } from './print.ts';

const guessed = (text: string): string => printValue(new Property('a', latin1Bytes(text)));
const typed = (value: string): string => {
  const { tree } = compileDts(latin1Bytes(`/dts-v1/;\n/ { a = ${value}; n: n { }; };\n`));
  return printValue(tree!.root.properties[0]!);
};

describe('a value from a blob', () => {
  it.each([
    ['', ''],
    ['abc\0', ' = "abc"'],
    ['a\0b\0', ' = "a\\0b"'],
    ['a\x001\0', ' = "a\\01"'],
    ['\t"\\\0', ' = "\\t\\"\\\\"'],
    ['\0', ' = [00]'],
    ['\0\0\0\0', ' = <0x00>'],
    ['a\0\0\0', ' = <0x61000000>'],
    ['\xe9\0', ' = [e9 00]'],
    ['abcd', ' = <0x61626364>'],
    ['\0\0\0\x01\0\0\x01\0', ' = <0x01 0x100>'],
    ['abc', ' = [61 62 63]'],
  ])('%j is printed as%s', (bytes, text) => {
    expect(guessed(bytes)).toBe(text);
  });
});

describe('a value from a source', () => {
  it.each([
    ['<1 2>', ' = <0x01 0x02>'],
    ['/bits/ 16 <1>, /bits/ 64 <2>', ' = /bits/ 16 <0x01>, /bits/ 64 <0x02>'],
    ['/bits/ 8 <1 2>', ' = [01 02]'],
    ['"a", "b"', ' = "a", "b"'],
    ['"a\\01"', ' = "a\\x01"'.replace('\\x01', '\\x01')],
    ['"a\\0", "1"', ' = "a\\0", "1"'],
    ['"a\\0\\x31"', ' = "a\\x001"'],
    ['<>, "x", []', ' = "x"'],
    ['l: <1 m: 2 k:> o:', ' = l: <0x01 m: 0x02> k: o:'],
    ['&n, <&n>', ' = "/n", <0x01>'],
  ])('%s is printed as%s', (source, text) => {
    expect(typed(source)).toBe(text);
  });

  it('keeps the labels of nodes, of the root behind it', () => {
    const source = '/dts-v1/;\nr: &{/} { };\n';
    const { tree } = compileDts(latin1Bytes('/dts-v1/;\n/ { a: n { }; };\nr: &{/} { };\n'));
    expect(compileDts(latin1Bytes(source)).status).toBe(1);
    expect(treeToText(tree!)).toBe('/dts-v1/;\n\n/ {\n\n\ta: n {\n\t};\n};\n\nr: &{/} {\n};\n');
  });
});

describe('a blob', () => {
  it('is not decompiled when it is cut short, and the byte is named', () => {
    const { blob } = compileDts(latin1Bytes('/dts-v1/;\n/ { a = <1>; };\n'));
    const cut = decompile(blob!.subarray(0, 60), 'b.dtb');
    expect(cut.text).toBeUndefined();
    expect(cut.problems[0]).toMatchObject({ kind: 'semantic', file: 'b.dtb', offset: 4 });
  });
});
