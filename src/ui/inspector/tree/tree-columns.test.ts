import { describe, expect, it } from 'vitest';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtPropertyString,
} from '../../../sim/fdt/write.ts';
import { compileTree, mapTree } from '../../../worker/tree-reading.ts';
import { serve } from '../../../worker/host.ts';
import type { Handlers } from '../../../worker/protocol.ts';
import type { TreeReading } from '../../../worker/tree-types.ts';
import { TreeRanges, type TreeRange } from './tree-ranges.ts';
import { TreeRows, type TreeRow } from './tree-rows.ts';

const WEB = `/dts-v1/;
/ {
	compatible = "multikernel-v1";
	gic: pic@1000 { reg = <0x1000>; phandle = <7>; }; /* é */
	dev { interrupt-parent = <&gic>; memory-bytes = <0x10000000>; who = "/dev"; };
};
`;
const none = () => undefined;

/** What the page makes of an answer of the worker: every row, every range. */
function unpacked({ rows, ranges, ...reading }: TreeReading) {
  const allRows = new TreeRows(rows);
  const allRanges = new TreeRanges(ranges, reading.blob);
  return {
    ...reading,
    rows: Array.from({ length: rows.count }, (_, row): TreeRow => allRows.at(row)!),
    ranges: Array.from({ length: ranges.count }, (_, range): TreeRange => allRanges.get(range)),
  };
}
const compiled = () => unpacked(compileTree(WEB, 'web.dts', none));

describe('a device tree for the page', () => {
  it('crosses whole when its columns are handed over', () => {
    const answer = compileTree(WEB, 'web.dts', none);
    const before = unpacked(structuredClone(answer));
    const { port1, port2 } = new MessageChannel();
    serve(port1, () => ({ compileTree: () => answer }) as unknown as Handlers);
    port1.start();
    port2.start();
    return new Promise<void>((resolve) => {
      port2.addEventListener('message', ({ data }: MessageEvent<{ answer: TreeReading }>) => {
        expect(unpacked(data.answer)).toEqual(before);
        expect(answer.rows.depth.length).toBe(0);
        port1.close();
        resolve();
      });
      port2.postMessage({ id: 1, call: 'compileTree', ask: {} });
    });
  });

  it('finds the owner of every byte in blobs whose order is not that of dtc', () => {
    // Written by libfdt: children may come before properties are read, names lie in another order.
    const blob = new Uint8Array(512);
    fdtCreate(blob);
    fdtFinishReservemap(blob);
    fdtBeginNode(blob, '');
    fdtPropertyString(blob, 'b', 'x');
    fdtPropertyString(blob, 'name', 'what dtc leaves out when it reads');
    fdtBeginNode(blob, 'n');
    fdtPropertyString(blob, 'name', 'n');
    fdtPropertyString(blob, 'a', 'y');
    fdtEndNode(blob);
    fdtEndNode(blob);
    fdtFinish(blob);
    const { rows, ranges } = unpacked(mapTree(blob, 'a.dtb'));
    const owners = ranges
      .filter(({ kind }) => kind === 'value')
      .map(({ label, row }) => [label, rows[row]?.path, rows[row]?.name]);
    expect(owners).toEqual([
      ['b', '/', 'b'],
      ['name', '/', 'name'],
      ['name', undefined, undefined],
      ['a', '/n', 'a'],
    ]);
  });

  it('has rows that know their place in the source, whatever characters stand there', () => {
    const { rows } = compiled();
    const textOf = (name: string) => {
      const { source } = rows.find((row) => row.name === name)!;
      return WEB.slice(...source!);
    };
    expect(textOf('memory-bytes')).toBe('memory-bytes = <0x10000000>;');
    expect(textOf('dev')).toMatch(/^dev \{.*\};$/);
    expect(textOf('/')).toMatch(/^\/ \{/);
    expect(textOf('pic@1000')).toBe('pic@1000 { reg = <0x1000>; phandle = <7>; };');
  });

  it('types values and follows references', () => {
    const { rows } = compiled();
    const byName = (name: string) => rows.find((row) => row.name === name)!;
    expect(byName('memory-bytes')).toMatchObject({
      ...{ type: 'cells', hint: '256 MiB', value: [{ text: '0x10000000' }] },
    });
    const to = byName('interrupt-parent').value[0]?.to;
    expect(rows[to!]).toMatchObject({ name: 'pic@1000', labels: ['gic'], path: '/pic@1000' });
    expect(rows[byName('who').value[0]!.to!]?.path).toBe('/dev');
  });

  it('knows of every byte what it is and whose', () => {
    const { blob, ranges, rows, verdicts } = compiled();
    expect(verdicts).toEqual({ header: 'no error', full: 'no error' });
    let at = 0;
    for (const range of ranges) {
      expect(range.from).toBe(at);
      at = range.to;
    }
    expect(at).toBe(blob!.length);
    const value = ranges.find(({ kind, label }) => kind === 'value' && label === 'memory-bytes')!;
    expect([...blob!.slice(value.from, value.to)]).toEqual([0x10, 0, 0, 0]);
    expect(rows[value.row]?.name).toBe('memory-bytes');
    const [from, to] = rows[value.row]!.string!;
    expect(String.fromCharCode(...blob!.slice(from, to))).toBe('memory-bytes\0');
  });

  it('reads a blob back as a source with the same rows', () => {
    const { blob, rows } = compiled();
    const read = unpacked(mapTree(blob!, 'web.dtb'));
    expect(read.rows.map(({ path, name }) => `${path} ${name}`)).toEqual(
      rows.map(({ path, name }) => `${path} ${name}`),
    );
    const row = read.rows.find(({ name }) => name === 'memory-bytes')!;
    expect(read.text!.slice(...row.source!)).toBe('memory-bytes = <0x10000000>;');
    const parent = read.rows.find(({ name }) => name === 'interrupt-parent')!;
    expect(read.rows[parent.value[0]!.to!]?.name).toBe('pic@1000');
  });

  it('places what is wrong, and says which check catches a bent byte', () => {
    const { blob, problems } = compileTree('/dts-v1/;\n/ { é = <1>; };\n', 'a.dts', none);
    expect(blob).toBeUndefined();
    expect(problems[0]).toMatchObject({ severity: 'error', place: '2:5' });
    const other = compileTree('/dts-v1/;\n/ { a = <&nobody>; };\n', 'a.dts', none);
    expect(other.problems[0]).toMatchObject({ severity: 'error' });

    const bent = compiled().blob!.slice();
    bent[0x3b] = 0x0b;
    const read = unpacked(mapTree(bent, 'web.dtb'));
    expect(read.verdicts).toEqual({ header: 'no error', full: 'FDT_ERR_BADSTRUCTURE' });
    expect(read.ranges[0]).toMatchObject({ kind: 'header', label: 'magic' });
    expect(read.rows).toEqual([]);
  });

  it('shows a blob inside a blob, and bytes behind one', () => {
    const inner = [...compiled().blob!].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const source = `/dts-v1/;\n/ { dtb-data = [${inner}]; };\n`;
    const outer = unpacked(compileTree(source, 'kho.dts', none));
    expect(outer.rows[1]).toMatchObject({ type: 'tree' });
    const page = new Uint8Array(4096);
    page.set(outer.blob!);
    expect(unpacked(mapTree(page, 'page')).ranges.at(-1)).toMatchObject({ kind: 'gap', to: 4096 });
  });
});
