import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/hex.ts';
import { world } from './testing/world.ts';
import { runDtc } from './tools/dtc.ts';
import { latin1Bytes } from './tools/io.ts';

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${path}`, import.meta.url)));
const cases = <Case>(path: string): Case[] =>
  readFileSync(new URL(`fixtures/${path}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

const valid = cases<{ name: string; args: string[] }>('valid.jsonl');
const invalid = cases<{
  name: string;
  exit: number;
  kind: string;
  line: number | null;
  column: number | null;
}>('invalid.jsonl');

describe('dtc, against recorded output', () => {
  it.each(valid)('compiles $name to the same bytes', ({ name, args }) => {
    const io = world({ 'a.dts': fixture(`valid/${name}.dts`) });
    expect(runDtc(['-I', 'dts', '-O', 'dtb', ...args, 'a.dts'], io)).toBe(0);
    expect(toHex(io.out!)).toBe(toHex(fixture(`valid/${name}.dtb`)));
  });

  it.each(valid)('prints $name as the same text', ({ name }) => {
    const io = world({ 'a.dtb': fixture(`valid/${name}.dtb`) });
    expect(runDtc(['-I', 'dtb', '-O', 'dts', 'a.dtb'], io)).toBe(0);
    expect(Buffer.from(io.out!).toString('latin1')).toBe(
      Buffer.from(fixture(`valid/${name}.out.dts`)).toString('latin1'),
    );
  });

  it.each(valid)('prints the source of $name so that it means the same', ({ name, args }) => {
    const io = world({ 'a.dts': fixture(`valid/${name}.dts`) });
    expect(runDtc(['-I', 'dts', '-O', 'dts', ...args, 'a.dts'], io)).toBe(0);
    const again = world({ '-': io.out! });
    const options = args.filter((arg) => arg !== '-@');
    expect(runDtc(['-I', 'dts', '-O', 'dtb', ...options, '-'], again)).toBe(0);
    expect(toHex(again.out!)).toBe(toHex(fixture(`valid/${name}.dtb`)));
  });

  it.each(invalid)('refuses $name at the same place', ({ name, exit, kind, line, column }) => {
    const io = world({ 'a.dts': fixture(`invalid/${name}.dts`) });
    expect(runDtc(['-I', 'dts', '-O', 'dtb', '-o', 'out.dtb', 'a.dts'], io)).toBe(exit);
    const place = line === null ? 'a.dts' : `a.dts:${line}:${column}`;
    expect(io.err.split('\n')[0]).toContain(`${place}: error ${kind}: `);
    expect(io.written).toEqual({});
  });
});

describe('the command line of dtc', () => {
  const good = '/dts-v1/;\n/ { a = <1>; };\n';

  it('takes the form of the output from its name, and of the input from its first bytes', () => {
    const io = world({ 'a.dts': good, odd: fixture('valid/03_string_lists.dtb') });
    expect(runDtc(['-o', 'b.dts', 'odd'], io)).toBe(0);
    expect(runDtc(['-oc.dtbo', 'a.dts'], io)).toBe(0);
    expect(io.written['b.dts']?.subarray(0, 9)).toEqual(latin1Bytes('/dts-v1/;'));
    expect(toHex(io.written['c.dtbo']!.subarray(0, 4))).toBe('d00dfeed');
  });

  it('reads standard input and calls it <stdin>', () => {
    const io = world({ '-': '/dts-v1/;\n/ { a; a; };\n' });
    expect(runDtc(['-O', 'dtb'], io)).toBe(2);
    expect(io.err).toMatch(/^<stdin>:2:5: error duplicate_property_names: /);
  });

  it.each([
    [['-p', '4', '-S', '8', 'a.dts'], 'a.dts: error semantic: -S and -p exclude each other\n'],
    [['-a', '3', 'a.dts'], 'a.dts: error semantic: -a 3 is no power of two\n'],
    [['-V', '4', 'a.dts'], 'no version 4'],
    [['-Z', 'a.dts'], 'no option -Z'],
    [['-f', 'a.dts'], 'no option -f'],
    [['-o'], 'needs an argument'],
    [['a.dts', 'b.dts'], 'one file'],
    [['-O', 'png', 'a.dts'], 'png cannot be written'],
    [['-I', 'png', 'a.dts'], 'png cannot be read'],
    [['missing.dts'], 'cannot be read'],
  ])('refuses %j with status 1', (argv, text) => {
    const io = world({ 'a.dts': good });
    expect(runDtc(argv, io)).toBe(1);
    expect(io.err).toContain(text);
    expect(io.out).toBeUndefined();
  });

  it('says warnings by their names after the errors, and is silent with -q', () => {
    const source = '/dts-v1/;\n/ { n@1 { }; m { phandle = <0>; }; };\n';
    const io = world({ 'a.dts': source, 'b.dts': '/dts-v1/;\n/ { n@1 { }; };\n' });
    expect(runDtc(['a.dts'], io)).toBe(2);
    expect(io.err).toMatch(/^a\.dts:2:18: error explicit_phandles: .*\n$/);
    io.err = '';
    expect(runDtc(['b.dts'], io)).toBe(0);
    expect(io.err).toMatch(/^b\.dts:2:9: warning unit_address_vs_reg: .*\n$/);
    io.err = '';
    expect(runDtc(['-q', 'b.dts'], io)).toBe(0);
    expect(io.err).toBe('');
  });
});
