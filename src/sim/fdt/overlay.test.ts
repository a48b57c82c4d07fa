import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { get32 } from './bytes.ts';
import { compileDts, decompile } from './compile.ts';
import { fdtOpenInto, fdtPack } from './edit.ts';
import { fdtStrerror } from './error.ts';
import { HEADER } from './header.layout.ts';
import { fdtPathOffset } from './lookup.ts';
import { fdtOverlayApply } from './overlay.ts';
import { fdtGetprop } from './read.ts';
import { fdtTotalsize } from './tags.ts';
import { latin1Bytes } from './tools/io.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtPropertyString,
} from './write.ts';

const hasTool = spawnSync('fdtoverlay', ['--version']).error === undefined;
const folder = mkdtempSync(join(tmpdir(), 'overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function blobOf(source: string, symbols = true): Uint8Array {
  const { blob, problems } = compileDts(latin1Bytes(`/dts-v1/; ${source}`), { symbols });
  if (!blob) throw new Error(JSON.stringify(problems));
  return blob;
}

const BASE = blobOf(
  '/ { one: one { x = <1>; sub { }; }; two: two@2 { phandle = <40>; }; last { r = <&one>; }; };',
);
/** Raw parts of an overlay, as the plugin form would make them. */
const raw = (body: string): Uint8Array => blobOf(`/ { ${body} };`, false);
const fragment = (target: string, content: string): string =>
  `fragment@0 { ${target} __overlay__ { ${content} }; };`;

/** Makes `phandle` of `phandlf`: what the compiler refuses, a blob may hold. */
function renamed(blob: Uint8Array): Uint8Array {
  const text = Buffer.from(blob).toString('latin1').replace('phandlf', 'phandle');
  return latin1Bytes(text);
}

interface Applied {
  readonly code: string;
  readonly text: string;
  readonly base: Uint8Array;
  readonly overlay: Uint8Array;
}

function applied(overlay: Uint8Array, base = BASE, room = 4096): Applied {
  const into = new Uint8Array(base.length + room);
  expect(fdtOpenInto(base, into)).toBe(0);
  const over = overlay.slice();
  const code = fdtOverlayApply(into, over);
  const isGood = code === 0 && fdtPack(into) === 0;
  const text = isGood ? (decompile(into.slice(0, fdtTotalsize(into))).text ?? '') : '';
  return { code: fdtStrerror(code), text, base: into, overlay: over };
}

/** What the installed tool says: a code, or `no error`. */
function ofTool(overlay: Uint8Array): string {
  const [under, over, out] = ['base', 'over', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(under, BASE);
  writeFileSync(over, overlay);
  const { status, stderr } = spawnSync('fdtoverlay', ['-i', under, '-o', out, over]);
  return status === 0 ? 'no error' : (/FDT_ERR_\w+/.exec(stderr.toString())?.[0] ?? 'nothing');
}

describe('an overlay', () => {
  it('adds and replaces properties and nodes at its targets, by label, phandle and path', () => {
    const { code, text } = applied(
      blobOf(
        '/plugin/; &one { x = <2>; sub { y; }; new { z; }; }; &{/last} { w = "here"; };',
        false,
      ),
    );
    expect(code).toBe('no error');
    expect(text).toContain('x = <0x02>;');
    expect(text).toMatch(/sub \{\s+y;/);
    expect(text).toMatch(/new \{\s+z;/);
    expect(text).toContain('w = "here";');
    const byPhandle = applied(raw(fragment('target = <40>;', 'q;')));
    expect(byPhandle.text).toMatch(/two@2 \{[^}]*q;/);
  });

  it('moves its own phandles behind the largest of the base, references too', () => {
    const { base, code } = applied(
      blobOf('/plugin/; &one { own: own { }; user { ref = <&own>; }; };', false),
    );
    expect(code).toBe('no error');
    const phandleOf = (path: string, name: string): number => {
      const value = fdtGetprop(base, fdtPathOffset(base, path), name);
      return typeof value === 'number' ? value : get32(value, 0);
    };
    expect(phandleOf('/one/own', 'phandle')).toBe(41);
    expect(phandleOf('/one/user', 'ref')).toBe(phandleOf('/one/own', 'phandle'));
  });

  it('brings its labels along, with the paths they have in the base', () => {
    const { text } = applied(blobOf('/plugin/; &one { deep { label: n { }; }; };', true));
    expect(text).toContain('label = "/one/deep/n";');
  });

  it('is spoilt by being applied, and the base with it when that fails', () => {
    const good = applied(raw(fragment('target-path = "/one";', 'a;')));
    expect(get32(good.overlay, HEADER.magic)).toBe(0xffffffff);
    expect(get32(good.base, HEADER.magic)).toBe(0xd00dfeed);
    const bad = applied(raw(fragment('target-path = "/none";', 'a;')));
    expect(get32(bad.base, HEADER.magic)).toBe(0xffffffff);
  });

  it('needs room in the buffer of the base, to the byte', () => {
    const overlay = raw(fragment('target-path = "/one";', 'brand-new = "0123456789";'));
    let least = 0;
    while (applied(overlay, BASE, least).code === 'FDT_ERR_NOSPACE') least++;
    // The property with its header, and its name among the strings.
    expect(least).toBe(12 + 12 + 'brand-new\0'.length);
    expect(applied(overlay, BASE, least).code).toBe('no error');
  });

  it.each([100, 2000, 100_000])('%i nodes deep does not end the program', (depth) => {
    const deep = new Uint8Array(256 + 12 * depth);
    fdtCreate(deep);
    fdtFinishReservemap(deep);
    fdtBeginNode(deep, '');
    fdtBeginNode(deep, 'fragment@0');
    fdtPropertyString(deep, 'target-path', '/one');
    fdtBeginNode(deep, '__overlay__');
    for (let level = 0; level < depth; level++) fdtBeginNode(deep, 'n');
    for (let level = 0; level < depth + 3; level++) fdtEndNode(deep);
    expect(fdtFinish(deep)).toBe(0);
    const { code } = applied(deep.slice(0, fdtTotalsize(deep)), BASE, 24 * depth);
    expect(code).toBe(depth < 1000 ? 'no error' : 'FDT_ERR_BADSTRUCTURE');
  });
});

describe('an overlay is refused', () => {
  const phandles = (first: number): string =>
    fragment('target-path = "/one";', `n { phandle = <${first}>; };`);
  const CASES: readonly (readonly [why: string, overlay: Uint8Array, code: string])[] = [
    ['no such path', raw(fragment('target-path = "/none";', 'a;')), 'FDT_ERR_NOTFOUND'],
    ['no such phandle', raw(fragment('target = <77>;', 'a;')), 'FDT_ERR_NOTFOUND'],
    ['target of all ones', raw(fragment('target = <0xffffffff>;', 'a;')), 'FDT_ERR_BADPHANDLE'],
    ['target of two cells', raw(fragment('target = <1 2>;', 'a;')), 'FDT_ERR_BADPHANDLE'],
    ['neither target nor path', raw(fragment('', 'a;')), 'FDT_ERR_BADOVERLAY'],
    [
      'phandle of a wrong size',
      renamed(raw(`${fragment('target-path = "/one";', 'a;')} p { phandlf = [00]; };`)),
      'FDT_ERR_BADPHANDLE',
    ],
    ['phandles that run out', raw(phandles(0xfffffff0)), 'FDT_ERR_NOPHANDLES'],
    [
      'a label the base does not have',
      blobOf('/plugin/; &nobody { a; };', false),
      'FDT_ERR_NOTFOUND',
    ],
    [
      'a fixup without its parts',
      raw('fragment@0 { __overlay__ { }; }; __fixups__ { one = "/fragment@0:target"; };'),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a fixup whose offset is no number',
      raw('fragment@0 { __overlay__ { }; }; __fixups__ { one = "/fragment@0:target:x"; };'),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a fixup that names no node',
      raw('fragment@0 { __overlay__ { }; }; __fixups__ { one = "/nowhere:target:0"; };'),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a fixup behind the end of its value',
      raw(
        'fragment@0 { target = <0>; __overlay__ { }; }; __fixups__ { one = "/fragment@0:target:4"; };',
      ),
      'FDT_ERR_NOSPACE',
    ],
    [
      'a fixup without its zero byte',
      raw('fragment@0 { target = <0>; __overlay__ { }; }; __fixups__ { one = [61]; };'),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a local fixup of a property that is not there',
      raw(`${fragment('target-path = "/one";', 'a;')} __local_fixups__ { b = <0>; };`),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a local fixup of a node that is not there',
      raw(`${fragment('target-path = "/one";', 'a;')} __local_fixups__ { none { b = <0>; }; };`),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a local fixup behind the end of its value',
      raw(`b = <1>; ${fragment('target-path = "/one";', 'a;')} __local_fixups__ { b = <4>; };`),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a local fixup of an odd size',
      raw(`b = <1>; ${fragment('target-path = "/one";', 'a;')} __local_fixups__ { b = [00]; };`),
      'FDT_ERR_BADOVERLAY',
    ],
    [
      'a symbol that is no path',
      raw(`${fragment('target-path = "/one";', 'a;')} __symbols__ { s = "relative"; };`),
      'FDT_ERR_BADVALUE',
    ],
    [
      'a symbol without its zero byte',
      raw(`${fragment('target-path = "/one";', 'a;')} __symbols__ { s = [2f]; };`),
      'FDT_ERR_BADVALUE',
    ],
    [
      'a symbol in a fragment that is not there',
      raw(`${fragment('target-path = "/one";', 'a;')} __symbols__ { s = "/none/__overlay__/a"; };`),
      'FDT_ERR_BADOVERLAY',
    ],
  ];

  it.each(CASES)('%s', (_why, overlay, code) => {
    expect(applied(overlay).code).toBe(code);
  });

  it.runIf(hasTool).each(CASES)('by the installed tool as well: %s', (_why, overlay, code) => {
    expect(ofTool(overlay)).toBe(code);
  });

  it('when it is no blob, or the base is none', () => {
    const into = new Uint8Array(1024);
    fdtOpenInto(BASE, into);
    expect(fdtStrerror(fdtOverlayApply(into, new Uint8Array(64)))).toBe('FDT_ERR_BADMAGIC');
    expect(get32(into, HEADER.magic)).toBe(0xd00dfeed);
    const overlay = raw(fragment('target-path = "/one";', 'a;'));
    expect(fdtStrerror(fdtOverlayApply(new Uint8Array(64), overlay))).toBe('FDT_ERR_BADMAGIC');
  });
});
