import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fdtCheckFull } from '../fdt/check.ts';
import type { Run } from '../scenarios/run.ts';
import {
  bootedRun,
  createdRun,
  hostRun,
  kexecExec,
  kexecLoad,
  loadFlags,
  logged,
  logKeys,
  lookAt,
  MIB,
  treeOf,
  typeAll,
  typed,
  upload,
  vmlinuz,
  type Board,
  type Wish,
} from '../testing/world.ts';
import { findByName } from './instance-object.ts';
import { idrRemove } from './instance-table.ts';
import { MK_INSTANCE } from './mk.layout.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };
const status = (run: Run, name: string): string | undefined => run.answers.instance(name)?.state;
/** The page that was handed over to instance `id`. */
const handOver = (run: Run, id: number): number =>
  run.world.sys.kernels[0]!.kimages.find(({ mkId }) => mkId === id)!.khoFdt;
const loaded = (wishes: readonly Wish[], board: Board = {}): Run => {
  const run = createdRun(wishes, board);
  for (const { id } of wishes.slice(0, 1)) expect(kexecLoad(run, loadFlags(id))).toBe(0);
  return run;
};

describe('kexec_file_load', () => {
  it('places control pages, boot parameters and kernel in the pool of the instance; it is loading', () => {
    const run = loaded([ONE]);
    const [image] = run.world.sys.kernels[0]!.kimages;
    expect(image!.segments.map(({ what, inPool }) => [what, inPool])).toEqual([
      ['control', true],
      ['boot_params', true],
      ['kernel', true],
    ]);
    for (const { start, size } of image!.segments) {
      expect(start).toBeGreaterThanOrEqual(2048 * MIB);
      expect(start + size).toBeLessThanOrEqual(2064 * MIB);
      expect(start % 4096).toBe(0);
    }
    expect(run.world.mem.peek(image!.entry, 4096)).toEqual(vmlinuz(run).slice(0, 4096));
    expect(run.answers.instance('one')).toMatchObject({ state: 'loading', refcount: 2 });
    expect(run.answers.hazards()).toBe(0);
  });

  it('takes the hand-over page from the host, not from the pool (hazard K5)', () => {
    expect(handOver(loaded([ONE]), 1)).toBeLessThan(2048 * MIB);
  });

  it('takes id 1 only without the glue load-ids (facts 05 §7.1)', () => {
    const board: Board = { glue: { 'load-ids': false } };
    const run = createdRun([ONE, TWO], board);
    expect(kexecLoad(run, loadFlags(2))).toBe(-22);
    expect(status(run, 'two')).toBe('ready');
    expect(kexecLoad(run, loadFlags(1))).toBe(0);
  });

  it.each([
    ['id 0', loadFlags(0), -22],
    ['no such instance', loadFlags(7), -2],
    ['a bit that is no flag', loadFlags(1) | 0x1_0000, -22],
  ])('refuses %s', (_, flags, code) => {
    const run = createdRun([ONE]);
    expect(kexecLoad(run, flags)).toBe(code);
    expect(status(run, 'one')).toBe('ready');
    expect(run.world.sys.kernels[0]!.kimages).toEqual([]);
    expect(kexecLoad(run, loadFlags(1))).toBe(0); // the lock is free again
  });

  it('refuses a second image of an instance (-EBUSY), and keeps the first', () => {
    const run = loaded([ONE]);
    expect(kexecLoad(run, loadFlags(1))).toBe(-16);
    expect(logged(run, 'host', 'kexec.busy')).toEqual([[1]]);
    expect(run.answers.instance('one')).toMatchObject({ state: 'loading', refcount: 2 });
  });

  it('frees the image of another instance, even of one that runs (facts 05 §7.2)', () => {
    const run = bootedRun([ONE]);
    upload(run, treeOf(TWO));
    expect(kexecLoad(run, loadFlags(2))).toBe(0);
    expect(run.answers.instance('one')).toMatchObject({ state: 'ready', refcount: 1 });
    expect(logged(run, 'host', 'kexec.freed')).toEqual([[1]]);
    expect(status(run, 'two')).toBe('loading');
    expect(run.answers.kernel('one')?.running).toBe(true); // nobody asked it
    expect(typeAll(run, 'host', ['cat /proc/kimage']).split('\n').slice(2)).toEqual([
      expect.stringMatching(/^ {4}2 {2}multikernel {2}0x[0-9a-f]{12} {9}3$/),
      '',
    ]);
  });

  it('unloads whatever is there, whatever id it is told (facts 05 §7.2)', () => {
    const run = loaded([ONE, TWO]);
    const page = handOver(run, 1);
    expect(kexecLoad(run, 0x01 | loadFlags(2))).toBe(0);
    expect(run.answers.instance('one')).toMatchObject({ state: 'ready', refcount: 1 });
    expect(run.world.sys.kernels[0]!.kimages).toEqual([]);
    expect(typeAll(run, 'host', ['cat /proc/kimage'])).toContain('No kimages loaded');
    expect(kexecLoad(run, 0x01 | 0x10)).toBe(0); // and nothing is nothing
    expect(kexecLoad(run, loadFlags(2))).toBe(0);
    expect(handOver(run, 2)).toBe(page); // the page was given back
  });

  it('never returns what it took of the pool, so that the host is overwritten one day (hazard I7)', () => {
    const run = createdRun([{ ...ONE, memory: 4 * MIB }]);
    for (let round = 0; round < 2; round++) {
      expect(kexecLoad(run, loadFlags(1))).toBe(0);
      expect(kexecLoad(run, 0x01 | 0x10)).toBe(0);
    }
    expect(run.answers.hazard('hostMemoryOverwritten')).toBeGreaterThan(0);
    expect(logKeys(run, 'host')).toContain('kexec.fallthrough');
  });

  it('of what is no kernel is -ENOEXEC and leaves the instance loading for ever (hazard K9)', () => {
    const run = createdRun([ONE]);
    expect(kexecLoad(run, loadFlags(1), new Uint8Array(4096))).toBe(-8);
    expect(run.answers.instance('one')).toMatchObject({ state: 'loading', refcount: 2 });
    expect(run.world.sys.kernels[0]!.kimages).toEqual([]);
    expect(kexecLoad(run, loadFlags(1))).toBe(-16);
    expect(typed(run, 'host', 'kerf delete one').output).toContain('-EBUSY');
    kexecExec(run, 1);
    expect(run.answers.hazard('useAfterFree')).toBe(1);
  });
});

describe('exec', () => {
  it('needs an image: -EINVAL', () => {
    const run = createdRun([ONE]);
    expect([kexecExec(run, 1), kexecExec(run, 9), kexecExec(run, 0)]).toEqual([-22, -22, -22]);
    expect(logged(run, 'host', 'kexec.no_image')).toEqual([[1], [9], [0]]);
  });

  it('needs a CPU: -EINVAL', () => {
    const run = loaded([{ ...ONE, cpus: [] }]);
    expect(kexecExec(run, 1)).toBe(-22);
    expect(logged(run, 'host', 'kexec.no_cpus')).toEqual([[1]]);
  });

  it('needs its first CPU to be offline: -EBUSY', () => {
    const run = loaded([ONE]);
    typeAll(run, 'host', ['echo 1 > /sys/devices/system/cpu/cpu4/online']);
    expect(kexecExec(run, 1)).toBe(-16);
    expect(run.answers.kernel('one')).toBeUndefined();
  });

  it('starts the first CPU only, and leaves the state at loading (facts 05 §2)', () => {
    const run = bootedRun([{ ...ONE, cpus: [5, 4, 6] }]);
    expect(run.answers.kernel('one')).toMatchObject({ running: true, boot_cpu: 4, cpus: [4] });
    expect(run.answers.cpu(5)).toMatchObject({ online: false, mode: 'offline' });
    expect(status(run, 'one')).toBe('loading');
  });

  it('numbers the CPU it boots on 0, whatever its APIC id is', () => {
    const run = bootedRun([ONE], { machine: { apic: [0, 1, 2, 3, 9, 5, 6, 7] } });
    expect(logged(run, 'one', 'ipi.received')).toEqual([]);
    expect(logged(run, 'one', 'boot.start')[0]![1]).toBe(9);
    typeAll(run, 'one', ['mk listen system']);
    typeAll(run, 'host', ['mk send one system heartbeat 0x01']);
    // The sender wrote slot 4, the receiver looks at slot 9 (hazard H9).
    expect(logged(run, 'one', 'ipi.no_valid_data')).toEqual([[0]]);
    expect(run.answers.stats()).toMatchObject({ sent: 1, lost: 1 });
  });

  it('of a running instance is not refused: INIT resets it (hazard H-M4)', () => {
    const run = bootedRun([ONE]);
    typeAll(run, 'one', ['mk listen system']);
    expect(kexecExec(run, 1)).toBe(0);
    expect(run.answers.kernel('one')?.running).toBe(true);
    expect(logKeys(run, 'one')[0]).toBe('boot.start');
    expect(logKeys(run, 'one')).not.toContain('msg.registered'); // a new kernel
  });

  it('can be asked about at every step of it', () => {
    const run = bootedRun([ONE]);
    run.type('host', 'kerf exec --id=1');
    const seen = new Set<boolean | undefined>();
    while (run.advance({ steps: 1, through: true }) !== 'typed') {
      seen.add(run.answers.kernel('one')?.running);
      expect(() => run.hash()).not.toThrow();
    }
    expect(seen).toEqual(new Set([true, false]));
  });
});

/** Byte offsets of facts 04 §3.5. */
function checkPage(page: Uint8Array, dtb: Uint8Array): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  const word = (at: number): number => view.getUint32(at);
  const text = (at: number, length: number): string =>
    Buffer.from(page.subarray(at, at + length)).toString('latin1');
  const padded = Math.ceil(dtb.length / 4) * 4;
  expect([word(0), word(4)]).toEqual([0xd00dfeed, 160 + padded]);
  expect([word(8), word(12), word(16)]).toEqual([64, 140 + padded, 48]);
  expect([word(20), word(24), word(32), word(36)]).toEqual([17, 16, 20, 76 + padded]);
  expect([word(64), word(68)]).toEqual([1, 0]);
  expect([word(72), word(76), word(80)]).toEqual([3, 15, 9]);
  expect(text(84, 16)).toBe('multikernel-v1\0\0');
  expect([word(100), text(104, 12)]).toEqual([1, 'multikernel\0']);
  expect([word(116), word(120), word(124)]).toEqual([3, dtb.length, 0]);
  expect(page.subarray(128, 128 + dtb.length)).toEqual(dtb);
  const end = 128 + padded;
  expect([word(end), word(end + 4), word(end + 8)]).toEqual([2, 2, 9]);
  expect(text(end + 12, 20)).toBe('dtb-data\0compatible\0');
}

describe('the hand-over page', () => {
  const dtbOf = (run: Run, name: string): Uint8Array => {
    const x = lookAt(run, 'host');
    const instance = findByName(x, name);
    const at = (field: 'dtb_data' | 'dtb_size') => x.mem.peek64(instance + MK_INSTANCE.at[field]);
    return x.mem.peek(at('dtb_data'), at('dtb_size'));
  };

  it('is filled at exec, byte for byte as libfdt writes it (facts 04 §3.5)', () => {
    const run = loaded([ONE]);
    const at = handOver(run, 1);
    expect(run.world.mem.peek(at, 4)).not.toEqual(Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed));
    kexecExec(run, 1);
    const page = run.world.mem.peek(at, 4096);
    checkPage(page, dtbOf(run, 'one'));
    expect(fdtCheckFull(page, page.length)).toBe(0);
    expect(logged(run, 'host', 'kho.finalized')).toEqual([
      [1, 160 + Math.ceil(dtbOf(run, 'one').length / 4) * 4],
    ]);
  });

  it('holds a tree of this instance alone', () => {
    const run = bootedRun([ONE]);
    upload(run, treeOf(TWO));
    const dtb = Buffer.from(dtbOf(run, 'one')).toString('latin1');
    expect(dtb).toContain('one\0');
    expect(dtb).not.toContain('two\0');
    expect(logged(run, 'one', 'kho.dtb_found')).toEqual([[dtb.length]]);
  });

  it.skipIf(spawnSync('fdtdump', ['--version']).error !== undefined)(
    'is accepted by the real dtc and fdtdump (skipped where they are not installed)',
    () => {
      const run = bootedRun([ONE]);
      const page = run.world.mem.peek(handOver(run, 1), 4096);
      const file = join(mkdtempSync(join(tmpdir(), 'kho-')), 'page.dtb');
      writeFileSync(file, page);
      const options = { encoding: 'utf8', stdio: 'pipe' } as const;
      const source = execFileSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts', file], options);
      expect(source).toContain('compatible = "multikernel-v1";');
      const dump = execFileSync('fdtdump', [file], options);
      expect(dump).toContain('multikernel {');
      expect(dump).toContain('dtb-data = ');
    },
  );

  it('of a tree that is too large fails, is only warned about, and the kernel restores nothing (hazard K3)', () => {
    // A tree of 3940 bytes: finish fails, the page keeps the magic of an unfinished blob.
    const pad = (bytes: number): string =>
      treeOf(ONE).replace('id = <1>;', `id = <1>; pad = [${'00'.repeat(bytes)}];`);
    const probe = hostRun();
    upload(probe, pad(4));
    const run = hostRun();
    upload(run, pad(4 + 3940 - dtbOf(probe, 'one').length));
    expect(dtbOf(run, 'one')).toHaveLength(3940);
    expect(kexecLoad(run, loadFlags(1))).toBe(0);
    expect(kexecExec(run, 1)).toBe(0);
    expect(logged(run, 'host', 'kho.fdt_finish_failed')).toEqual([[-3]]);
    expect(logged(run, 'host', 'kexec.finalize_failed')).toEqual([[-3]]);
    expect(logKeys(run, 'one')).toContain('kho.disabled');
    expect(run.answers.kernel('one')).toMatchObject({ running: true, instance: { name: '' } });
  });

  it('of 3936 bytes of tree is just not too large', () => {
    const pad = (bytes: number): string =>
      treeOf(ONE).replace('id = <1>;', `id = <1>; pad = [${'00'.repeat(bytes)}];`);
    const probe = hostRun();
    upload(probe, pad(4));
    const run = hostRun();
    upload(run, pad(4 + 3936 - dtbOf(probe, 'one').length));
    expect(dtbOf(run, 'one')).toHaveLength(3936);
    kexecLoad(run, loadFlags(1));
    kexecExec(run, 1);
    expect(logged(run, 'host', 'kho.finalized')).toEqual([[1, 4096]]);
    expect(run.answers.kernel('one')?.instance).toMatchObject({ name: 'one', dtb_size: 3936 });
  });
});

describe('what a spawned kernel restores', () => {
  it('is its name, its id and its tree, but no number in the id map (hazard K12)', () => {
    const run = bootedRun([ONE]);
    expect(run.answers.kernel('one')?.instance).toMatchObject({
      ...{ id: 1, name: 'one', state: 'ready', cpus: [] },
    });
    expect(logged(run, 'one', 'kho.restored')[0]!.slice(0, 2)).toEqual([1, 'one']);
    expect(typed(run, 'one', 'mk send 1 system heartbeat').output).toContain('-EINVAL');
    // The CPU half of the reservation fails and is swallowed.
    expect(logged(run, 'one', 'inst.cpu_reserve_failed')).toEqual([['one', -22]]);
  });

  it('is nothing without the glue restore-memory: -ENOMEM, only warned about', () => {
    const run = bootedRun([ONE], { glue: { 'restore-memory': false } });
    expect(logged(run, 'one', 'kho.restore_failed')).toEqual([[-12]]);
    expect(run.answers.kernel('one')).toMatchObject({ running: true, instance: { name: '' } });
    expect(logKeys(run, 'one').at(-1)).toBe('boot.done');
  });

  it('needs no pool when no memory was asked for, even without that glue', () => {
    const board: Board = { glue: { 'restore-memory': false, 'ipi-area': false } };
    const run = createdRun([{ name: 'bare', id: 1, cpus: [4] }], board);
    kexecLoad(run, loadFlags(1));
    kexecExec(run, 1);
    expect(run.answers.kernel('bare')?.instance?.name).toBe('bare');
  });

  it.each([
    ['its instance is gone', 'kho.target_not_found'],
    ['its instance has no tree', 'kho.target_has_no_dtb'],
  ])('is nothing when %s at exec, which counts as success (hazard K1)', (_, key) => {
    const run = loaded([ONE]);
    run.type('host', 'kerf exec --id=1');
    // Stop where the image and its CPU were found, and nothing is handed over yet.
    while (run.answers.cpu(0)?.routine !== 'mk_kexec_finalize')
      run.advance({ steps: 1, through: true });
    const x = lookAt(run, 'host');
    if (key === 'kho.target_not_found') idrRemove(x, 1);
    else x.mem.poke64(findByName(x, 'one') + MK_INSTANCE.at.dtb_data, 0);
    while (run.advance({ through: true }) !== 'typed');
    expect(logged(run, 'host', key)).toEqual([[1]]);
    expect(logged(run, 'host', 'kho.finalized')).toEqual([[1, 119]]);
    expect(logKeys(run, 'host')).toContain('kexec.finalize_ok');
    expect(logKeys(run, 'one')).toContain('kho.no_multikernel_node');
    expect(run.answers.kernel('one')).toMatchObject({ running: true, instance: { name: '' } });
  });
});
