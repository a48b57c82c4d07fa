import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { fdtCheckFull } from './check.ts';
import { compileDts } from './compile.ts';
import {
  fdtAddMemRsv,
  fdtAddSubnode,
  fdtDelMemRsv,
  fdtDelNode,
  fdtDelprop,
  fdtNopNode,
  fdtNopProperty,
  fdtOpenInto,
  fdtPack,
  fdtSetName,
  fdtSetprop,
} from './edit.ts';
import { FDT_ERR } from './error.ts';
import { fdtPathOffset } from './lookup.ts';
import {
  fdtFirstPropertyOffset,
  fdtGetMemRsv,
  fdtGetName,
  fdtGetpropByOffset,
  fdtNextPropertyOffset,
  fdtNumMemRsv,
} from './read.ts';
import { fdtFirstSubnode, fdtNextSubnode, fdtTotalsize } from './tags.ts';
import { latin1Bytes } from './tools/io.ts';

/** What a tree should be after some edits: plain objects, which know nothing of blobs. */
interface Model {
  readonly properties: Map<string, string>;
  readonly children: Map<string, Model>;
}
const empty = (): Model => ({ properties: new Map(), children: new Map() });

/** One thing done to a tree; `node` and `name` choose among what there is, or is not. */
interface Edit {
  readonly what: 'set' | 'delete' | 'nop' | 'add' | 'remove' | 'nop-node' | 'rename' | 'reserve';
  readonly node: number;
  readonly name: string;
  readonly value: string;
}
const NAMES = ['a', 'b', 'cd', 'e@1', 'a-longer-name'];
const anEdit: fc.Arbitrary<Edit> = fc.record({
  what: fc.constantFrom(
    ...(['set', 'set', 'add', 'add', 'delete', 'nop', 'remove', 'nop-node', 'rename'] as const),
    'reserve' as const,
  ),
  node: fc.nat(20),
  name: fc.constantFrom(...NAMES),
  value: fc.string({ maxLength: 9, unit: fc.constantFrom('x', 'y', 'z') }),
});

/** Paths of a model's nodes, the root first. */
function pathsOf(
  model: Model,
  path = '',
): [path: string, model: Model, parent: Model | undefined][] {
  const below = [...model.children].flatMap(([name, child]) =>
    pathsOf(child, `${path}/${name}`).map(
      ([at, one, parent]) => [at, one, parent ?? model] as [string, Model, Model],
    ),
  );
  return [[path === '' ? '/' : path, model, undefined], ...below];
}

/** Does an edit to blob and model; answers what the blob said and what it should have said. */
function edit(fdt: Uint8Array, root: Model, { what, node, name, value }: Edit): [number, number] {
  const nodes = pathsOf(root);
  const [path, model, parent] = nodes[node % nodes.length]!;
  const offset = fdtPathOffset(fdt, path);
  const isKnown = model.properties.has(name);
  const gone = isKnown ? 0 : -FDT_ERR.NOTFOUND;
  switch (what) {
    case 'set':
      model.properties.set(name, value);
      return [fdtSetprop(fdt, offset, name, latin1Bytes(value)), 0];
    case 'delete':
    case 'nop':
      model.properties.delete(name);
      return [(what === 'nop' ? fdtNopProperty : fdtDelprop)(fdt, offset, name), gone];
    case 'add': {
      if (model.children.has(name)) return [fdtAddSubnode(fdt, offset, name), -FDT_ERR.EXISTS];
      model.children.set(name, empty());
      return [Math.min(fdtAddSubnode(fdt, offset, name), 0), 0];
    }
    case 'remove':
    case 'nop-node': {
      if (!parent) return [0, 0];
      parent.children.delete(path.slice(path.lastIndexOf('/') + 1));
      return [(what === 'remove' ? fdtDelNode : fdtNopNode)(fdt, offset), 0];
    }
    case 'rename': {
      const wanted = `r${value}`;
      if (!parent || parent.children.has(wanted)) return [0, 0];
      parent.children.delete(path.slice(path.lastIndexOf('/') + 1));
      parent.children.set(wanted, model);
      return [fdtSetName(fdt, offset, wanted), 0];
    }
    case 'reserve':
      return [fdtAddMemRsv(fdt, BigInt(node), 1n), 0];
  }
}

/** The model a blob stands for. */
function read(fdt: Uint8Array, node = 0): Model {
  const model = empty();
  let at = fdtFirstPropertyOffset(fdt, node);
  for (; at >= 0; at = fdtNextPropertyOffset(fdt, at)) {
    const property = fdtGetpropByOffset(fdt, at);
    if (typeof property === 'number') throw new Error(`code ${property}`);
    model.properties.set(property.name, Buffer.from(property.value).toString('latin1'));
  }
  let child = fdtFirstSubnode(fdt, node);
  for (; child >= 0; child = fdtNextSubnode(fdt, child))
    model.children.set(String(fdtGetName(fdt, child)), read(fdt, child));
  return model;
}

const sorted = ({ properties, children }: Model): unknown => ({
  properties: [...properties].sort(),
  children: [...children].map(([name, child]) => [name, sorted(child)] as const).sort(),
});

const START = compileDts(latin1Bytes('/dts-v1/; / { };')).blob!;

describe('any row of edits', () => {
  it('leaves the tree that plain objects have after it, sound at every step', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 40 }), (edits) => {
        const fdt = new Uint8Array(16_384);
        expect(fdtOpenInto(START, fdt)).toBe(0);
        const model = empty();
        for (const one of edits) {
          const [code, wanted] = edit(fdt, model, one);
          expect(code).toBe(wanted);
          expect(fdtCheckFull(fdt)).toBe(0);
        }
        expect(sorted(read(fdt))).toEqual(sorted(model));
        expect(fdtNumMemRsv(fdt)).toBe(edits.filter(({ what }) => what === 'reserve').length);
        expect(fdtPack(fdt)).toBe(0);
        const packed = fdt.slice(0, fdtTotalsize(fdt));
        expect(fdtCheckFull(packed)).toBe(0);
        expect(sorted(read(packed))).toEqual(sorted(model));
      }),
      { numRuns: 150 },
    );
  });

  it('that does not fit says so, and what was there stays', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { minLength: 5, maxLength: 40 }), fc.nat(300), (edits, room) => {
        const fdt = new Uint8Array(START.length + room);
        fdtOpenInto(START, fdt);
        const model = empty();
        for (const one of edits) {
          const before = fdt.slice();
          const [code, wanted] = edit(fdt, model, one);
          expect(fdtCheckFull(fdt)).toBe(0);
          if (code === wanted) continue;
          expect(code).toBe(-FDT_ERR.NOSPACE);
          expect(sorted(read(fdt))).toEqual(sorted(read(before)));
          return;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of the reserve map takes out what it is told', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (starts, which) => {
          const fdt = new Uint8Array(4096);
          fdtOpenInto(START, fdt);
          for (const start of starts) fdtAddMemRsv(fdt, BigInt(start), 2n);
          const index = which % starts.length;
          expect(fdtDelMemRsv(fdt, index)).toBe(0);
          const left = Array.from({ length: fdtNumMemRsv(fdt) }, (_, i) => fdtGetMemRsv(fdt, i));
          expect(left).toEqual(
            starts
              .filter((_, i) => i !== index)
              .map((each) => ({ address: BigInt(each), size: 2n })),
          );
          expect(fdtDelMemRsv(fdt, starts.length - 1)).toBe(-FDT_ERR.NOTFOUND);
        },
      ),
    );
  });
});
