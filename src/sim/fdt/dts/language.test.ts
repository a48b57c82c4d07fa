import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/hex.ts';
import { compileDts } from '../compile.ts';
import { fdtPathOffset } from '../lookup.ts';
import { problemLine } from '../problem.ts';
import { fdtGetprop } from '../read.ts';
import { latin1Bytes } from '../tools/io.ts';
import { EXPRESSION_DEPTH_MAX } from './expression.ts';
import { INCLUDES_MAX } from './lex.ts';
import { NODE_DEPTH_MAX } from './parse.ts';

const FILES: Record<string, string> = {
  'inc.dtsi': 'inner;\n',
  'sub/a.dtsi': 'bin = /incbin/("data");\n/include/ "b.dtsi"\n',
  'sub/b.dtsi': 'deep;\n',
  'sub/data': 'XY',
  'loop.dtsi': '/include/ "loop.dtsi"\n',
  data: 'abcdefghij',
  'bad.dtsi': 'r;\n  bad',
};
const compile = (source: string, symbols = false): ReturnType<typeof compileDts> =>
  compileDts(latin1Bytes(source), {
    file: 't.dts',
    symbols,
    read: (path) => (path in FILES ? latin1Bytes(FILES[path]!) : undefined),
  });

/** Hex digits of property `a` of the root of a source that holds nothing else. */
function valueOf(value: string, rest = ''): string {
  const { blob, problems } = compile(`/dts-v1/;\n/ { a = ${value}; ${rest}};\n`);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const bytes = fdtGetprop(blob!, 0, 'a');
  return typeof bytes === 'number' ? `code ${bytes}` : toHex(bytes);
}

/** Place and kind of the first problem. */
function refusal(source: string): string {
  const { status, problems, blob } = compile(source);
  expect(blob).toBeUndefined();
  expect(status).not.toBe(0);
  return problemLine(problems[0]!).split(': ').slice(0, 2).join(': ');
}
const inRoot = (body: string): string => refusal(`/dts-v1/;\n/ { ${body} };\n`);

describe('values', () => {
  it.each([
    ['<1 0x10 017 0XfF>', '00000001000000100000000f000000ff'],
    ['<1U 2L 3UL 4LL 5ULL>', '0000000100000002000000030000000400000005'],
    ["<'a' '\\n' '\\'' '\\x41' '\\101'>", '000000610000000a000000270000004100000041'],
    ['<(-1)>', 'ffffffff'],
    ['/bits/ 8 <1 0xff (-1) (-128)>', '01ffff80'],
    ['/bits/ 16 <1 0xffff (-2)>', '0001fffffffe'],
    [
      '/bits/ 64 <0xffffffffffffffff 18446744073709551615 1>',
      `${'ff'.repeat(16)}${'00'.repeat(7)}01`,
    ],
    ['[00 ff 12ab]', '00ff12ab'],
    ['[]', ''],
    ['<>', ''],
    ['"a"', '6100'],
    ['""', '00'],
    ['"a", "b"', '61006200'],
    ['"\\a\\b\\t\\n\\v\\f\\r\\\\\\"\\q"', '0708090a0b0c0d5c227100'],
    ['"\\x4\\x41\\101\\0\\1012"', '04414100413200'],
    ['"\\x f\\x-1"', '0fff00'],
    ['"a", <1>, [02], /bits/ 8 <3>', '6100000000010203'],
    ['l: <m: 1 n:>, o: "x" p:', '000000017800'],
    ['/incbin/("data", 2, 3)', '636465'],
    ['/incbin/("data", 8, 100)', '696a'],
    ['/incbin/("data", 50, 1)', ''],
  ])('%s is %s', (value, hex) => {
    expect(valueOf(value)).toBe(hex);
  });

  it('may be a path, and the place of a label moves with it', () => {
    expect(valueOf('&n, &{/n}', 'n: n { };')).toBe('2f6e002f6e00');
  });

  it.each([
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['10 - 4 - 3', 3n],
    ['100 / 7 % 4', 2n],
    ['1 << 4 >> 2', 4n],
    ['1 << 64', 0n],
    ['1 | 6 & 3 ^ 1', 3n],
    ['1 < 2 == 2 > 1', 1n],
    ['2 <= 2 && 3 >= 4 || 0', 0n],
    ['1 != 1 ? 2 : 0 ? 3 : 4', 4n],
    ['1 ? 2 : 3 + 4', 2n],
    ['~0 - !5 + -1', 0xfffffffffffffffen],
    ['- - 5', 5n],
    ['-1 > 0', 1n],
    ['-1 / 2', 0x7fffffffffffffffn],
    ['0xffffffffffffffff * 2', 0xfffffffffffffffen],
  ])('(%s) is %s', (expression, value) => {
    expect(valueOf(`/bits/ 64 <(${expression})>`)).toBe(value.toString(16).padStart(16, '0'));
  });
});

describe('structure', () => {
  it('lets later definitions add, replace and delete', () => {
    const { blob } = compile(`/dts-v1/;
/ { keep = <1>; change = <1>; drop = <1>; l: n { sub { }; gone { }; }; };
/ { change = <2>; /delete-property/ drop; n { late; }; };
&l { /delete-node/ gone; };
&{/n} { path; };
m: &l { labelled; };
&m { twice; };
/delete-node/ &{/n/sub};
`);
    const node = fdtPathOffset(blob!, '/n');
    for (const name of ['late', 'path', 'labelled', 'twice'])
      expect(fdtGetprop(blob!, node, name)).toEqual(new Uint8Array(0));
    expect(fdtGetprop(blob!, 0, 'change')).toEqual(Uint8Array.of(0, 0, 0, 2));
    expect(fdtGetprop(blob!, 0, 'drop')).toBe(-1);
    expect(fdtPathOffset(blob!, '/n/sub')).toBe(-1);
    expect(fdtPathOffset(blob!, '/n/gone')).toBe(-1);
  });

  it('leaves out nodes nobody refers to, unless labels are kept', () => {
    const source =
      '/dts-v1/;\n/ { c = <&b>; /omit-if-no-ref/ a: a { }; /omit-if-no-ref/ b: b { }; };\n';
    const plain = compile(source).blob!;
    expect([fdtPathOffset(plain, '/a') > 0, fdtPathOffset(plain, '/b') > 0]).toEqual([false, true]);
    const labelled = compile(source, true).blob!;
    expect(fdtPathOffset(labelled, '/a')).toBeGreaterThan(0);
  });

  it('includes files relative to the one that names them', () => {
    const { blob } = compile('/dts-v1/;\n/ { /include/ "inc.dtsi" /include/ "sub/a.dtsi" };\n');
    expect(fdtGetprop(blob!, 0, 'bin')).toEqual(latin1Bytes('XY'));
    expect(fdtGetprop(blob!, 0, 'deep')).toEqual(new Uint8Array(0));
    expect(fdtGetprop(blob!, 0, 'inner')).toEqual(new Uint8Array(0));
  });

  it(`includes ${INCLUDES_MAX} files and no more`, () => {
    const times = (count: number): string =>
      `/dts-v1/;\n/ { ${'/delete-property/ x; /include/ "inc.dtsi" '.repeat(count)} };\n`;
    expect(compile(times(INCLUDES_MAX)).problems[0]?.kind).toBe('duplicate_property_names');
    expect(refusal(times(INCLUDES_MAX + 1))).toBe('t.dts: error semantic');
  });

  it('takes names that look like numbers or begin with a backslash', () => {
    const { blob } = compile('/dts-v1/;\n/ { 1 = <1>; \\#x = <2>; 2 { }; };\n');
    expect(fdtGetprop(blob!, 0, '1')).toEqual(Uint8Array.of(0, 0, 0, 1));
    expect(fdtGetprop(blob!, 0, '#x')).toEqual(Uint8Array.of(0, 0, 0, 2));
    expect(fdtPathOffset(blob!, '/2')).toBeGreaterThan(0);
  });

  it('holds as many nodes within nodes as dtc, and a thousand brackets', () => {
    const nested = (depth: number): string =>
      `/dts-v1/;\n/ {${'a{'.repeat(depth)}${'};'.repeat(depth)}};\n`;
    expect(compile(nested(NODE_DEPTH_MAX)).status).toBe(0);
    expect(refusal(nested(NODE_DEPTH_MAX + 1))).toMatch(/^t\.dts:2:\d+: error syntax/);
    const brackets = `${'('.repeat(EXPRESSION_DEPTH_MAX)}1${')'.repeat(EXPRESSION_DEPTH_MAX)}`;
    expect(valueOf(`<${brackets}>`)).toBe('00000001');
    expect(inRoot(`a = <(${brackets})>;`)).toMatch(/error syntax$/);
  });

  it('ends at a zero byte or a byte above ASCII, as dtc does', () => {
    expect(compile('/dts-v1/;\n/ { };\0 garbage').status).toBe(0);
    expect(compile('/dts-v1/;\n/ { };\xff garbage').status).toBe(0);
    expect(refusal('\xef\xbb\xbf/dts-v1/;\n/ { };\n')).toBe('t.dts:1:1: error syntax');
  });
});

describe('refusals', () => {
  it.each([
    ['a character of nothing', "a = <''>;", '2:10: error lexical'],
    ['two characters', "a = <'ab'>;", '2:10: error lexical'],
    ['an octal digit 8', 'a = <1 08>;', '2:12: error lexical'],
    ['more than 64 bits', 'a = <0x10000000000000000>;', '2:10: error lexical'],
    ['more than 32 bits', 'a = <1 0x100000000>;', '2:12: error semantic'],
    ['more than 8 bits', 'a = /bits/ 8 <256>;', '2:19: error semantic'],
    ['too negative a number', 'a = /bits/ 8 <(-257)>;', '2:19: error semantic'],
    ['a reference of 8 bits', 'a = /bits/ 8 <&x>;', '2:19: error semantic'],
    ['elements of 7 bits', 'a = /bits/ 7 <1>;', '2:16: error semantic'],
    ['division by zero', 'a = <(3 + 1 / 0)>;', '2:15: error semantic'],
    ['remainder of zero', 'a = <(7 % (1 - 1))>;', '2:11: error semantic'],
    ['half a byte', 'a = [1];', '2:10: error syntax'],
    ['a missing comma', 'a = <1> <2>;', '2:13: error syntax'],
    ['a comma too many', 'a = <1>, ;', '2:14: error syntax'],
    ['a bare word', 'a = b;', '2:9: error syntax'],
    ['an operator outside brackets', 'a = <1 + 2>;', '2:12: error syntax'],
    ['an empty bracket', 'a = <()>;', '2:11: error syntax'],
    ['a condition without its else', 'a = <(1 ? 2)>;', '2:16: error syntax'],
    ['a property behind a node', 'n { }; l: a;', '2:12: error semantic'],
    ['omission of a property', '/omit-if-no-ref/ a;', '2:23: error syntax'],
    ['deletion by reference inside a node', '/delete-node/ &x;', '2:19: error syntax'],
    ['a byte string with text', 'a = ["x"];', '2:10: error syntax'],
    ['a backslash in front of a line end', 'a = "x\\\n";', '2:9: error syntax'],
    ['a comment that does not end', '/* x', '2:5: error syntax'],
  ])('%s', (_what, body, place) => {
    expect(inRoot(body)).toBe(`t.dts:${place}`);
  });

  it.each([
    ['nothing at all', '', '0:0: error syntax'],
    ['no version', '/ { };\n', '1:1: error syntax'],
    ['a root that does not end', '/dts-v1/;\n/ { a;\n', '2:7: error syntax'],
    ['text behind the root', '/dts-v1/;\n/ { };\nfoo\n', '3:1: error syntax'],
    ['headers that differ', '/dts-v1/;\n/dts-v1/; /plugin/;\n/ { };\n', '2:1: error semantic'],
    ['a reserve entry of one number', '/dts-v1/;\n/memreserve/ 1;\n/ { };\n', '2:15: error syntax'],
    ['a reserve entry too late', '/dts-v1/;\n/ { };\n/memreserve/ 1 2;\n', '3:1: error syntax'],
    ['an extension of nothing', '/dts-v1/;\n/ { };\n&x { };\n', '3:1: error semantic'],
    ['a labelled extension of nothing', '/dts-v1/;\n/ { };\nl: &x { };\n', '3:4: error semantic'],
    ['a deletion of nothing', '/dts-v1/;\n/ { };\n/delete-node/ &x;\n', '3:15: error semantic'],
    ['an overlay that is none', '/dts-v1/;\n&x { };\n', '2:4: error semantic'],
    [
      'two labels in front of a reference',
      '/dts-v1/;\n/ { };\na: b: &{/} { };\n',
      '3:4: error syntax',
    ],
  ])('%s', (_what, source, place) => {
    expect(refusal(source)).toBe(`t.dts:${place}`);
  });

  it('of what a marker moved, at the place it names', () => {
    expect(refusal('/dts-v1/;\n# 100 "foo.c" 1\n/ { a = b; };\n')).toBe(
      'foo.c:100:9: error syntax',
    );
    expect(refusal('/dts-v1/;\n#line 7 "x"\n/ { a; a; };\n')).toBe(
      'x:7:5: error duplicate_property_names',
    );
  });

  it('of an included file, by its own name', () => {
    expect(refusal('/dts-v1/;\n/ { /include/ "bad.dtsi" };\n')).toBe('t.dts:2:26: error syntax');
    expect(refusal('/dts-v1/;\n/include/ "bad.dtsi"\n')).toBe('bad.dtsi:1:1: error syntax');
  });

  it('of files that are not there or have no end, without a position', () => {
    expect(inRoot('/include/ "none"')).toBe('t.dts: error semantic');
    expect(inRoot('a = /incbin/("none");')).toBe('t.dts: error semantic');
    expect(inRoot('/include/ "loop.dtsi"')).toBe('loop.dtsi: error semantic');
    expect(inRoot('a = "\\x";')).toBe('t.dts: error semantic');
  });
});
