import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/hex.ts';
import { compileDts } from './compile.ts';
import { world } from './testing/world.ts';
import { runDtc } from './tools/dtc.ts';
import { runFdtcheck } from './tools/fdtcheck.ts';
import { runFdtdump } from './tools/fdtdump.ts';
import { runFdtoverlay } from './tools/fdtoverlay.ts';
import { readNumber, readOptions } from './tools/getopt.ts';
import { latin1Bytes } from './tools/io.ts';

const folder = new URL('fixtures/boards/', import.meta.url);
const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]),
);
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

describe('sources in the manner of the kernel', () => {
  it.each([
    ['acme-board.dts', [], 'acme-board.dtb'],
    ['acme-board.dts', ['-@'], 'acme-board-symbols.dtb'],
    ['acme-board.dts', ['-V', '3', '-R', '2'], 'acme-board-v3.dtb'],
    ['acme-overlay.dtso', [], 'acme-overlay.dtbo'],
    ['multikernel.dts', [], 'multikernel.dtb'],
  ])('%s compiles with %j to the same bytes', (source, options, blob) => {
    const io = world(files);
    expect(runDtc(['-q', '-I', 'dts', '-O', 'dtb', ...options, source], io)).toBe(0);
    expect(toHex(io.out!)).toBe(toHex(files[blob]!));
    expect(io.err).toBe('');
  });

  it.each(['acme-board', 'acme-merged', 'multikernel'])(
    '%s is printed as the same text',
    (name) => {
      const io = world(files);
      expect(runDtc(['-q', '-O', 'dts', `${name}.dtb`], io)).toBe(0);
      expect(text(io.out)).toBe(text(files[`${name}.out.dts`]));
    },
  );

  it.each(['acme-board', 'acme-merged', 'multikernel'])('%s is dumped as the same text', (name) => {
    const io = world(files);
    expect(runFdtdump([`${name}.dtb`], io)).toBe(0);
    expect(text(io.out)).toBe(text(files[`${name}.dump.txt`]));
  });

  it('names the included file in a problem', () => {
    const io = world(files);
    expect(runDtc(['-O', 'dtb', 'acme-board.dts'], io)).toBe(0);
    expect(io.err).toMatch(/^acme-soc\.dtsi:164:20: warning simple_bus_reg: /);
  });
});

describe('fdtoverlay', () => {
  const apply = (...overlays: string[]): string[] => [
    ...['-i', 'acme-board-symbols.dtb', '-o', 'out.dtb'],
    ...overlays,
  ];

  it('gives the same blob as the real one', () => {
    const io = world(files);
    expect(runFdtoverlay(apply('acme-overlay.dtbo'), io)).toBe(0);
    expect(toHex(io.written['out.dtb']!)).toBe(toHex(files['acme-merged.dtb']!));
  });

  it('lets a later overlay refer to labels of an earlier one', () => {
    const later = '/dts-v1/;\n/plugin/;\n&sensor { label = "outside"; };\n';
    const blob = compileDts(latin1Bytes(later)).blob!;
    const labelled = compileDts(files['acme-overlay.dtso']!, { symbols: true }).blob!;
    const io = world({ ...files, 'later.dtbo': blob, 'first.dtbo': labelled });
    expect(runFdtoverlay(apply('first.dtbo', 'later.dtbo'), io)).toBe(0);
    expect(text(io.written['out.dtb'])).toContain('outside');
    io.err = '';
    expect(runFdtoverlay(apply('later.dtbo'), io)).toBe(1);
    expect(io.err).toBe('later.dtbo: FDT_ERR_NOTFOUND\n');
  });

  it.each([
    ['a label the base lacks', '&nobody { a; };', 'FDT_ERR_NOTFOUND'],
    ['a path the base lacks', '&{/no/body} { a; };', 'FDT_ERR_NOTFOUND'],
    [
      'a fragment without a target',
      '/ { fragment@0 { __overlay__ { }; }; };',
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a target of two cells',
      '/ { f { target = <1 2>; __overlay__ { }; }; };',
      'FDT_ERR_BADPHANDLE',
    ],
    ['a phandle of two cells', '/ { __symbols__ { a = "x"; }; };', 'FDT_ERR_BADVALUE'],
    ['a fixup without an offset', '/ { __fixups__ { gpio0 = "/x:y"; }; };', 'FDT_ERR_BADOVERLAY'],
    ['a fixup of no property', '/ { __fixups__ { gpio0 = "/:y:0"; }; };', 'FDT_ERR_NOTFOUND'],
    [
      'local fixups of no node',
      '/ { __local_fixups__ { n { a = <0>; }; }; };',
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'local fixups behind a value',
      '/ { a = <0>; __local_fixups__ { a = <4>; }; };',
      'FDT_ERR_BADOVERLAY',
    ],
  ])('refuses %s and writes nothing', (_what, source, code) => {
    const blob = compileDts(latin1Bytes(`/dts-v1/;\n/plugin/;\n${source}\n`)).blob!;
    const io = world({ ...files, 'a.dtbo': blob });
    expect(runFdtoverlay(apply('a.dtbo'), io)).toBe(1);
    expect(io.err).toBe(`a.dtbo: ${code}\n`);
    expect(io.written).toEqual({});
  });

  it('refuses files that are missing, cut short, or no blobs, and a call without overlays', () => {
    const io = world({
      ...files,
      'cut.dtbo': latin1Bytes('\xd0\x0d\xfe\xed\x00\x01\x00\x00'),
      'no.dtbo': 'x',
    });
    const line = (...argv: string[]): string => {
      io.err = '';
      expect(runFdtoverlay(argv, io)).toBe(1);
      return io.err.split('\n')[0]!;
    };
    expect(line(...apply('missing.dtbo'))).toBe('missing.dtbo: the file cannot be read');
    expect(line(...apply('cut.dtbo'))).toBe('cut.dtbo: FDT_ERR_TRUNCATED');
    expect(line(...apply('no.dtbo'))).toBe('no.dtbo: FDT_ERR_BADMAGIC');
    expect(line('-i', 'acme-board.dtb', '-o', 'x')).toContain('an overlay');
    expect(line('-i', 'no.dtbo', '-o', 'x', 'acme-overlay.dtbo')).toBe('no.dtbo: FDT_ERR_BADMAGIC');
  });
});

describe('fdtdump', () => {
  it('shows tokens and offsets with -d', () => {
    const io = world(files);
    expect(runFdtdump(['-d', 'multikernel.dtb'], io)).toBe(0);
    expect(text(io.out)).toContain('// 0038: tag: 0x00000001 (FDT_BEGIN_NODE)\n/ {\n');
  });

  it('finds a blob inside another file with -s', () => {
    const inside = new Uint8Array(files['multikernel.dtb']!.length + 16);
    inside.set(files['multikernel.dtb']!, 16);
    const io = world({ firmware: inside });
    expect(runFdtdump(['-s', 'firmware'], io)).toBe(0);
    expect(text(io.out)).toBe(
      `firmware: found fdt at offset 0x10\n${text(files['multikernel.dump.txt'])}`,
    );
  });

  it('refuses what holds no blob', () => {
    const io = world({ a: 'nothing', b: '' });
    for (const argv of [['a'], ['-s', 'a'], ['b'], ['missing'], [], ['a', 'b'], ['-x', 'a']])
      expect(runFdtdump(argv, io)).toBe(1);
    expect(io.out).toBeUndefined();
  });
});

describe('fdtcheck', () => {
  it('judges line by line and stops at one that is no question', () => {
    const good = JSON.stringify({ name: 'a', hex: toHex(files['multikernel.dtb']!) });
    const bad = JSON.stringify({ name: 'b', hex: 'd00dfeee' });
    const io = world({ '-': `${good}\n\n${bad}\n{"name":"c"}\n${good}\n` });
    expect(runFdtcheck([], io)).toBe(1);
    expect(text(io.out)).toBe(
      '{"name":"a","fdt_check_header":0,"fdt_check_full":0}\n' +
        '{"name":"b","fdt_check_header":-9,"fdt_check_full":-8}\n',
    );
    expect(io.err).toMatch(/^<stdin>:4:1: /);
  });

  it.each(['x', '[]', '{"name":1,"hex":""}', '{"name":"a","hex":"0"}', 'null'])(
    'takes %s for no question',
    (line) => {
      expect(runFdtcheck([], world({ '-': line }))).toBe(1);
    },
  );
});

describe('options', () => {
  it('are read as getopt_long reads them', () => {
    const long = { output: 'o', quiet: 'q', 'out-version': 'V' };
    const words = ['-qo', 'x', 'file', '--out', 'y', '--quiet', '--output=z', '-V7', '--', '-q'];
    expect(readOptions(words, 'qo:V:', { ...long, out: 'o' })).toEqual({
      options: [
        { letter: 'q', argument: '' },
        { letter: 'o', argument: 'x' },
        { letter: 'o', argument: 'y' },
        { letter: 'q', argument: '' },
        { letter: 'o', argument: 'z' },
        { letter: 'V', argument: '7' },
      ],
      words: ['file', '-q'],
    });
    expect(readOptions(['--ou', 'x'], 'o:V:', long)).toHaveProperty('wrong');
    expect(readOptions(['--quiet=1'], 'q', long)).toHaveProperty('wrong');
    expect(readOptions(['--output'], 'o:', long)).toHaveProperty('wrong');
  });

  it.each([
    ['12', 12],
    ['0x1F', 31],
    ['017', 15],
    ['-3', -3],
    [' 4k', 4],
    ['x', 0],
    ['08', 0],
    ['0x', 0],
  ])('read the number %j as strtol does', (word, value) => {
    expect(readNumber(word)).toBe(value);
  });
});
