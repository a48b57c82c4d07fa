import { describe, expect, it } from 'vitest';
import { compileTree } from '../../../worker/tree-reading.ts';
import { RANGE } from '../../../sim/fdt/kinds.layout.ts';
import type { TreeReading } from '../../../worker/tree-types.ts';
import { hueOf, Lines, meaningOf, movedByte } from './blob-lines.ts';
import { changesOf, changesText, type Mapped } from './changes.ts';
import { TreeRanges } from './tree-ranges.ts';
import { TreeRows } from './tree-rows.ts';

const readingOf = (body: string): TreeReading =>
  compileTree(`/dts-v1/;\n/ { ${body} };\n`, 'a.dts', () => undefined);

const mapped = (body: string): Mapped => {
  const { blob, ranges, rows } = readingOf(body);
  return { bytes: blob!, ranges: new TreeRanges(ranges, blob), rows: new TreeRows(rows) };
};
const BODY = 'who = "one of many"; n = <1>; dev { };';
const ONE = mapped(BODY);

describe('the listing of a blob', () => {
  const lines = new Lines(ONE.ranges, ONE.bytes);
  it('has every byte once, at most eight in a line', () => {
    let at = 0;
    for (let line = 0; line < lines.count; line++) {
      const { from, to } = lines.at(line)!;
      expect(from).toBe(at);
      expect(to - from).toBeLessThanOrEqual(8);
      at = to;
    }
    expect(at).toBe(ONE.bytes.length);
    for (const byte of [0, 39, 57, at - 1]) {
      const line = lines.at(lines.indexAt(byte))!;
      expect(line.from <= byte && byte < line.to).toBe(true);
    }
    expect(lines.at(lines.count)).toBeUndefined();
  });

  it('folds long gaps of zeros into one line, which the cursor steps over', () => {
    const page = new Uint8Array(4096);
    page.set(ONE.bytes);
    const end = ONE.bytes.length;
    const { count, from, kind, row } = readingOf(BODY).ranges;
    const more = {
      count: count + 1,
      from: Uint32Array.of(...from, 4096),
      kind: Uint8Array.of(...kind, RANGE.gap),
      row: Int32Array.of(...row, -1),
    };
    const all = new Lines(new TreeRanges(more, page), page);
    expect(all.at(all.count - 1)).toMatchObject({
      ...{ folded: true, from: end, to: 4096 },
      range: { kind: 'gap', label: 'behind the blob' },
    });
    expect(movedByte(all, 0, 'End', 10)).toBe(end);
    expect(movedByte(all, end, 'ArrowLeft', 10)).toBe(end - 1);
    expect(movedByte(all, end, 'ArrowRight', 10)).toBe(4095);
  });

  it('moves by byte and by line, and stays inside', () => {
    expect(movedByte(lines, 0, 'ArrowLeft', 10)).toBe(0);
    expect(movedByte(lines, 2, 'ArrowDown', 10)).toBe(6);
    expect(movedByte(lines, 6, 'ArrowUp', 10)).toBe(2);
    expect(movedByte(lines, 0, 'PageUp', 10)).toBe(0);
    expect(movedByte(lines, 0, 'x', 10)).toBeUndefined();
    const none = new Lines(new TreeRanges(), new Uint8Array());
    expect(movedByte(none, 0, 'End', 10)).toBeUndefined();
  });

  it('says of every kind of bytes what it is', () => {
    const says = Array.from({ length: ONE.ranges.count }, (_, i) => {
      const range = ONE.ranges.get(i);
      const { name, value } = meaningOf(range, ONE.bytes, ONE.rows);
      return `${hueOf(range)}: ${name} ${value}`.trim();
    });
    expect(says).toContain('header: magic 0xd00dfeed');
    expect(says).toContain('reserve: end of the reserve map');
    expect(says).toContain('token: FDT_BEGIN_NODE');
    expect(says).toContain('node: name "dev"');
    expect(says).toContain('property: name at 0x4 → n');
    expect(says).toContain('value: n <1>');
    expect(says).toContain('value: who "one of many"');
    expect(says).toContain('property: "who"');
  });
});

describe('what changed between two blobs', () => {
  it('is one byte when one cell changes', () => {
    const changes = changesOf(ONE, mapped('who = "one of many"; n = <7>; dev { };'));
    expect(changes.changed.size).toBe(1);
    expect(changesText(changes)).toBe('1 byte changed');
  });

  it('tells what moved from what is new and what is gone', () => {
    const changes = changesOf(ONE, mapped('who = "one of many"; n = <1 2>; dev { };'));
    expect(changes.movedBytes).toBeGreaterThan(0);
    expect([...changes.moved.values()].every((by) => by === 4)).toBe(true);
    // Four bytes of the cell, one of its length, and three fields of the header.
    expect(changesText(changes)).toMatch(/^8 bytes changed, \d+ bytes moved$/);
    expect(changesOf(ONE, mapped('n = <1>; dev { };')).gone).toBeGreaterThan(0);
  });

  it('is nothing for the same blob', () => {
    expect(changesText(changesOf(undefined, ONE))).toBe('');
    expect(changesText(changesOf(ONE, ONE))).toBe('');
  });
});
