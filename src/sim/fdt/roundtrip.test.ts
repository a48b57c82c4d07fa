import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { toHex } from '../base/hex.ts';
import { fdtCheckFull } from './check.ts';
import { compileDts, decompile, treeToBlob, treeToText } from './compile.ts';
import { decodeBlob } from './decode.ts';
import { flatten } from './flatten.ts';
import { StringTable } from './string-table.ts';
import { RandomSource } from './testing/random-source.ts';
import { latin1Bytes } from './tools/io.ts';
import { fillPaths, Node, Property, type DeviceTree } from './tree.ts';
import { unflatten } from './unflatten.ts';

/** The same cases in every run; delete it to look for others. */
fc.configureGlobal({ seed: 20 });

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789,._+-');
const name = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 12 })
  .map((chars) => chars.join(''));
const value = fc.uint8Array({ maxLength: 24 });
const properties = fc.uniqueArray(fc.tuple(name, value), {
  selector: ([key]) => key,
  maxLength: 5,
});

interface Shape {
  readonly name: string;
  readonly properties: readonly (readonly [string, Uint8Array])[];
  readonly children: readonly Shape[];
}
const leaf: fc.Arbitrary<Shape> = fc.record({ name, properties, children: fc.constant([]) });
const holding = (inner: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> =>
  fc.record({
    name,
    properties,
    children: fc.uniqueArray(inner, { selector: (child) => child.name, maxLength: 4 }),
  });
const shape = holding(holding(holding(leaf)));

function nodeOf({ name: title, properties: own, children }: Shape): Node {
  const node = new Node(title);
  for (const [key, bytes] of own) node.properties.push(new Property(key, bytes));
  for (const child of children) node.append(nodeOf(child));
  return node;
}
const shapeOf = (node: Node): Shape => ({
  name: node.name,
  properties: node.properties.map((one) => [one.name, Uint8Array.from(one.value)] as const),
  children: node.children.map(shapeOf),
});
const treeOf = (root: Shape): DeviceTree => {
  const tree = { root: nodeOf({ ...root, name: '' }), reserves: [], isPlugin: false, bootCpu: 3 };
  fillPaths(tree.root);
  return tree;
};
const plain = { reserveSlots: 0, space: 0, pad: 0, align: 0 };

describe('any tree', () => {
  it('comes back from a blob of version 16 and 17 as it was', () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(16, 17), (root, version) => {
        const { blob } = flatten(treeOf(root), { version, ...plain });
        expect(fdtCheckFull(blob)).toBe(0);
        const back = unflatten('blob', blob, []);
        expect(shapeOf(back!.root)).toEqual({ ...root, name: '' });
        expect(back!.bootCpu).toBe(3);
      }),
    );
  });

  it('has a begin and an end for each node in its columns, and the bytes of each value', () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(3, 16, 17), (root, version) => {
        const tree = treeOf(root);
        const { blob } = flatten(tree, { version, ...plain });
        const decoded = decodeBlob(blob);
        if (typeof decoded === 'number') throw new Error(`refused with ${decoded}`);
        const tags = [...decoded.tag.subarray(0, decoded.count)];
        const count = (tag: number): number => tags.filter((one) => one === tag).length;
        expect(count(1)).toBe(count(2));
        expect(tags.at(-1)).toBe(9);
        const first = tree.root.properties[0];
        if (!first) return;
        const item = tags.indexOf(3);
        const bytes = blob.subarray(decoded.valueAt[item], decoded.valueEnd[item]);
        expect(toHex(bytes)).toBe(toHex(first.value));
      }),
    );
  });
});

describe('any source that compiles', () => {
  it('compiles to the same blob when its tree is printed and read again', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const compiled = compileDts(latin1Bytes(new RandomSource(seed, 0).source()));
        if (!compiled.tree || !compiled.blob || compiled.tree.root.deleted) return;
        const { bootCpu } = compiled.tree;
        const again = compileDts(latin1Bytes(treeToText(compiled.tree)), { bootCpu });
        expect(again.status).toBe(0);
        expect(toHex(again.blob!)).toBe(toHex(compiled.blob));
      }),
    );
  });

  it('gives a blob whose decompiled text compiles to the same bytes, but for ambiguous escapes', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { blob } = compileDts(latin1Bytes(new RandomSource(seed, 0).source(false)));
        const { text, tree } = blob ? decompile(blob) : {};
        // dtc prints a zero byte in front of a digit as \0 and the digit; that reads as one byte.
        if (text === undefined || !tree || !blob || /\\0[0-7]/.test(text)) return;
        // An entry of size 0 ends the reserve map for whoever reads it.
        if (blob.length !== treeToBlob(tree, {}, [])!.length) return;
        const { bootCpu } = tree;
        const again = compileDts(latin1Bytes(text), { bootCpu });
        expect(toHex(again.blob!)).toBe(toHex(blob));
        expect(toHex(treeToBlob(tree, {}, [])!)).toBe(toHex(blob));
      }),
    );
  });
});

describe('the table of strings', () => {
  it('puts every name where a search of the whole block would find it first', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), (names) => {
        const table = new StringTable();
        let block = '';
        for (const one of names) {
          const known = block.indexOf(`${one}\0`);
          const expected = known < 0 ? block.length : known;
          if (known < 0) block += `${one}\0`;
          expect(table.insert(one)).toBe(expected);
        }
        expect(Buffer.from(table.bytes()).toString('latin1')).toBe(block);
      }),
    );
  });
});
