/**
 * Compares with the real tools where they are installed. `FDT_DIFFERENTIAL=2000` runs that many
 * cases of each kind, `FDT_SEED=7` others; 40 from seed 1 unless told otherwise.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileDts } from './compile.ts';
import { Draw } from './testing/draw.ts';
import { mutateBlob, mutateSource } from './testing/mutate.ts';
import { RandomSource, randomOptions } from './testing/random-source.ts';
import { runDtc } from './tools/dtc.ts';
import { runFdtoverlay } from './tools/fdtoverlay.ts';
import { latin1Bytes, type ToolIo } from './tools/io.ts';

const CASES = Number(process.env.FDT_DIFFERENTIAL ?? 40);
const SEED = Number(process.env.FDT_SEED ?? 1) * 1_000_000;
/** Longest a real tool may take on one case: 1.6.1 hangs on some bent blobs. */
const TOOL_MS = 2000;

const TOOL = { dtc: 'dtc', fdtoverlay: 'fdtoverlay' } as const;
const hasTools = Object.values(TOOL).every(
  (tool) => spawnSync(tool, ['--version']).error === undefined,
);
const version = hasTools ? spawnSync(TOOL.dtc, ['--version']).stdout.toString() : '';
const isReference = version.includes('1.6.1');

it.runIf(!isReference)('dtc 1.6.1 is not installed: nothing was compared', ({ skip }) => skip());

interface Outcome {
  status: number | null;
  out: string;
  /** `KIND line:column` of every error, then of every warning. */
  problems: string[];
}

function ofDtc(args: readonly string[], input: Uint8Array): Outcome {
  const real = spawnSync(TOOL.dtc, [...args, '-'], { input, timeout: TOOL_MS, maxBuffer: 1 << 28 });
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const line of real.stderr.toString('latin1').split('\n')) {
    const parse = /^(Lexical error|Error): .*?:(\d+)\.(\d+)[-\d.]* (.*)$/.exec(line);
    const check = /^(?:.*?:(\d+)\.(\d+)[-\d.]*|.*?): (ERROR|Warning) \((\w+)\):/.exec(line);
    if (parse) {
      const [, prefix, row, column, text = ''] = parse;
      const kind = /^(syntax error|memory)/.test(text) ? 'syntax' : 'semantic';
      errors.push(`${prefix === 'Error' ? kind : 'lexical'} ${row}:${column}`);
    } else if (check) {
      const [, row, column, severity, name] = check;
      const list = severity === 'ERROR' ? errors : warnings;
      list.push(row ? `${name} ${row}:${column}` : `${name}`);
    } else if (/^FATAL ERROR: (?!Unable to parse|Syntax error parsing)/.test(line)) {
      errors.push('semantic');
    }
  }
  const out = real.status === 0 ? real.stdout.toString('latin1') : '';
  return { status: real.status, out, problems: [...errors, ...warnings] };
}

function ofOurs(args: readonly string[], input: Uint8Array): Outcome {
  let out = '';
  let err = '';
  const io: ToolIo = {
    read: () => undefined,
    write: () => false,
    stdin: () => input,
    stdout: (bytes) => void (out = Buffer.from(bytes).toString('latin1')),
    stderr: (text) => void (err += text),
  };
  const status = runDtc([...args, '-'], io);
  const problems = err.split('\n').flatMap((line) => {
    const [, place, kind] = /^[^:]*(:\d+:\d+)?: (?:error|warning) (\w+): /.exec(line) ?? [];
    // Three things dtc says without a name; they are not compared.
    if (kind === undefined || ['symbols', 'space', 'blob'].includes(kind)) return [];
    return [place === undefined ? kind : `${kind} ${place.slice(1)}`];
  });
  return { status, out, problems };
}

/** Version below 16 and a root without a path: dtc prints bytes behind the name it has freed. */
const isUndefinedForDtc = (blob: Uint8Array): boolean => {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  if (blob.length < 40 || view.getUint32(20) >= 16) return false;
  return blob[view.getUint32(8) + 4] !== 0x2f;
};

function compare(args: readonly string[], input: Uint8Array, seed: number): void {
  const real = ofDtc(args, input);
  const ours = ofOurs(args, input);
  // 1.6.1 ends in assertions and worse on some of these; we must not.
  if (real.status === null) expect(ours.status).toBeTypeOf('number');
  else expect({ seed, args, ...ours }).toEqual({ seed, args, ...real });
}

describe.runIf(isReference)(`${CASES} cases of each kind, like the real tools`, () => {
  const each = (run: (seed: number) => void): void => {
    for (let seed = SEED; seed < SEED + CASES; seed++) run(seed);
  };
  const folder = mkdtempSync(join(tmpdir(), 'fdt-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const timeout = 120_000 + CASES * 200;
  const source = (seed: number, mistakes: number): Uint8Array =>
    latin1Bytes(new RandomSource(seed, mistakes).source());

  it('compiles sources', { timeout }, () => {
    each((seed) =>
      compare(['-I', 'dts', '-O', 'dtb', ...randomOptions(seed)], source(seed, 0), seed),
    );
  });

  it('refuses sources with mistakes', { timeout }, () => {
    each((seed) => compare(['-I', 'dts', '-O', 'dtb'], source(seed, 2), seed));
  });

  it('reads sources in which bytes and pieces were changed', { timeout }, () => {
    each((seed) => {
      const draw = new Draw(seed);
      compare(['-I', 'dts', '-O', 'dtb'], mutateSource(draw, source(seed, 0)), seed);
    });
  });

  it('prints and rewrites blobs, bent ones too', { timeout }, () => {
    each((seed) => {
      const draw = new Draw(seed);
      const options = { version: draw.pick([1, 2, 3, 16, 17]), symbols: draw.chance(30) };
      const { blob } = compileDts(source(seed, 0), options);
      if (!blob) return;
      const bent = draw.chance(50) ? mutateBlob(draw, blob) : blob;
      if (isUndefinedForDtc(bent)) return;
      for (const format of ['dts', 'dtb']) compare(['-I', 'dtb', '-O', format], bent, seed);
    });
  });

  it('applies overlays', { timeout }, () => {
    const base = '/ { base: b@1 { a; sub { }; }; other: o { phandle = <77>; }; };';
    each((seed) => {
      const draw = new Draw(seed);
      const text = new RandomSource(seed, 0).source(false) + base;
      const under = compileDts(latin1Bytes(text), { symbols: draw.chance(85) }).blob;
      const over = new RandomSource(seed + 7, 0).source(draw.chance(90));
      const { blob } = compileDts(latin1Bytes(over), { symbols: draw.chance(50) });
      if (!under || !blob) return;
      compareOverlay(folder, under, draw.chance(20) ? mutateBlob(draw, blob) : blob, seed);
    });
  });
});

function compareOverlay(folder: string, base: Uint8Array, overlay: Uint8Array, seed: number): void {
  const [under, over, out] = ['base.dtb', 'a.dtbo', 'out.dtb'].map((name) => join(folder, name));
  writeFileSync(under!, base);
  writeFileSync(over!, overlay);
  const args = ['-i', under!, '-o', out!, over!];
  const real = spawnSync(TOOL.fdtoverlay, args, { timeout: TOOL_MS });
  let written = '';
  let err = '';
  const status = runFdtoverlay(args, {
    read: (path) => new Uint8Array(readFileSync(path)),
    write: (_path, bytes) => ((written = Buffer.from(bytes).toString('hex')), true),
    stdin: () => new Uint8Array(0),
    stdout: () => undefined,
    stderr: (text) => void (err += text),
  });
  if (real.status === null) return;
  const blob = real.status === 0 ? readFileSync(out!).toString('hex') : '';
  expect({ seed, status, written }).toEqual({ seed, status: real.status, written: blob });
  const code = /: (FDT_ERR_\w+)/.exec(real.stderr.toString())?.[1];
  if (code !== undefined) expect({ seed, err }).toEqual({ seed, err: `${over!}: ${code}\n` });
}
