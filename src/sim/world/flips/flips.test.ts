import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/hex.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import { cString } from '../../fdt/bytes.ts';
import { HEADER } from '../../fdt/header.layout.ts';
import { fdtPathOffset } from '../../fdt/lookup.ts';
import { fdtGetprop } from '../../fdt/read.ts';
import {
  fdtBeginNode,
  fdtCreate,
  fdtEndNode,
  fdtFinish,
  fdtFinishReservemap,
  fdtProperty,
  fdtPropertyString,
} from '../../fdt/write.ts';
import { fdtTotalsize } from '../../fdt/tags.ts';
import { HAZARDS } from '../../kernel/hazards.ts';
import { blobOf, treeOf } from '../../testing/world.ts';
import { conform } from '../conform/conform.ts';
import { BitFlips } from './flips.ts';
import { HandOverBench, isHandOverPage } from './hand-over.ts';

const TREE = blobOf(treeOf({ name: 'web', id: 2, cpus: [4], memory: 1 << 28 }));

/** The page the host makes of a tree (facts 04 §3.5). */
function pageOf(tree: Uint8Array): Uint8Array {
  const page = new Uint8Array(PAGE_SIZE);
  fdtCreate(page);
  fdtFinishReservemap(page);
  fdtBeginNode(page, '');
  fdtPropertyString(page, 'compatible', 'multikernel-v1');
  fdtBeginNode(page, 'multikernel');
  fdtProperty(page, 'dtb-data', tree);
  fdtEndNode(page);
  fdtEndNode(page);
  fdtFinish(page);
  return page.slice(0, fdtTotalsize(page));
}
const PAGE = pageOf(TREE);
/** Where the tree lies in it. */
const INNER = 128;

const flipped = (blob: Uint8Array, bit: number): Uint8Array =>
  blob.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

const RESOURCES = '/instances/web/resources';

/** Offset in the page of a property of the tree inside. */
function cellOf(path: string, name: string): number {
  const value = fdtGetprop(TREE, fdtPathOffset(TREE, path), name);
  if (typeof value === 'number') throw new Error(`no ${name}`);
  return INNER + value.byteOffset - TREE.byteOffset;
}

/** Offset of a text in a blob. */
const find = (blob: Uint8Array, text: string): number =>
  blob.findIndex((_, at) => cString(text).every((byte, i) => blob[at + i] === byte));

describe('a hand-over on the bench', () => {
  it('restores what the blob says, as a page and as the tree of an instance', () => {
    expect(isHandOverPage(PAGE)).toBe(true);
    expect(isHandOverPage(TREE)).toBe(false);
    const web = { id: 2, name: 'web', cpus: [4], memory: 1 << 28, bytes: TREE.length };
    expect(new HandOverBench(TREE, 'rfc-v2').handOver(TREE).restored).toMatchObject(web);
    expect(new HandOverBench(PAGE, 'rfc-v2').handOver(PAGE).restored).toMatchObject(web);
  });

  it('refuses the same tree as posted, where the kernel has no pool of its own', () => {
    const { restored, log } = new HandOverBench(TREE, 'rfc-v2-as-posted').handOver(TREE);
    expect(restored).toBeUndefined();
    expect(log.map(({ event }) => event.key)).toContain('kho.reserve_failed');
  });

  it('undoes every run: a used bench answers as a new one does', () => {
    const used = new HandOverBench(PAGE, 'rfc-v2');
    for (let bit = 0; bit < 8 * PAGE.length; bit += 61) {
      const blob = flipped(PAGE, bit);
      const strip = ({ restored, log, hazards }: ReturnType<HandOverBench['handOver']>) => ({
        ...{ restored, hazards },
        log: log.map(({ event, args }) => [event.key, args]),
      });
      expect(strip(used.handOver(blob))).toEqual(
        strip(new HandOverBench(PAGE, 'rfc-v2').handOver(blob)),
      );
    }
  });
});

describe('flipped bits', () => {
  const flips = new BitFlips(PAGE, 'rfc-v2');
  const of = (bit: number) => {
    const { outcome, detail } = flips.flip(bit);
    return { ...flips.outcomes[outcome]!, detail };
  };

  it('are refused by the check that is there for them', () => {
    expect(of(0)).toMatchObject({
      kind: 'refused',
      what: 'mk_kho_populate: header of the page, FDT_ERR_BADMAGIC',
    });
    expect(of(8 * (HEADER.last_comp_version + 3) + 7)).toMatchObject({
      what: 'mk_kho_populate: header of the page, FDT_ERR_BADVERSION',
    });
    const compatible = find(PAGE, 'multikernel-v1');
    expect(of(8 * compatible)).toMatchObject({
      kind: 'refused',
      what: 'mk_kho_populate: compatible of the page, another string',
    });
    expect(of(8 * find(PAGE, 'dtb-data'))).toMatchObject({
      what: 'mk_kho_restore_dtbs: no dtb-data',
    });
    const inner = find(PAGE, 'instances');
    expect(of(8 * inner)).toMatchObject({ what: 'mk_kho_restore_dtbs: no /instances' });
  });

  it('change what the kernel believes it is, and nobody notices', () => {
    expect(of(8 * find(PAGE, 'web'))).toEqual({
      ...{ kind: 'changed', what: 'name', detail: 'name: "web" → "veb"' },
    });
    const [id, memory] = [cellOf('/instances/web', 'id'), cellOf(RESOURCES, 'memory-bytes')];
    expect(of(8 * (id + 3))).toMatchObject({ what: 'id', detail: 'id: 2 → 3' });
    expect(of(8 * memory)).toMatchObject({
      ...{ what: 'memory', detail: 'memory: 256 MiB → 272 MiB' },
    });
  });

  it('do harm where a length is believed', () => {
    // The tree in the page claims 64 KiB more than there are: facts 04 K14.
    const { text } = HAZARDS.find(({ key }) => key === 'readPastBuffer')!;
    expect(of(8 * (INNER + HEADER.totalsize + 1))).toMatchObject({
      ...{ kind: 'hazard', what: text },
    });
  });

  it('do nothing where nobody looks', () => {
    expect(of(8 * HEADER.boot_cpuid_phys)).toMatchObject({ kind: 'unchanged' });
  });

  it('come to the same as the kernel routines run one by one', () => {
    // The runner of recorded scripts is another way to the same routines. Its device-tree code is a
    // stand-in, so what that refuses is left out; of the others the instance must be the same.
    for (let bit = 0; bit < 8 * PAGE.length; bit += 29) {
      const { kind, what, detail } = of(bit);
      const script = ['spawn 1', 'ctx 1', `kho_restore ${toHex(flipped(PAGE, bit))}`];
      const effects = conform(script);
      const instance = effects.find(({ t }) => t === 'restored');
      if (kind === 'refused' && /^mk_(dt_parse|instance_reserve)/.test(what)) continue;
      if (kind === 'refused') expect([bit, instance]).toEqual([bit, undefined]);
      if (kind === 'unchanged') expect(instance).toMatchObject({ id: 2, name: 'web' });
      if (kind === 'changed' && what === 'name') expect(instance?.name).not.toBe('web');
      if (kind === 'changed' && what === 'id')
        expect(detail).toBe(`id: 2 → ${String(instance?.id)}`);
    }
  });

  it('of a blob that is refused whole change nothing when they are refused alike', () => {
    const broken = new BitFlips(flipped(TREE, 5), 'rfc-v2');
    const kindOf = (bit: number) => broken.outcomes[broken.flip(bit).outcome];
    expect(kindOf(8 * 100)).toMatchObject({ kind: 'unchanged' });
    expect(kindOf(5)).toEqual({ kind: 'changed', what: 'an instance is restored' });
  });

  it('of nothing are none', () => {
    expect(new BitFlips(new Uint8Array(), 'rfc-v2').bits).toBe(0);
  });
});
