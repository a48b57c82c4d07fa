import { describe, expect, it } from 'vitest';
import { compileTree } from '../../../worker/tree-reading.ts';
import { hueOf, lineAt, linesOf, meaningOf, movedByte } from './blob-lines.ts';
import { changesOf, changesText, type Mapped } from './changes.ts';

const mapped = (body: string): Mapped => {
  const { blob, ranges, rows } = compileTree(
    `/dts-v1/;\n/ { ${body} };\n`,
    'a.dts',
    () => undefined,
  );
  return { bytes: blob!, ranges, rows };
};
const ONE = mapped('who = "one of many"; n = <1>; dev { };');

describe('the listing of a blob', () => {
  const lines = linesOf(ONE.ranges, ONE.bytes);
  it('has every byte once, at most eight in a line', () => {
    let at = 0;
    for (const { from, to } of lines) {
      expect(from).toBe(at);
      expect(to - from).toBeLessThanOrEqual(8);
      at = to;
    }
    expect(at).toBe(ONE.bytes.length);
    for (const byte of [0, 39, 57, at - 1]) {
      const line = lines[lineAt(lines, byte)]!;
      expect(line.from <= byte && byte < line.to).toBe(true);
    }
  });

  it('folds long gaps of zeros into one line, which the cursor steps over', () => {
    const page = new Uint8Array(4096);
    page.set(ONE.bytes);
    const end = ONE.bytes.length;
    const gap = { from: end, to: 4096, kind: 'gap', label: '', row: -1 } as const;
    const all = linesOf([...ONE.ranges, gap], page);
    expect(all.at(-1)).toMatchObject({ folded: true, from: end, to: 4096 });
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
    expect(movedByte([], 0, 'End', 10)).toBeUndefined();
  });

  it('says of every kind of bytes what it is', () => {
    const says = ONE.ranges.map((range) => {
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
