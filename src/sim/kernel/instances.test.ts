import { describe, expect, it } from 'vitest';
import { launch } from '../machine/bus.ts';
import type { Run } from '../scenarios/run.ts';
import {
  ask,
  bootedRun,
  blobOf,
  createdRun,
  hostRun,
  kexecExec,
  logDuring,
  logged,
  logKeys,
  MIB,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
  type Wish,
} from '../testing/world.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const iomem = (run: Run): string[] =>
  typed(run, 'host', 'cat /proc/iomem')
    .output.split('\n')
    .filter((line) => line.includes('mk-instance'))
    .map((line) => line.trim());
const FS = '/sys/fs/multikernel';
const online = (run: Run): string =>
  typed(run, 'host', 'cat /sys/devices/system/cpu/online').output;

describe('a device tree that is written', () => {
  it('makes an instance: memory from the pool, CPUs from the host, ready (facts 05 §4.2)', () => {
    const run = hostRun();
    const keys = logDuring(run, 'host', () => upload(run, treeOf(WEB)));
    expect(run.answers.instance('web')).toMatchObject({
      ...{ id: 2, state: 'ready', refcount: 1, memory_bytes: 256 * MIB, cpus: [4, 5] },
    });
    expect(run.answers.kernel('host')?.cpus).toEqual([0, 1, 2, 3, 6, 7]);
    expect(iomem(run)).toEqual(['80000000-8fffffff : mk-instance-2-web-region-0']);
    expect(keys[0]).toBe('inst.upload');
    expect(keys.at(-1)).toBe('inst.upload_done');
    expect(keys.filter((key) => key === 'inst.cpu_removed')).toHaveLength(2);
    expect(keys.indexOf('inst.memory')).toBeLessThan(keys.indexOf('inst.cpus'));
    expect(keys.indexOf('inst.cpus')).toBeLessThan(keys.indexOf('inst.state'));
  });

  it('succeeds although every instance in it failed (hazard I3)', () => {
    const run = hostRun();
    const none = treeOf({ ...ONE, cpus: [8] }, { ...WEB, memory: 4097 });
    expect(upload(run, none).status).toBe(0);
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([
      ['one', -22],
      ['web', -22],
    ]);
    expect(run.answers.instance('one')).toBeUndefined();
    expect(iomem(run)).toEqual([]);
  });

  it('with a CPU that cannot exist is -EINVAL in the log, and takes nothing', () => {
    const run = createdRun([{ ...ONE, cpus: [3, 8] }]);
    expect(logged(run, 'host', 'dt.bad_cpus')).toEqual([[8, -22]]);
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([['one', -22]]);
    expect(online(run)).toBe('0-7\n');
  });

  it('goes on with the other instances after one without an id', () => {
    const run = hostRun();
    const tree = treeOf(WEB).replace('instances {', 'instances { anon { resources { }; };');
    upload(run, tree);
    expect(logged(run, 'host', 'inst.child_no_id')).toEqual([['anon']]);
    expect(run.answers.instance('web')?.state).toBe('ready');
  });

  it('does not change an instance of a name that exists (hazard I4)', () => {
    const run = createdRun([ONE]);
    const keys = logDuring(run, 'host', () => {
      expect(upload(run, treeOf({ ...ONE, id: 9, memory: 32 * MIB, cpus: [6] })).status).toBe(0);
    });
    expect(keys).toEqual(['inst.upload', 'inst.exists', 'inst.upload_done']);
    expect(run.answers.instance('one')).toMatchObject({ id: 1, memory_bytes: 16 * MIB, cpus: [4] });
  });

  it('takes the largest id there is, once', () => {
    const id = 0x7fff_ffff;
    const run = createdRun([{ ...ONE, id }]);
    upload(run, treeOf({ name: 'two', id }));
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([['two', -28]]);
    expect(ask(run, 'host', { call: 'rmdir', path: `${FS}/instances/one` })).toBe(0);
    upload(run, treeOf({ name: 'two', id }));
    expect(run.answers.instance('two')).toMatchObject({ id, state: 'ready' });
  });

  it('with an id that is taken is -ENOSPC, and what it took is lost for good (hazard I2)', () => {
    const run = createdRun([ONE]);
    upload(run, treeOf({ name: 'two', id: 1, cpus: [5], memory: 16 * MIB }));
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([['two', -28]]);
    expect(run.answers.instance('two')).toBeUndefined();
    expect(online(run)).toBe('0-3,6-7\n');
    const lost = '81000000-81ffffff : mk-instance-1-two-region-0';
    expect(iomem(run)).toContain(lost);
    upload(run, treeOf({ name: 'three', id: 3, cpus: [6], memory: 16 * MIB }));
    expect(iomem(run)).toEqual([
      '80000000-80ffffff : mk-instance-1-one-region-0',
      lost,
      '82000000-82ffffff : mk-instance-3-three-region-0',
    ]);
    typeAll(run, 'host', ['kerf delete three']);
    expect(iomem(run)).toContain(lost);
  });

  it('may give a CPU to two instances: accepted, and a hazard (I1)', () => {
    const run = createdRun([ONE]);
    upload(run, treeOf({ name: 'two', id: 2, cpus: [4, 5], memory: 16 * MIB }));
    expect(run.answers.instance('two')).toMatchObject({ state: 'ready', cpus: [4, 5] });
    expect(run.answers.hazard('cpuTakenTwice')).toBe(1);
    expect(logged(run, 'host', 'inst.cpu_offline')).toEqual([[4]]);
    expect(logKeys(run, 'host')).not.toContain('inst.cpus_partial');
  });

  it('cannot take CPU 0 (-EPERM), which is swallowed, and CPU 0 stays in the mask (hazard I8)', () => {
    const run = createdRun([{ ...ONE, cpus: [0, 3] }]);
    expect(logged(run, 'host', 'inst.cpu_remove_failed')).toEqual([[0, -1]]);
    expect(logged(run, 'host', 'inst.cpus_partial')).toEqual([[1, 2]]);
    expect(logged(run, 'host', 'inst.cpu_reserve_failed')).toEqual([['one', -16]]);
    expect(run.answers.instance('one')).toMatchObject({ state: 'ready', cpus: [0, 3] });
    expect(online(run)).toBe('0-2,4-7\n');
    typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=1']);
    expect(kexecExec(run, 1)).toBe(-16);
    expect(logged(run, 'host', 'kexec.cpu_online')).toEqual([[0]]);
  });

  it('needs neither CPUs nor memory: then there is no pool and nothing to start', () => {
    const run = createdRun([{ name: 'bare', id: 1 }]);
    expect(run.answers.instance('bare')).toMatchObject({
      state: 'ready',
      memory_bytes: 0,
      cpus: [],
    });
    expect(logged(run, 'host', 'inst.no_memory')).toEqual([['bare']]);
    expect(logged(run, 'host', 'ipi.create_no_pool')).toEqual([[1]]);
  });

  it('names CPUs of the host by logical number, whatever their APIC ids', () => {
    const apic = [0, 2, 4, 6, 8, 10, 12, 14];
    const run = createdRun([{ ...ONE, cpus: [3] }], { machine: { apic } });
    expect(run.answers.cpu(3)).toMatchObject({ apic: 6, online: false });
  });
});

describe('a device tree that is none', () => {
  it.each([
    ['text', new TextEncoder().encode('hello, this is not a device tree at all, is it?\n')],
    ['an empty one', new Uint8Array(40)],
  ])('is -EINVAL: %s', (_, bytes) => {
    const run = hostRun();
    const keys = logDuring(run, 'host', () => {
      const { status, output } = upload(run, bytes);
      expect(status).not.toBe(0);
      expect(output).toContain('-EINVAL');
    });
    expect(keys).toEqual(['inst.upload', 'inst.bad_header']);
  });

  it('is -EINVAL without /instances', () => {
    const run = hostRun();
    const blob = blobOf('/dts-v1/; / { compatible = "multikernel-v1"; };');
    expect(upload(run, blob).output).toContain('-EINVAL');
    expect(logKeys(run, 'host').at(-1)).toBe('inst.no_instances_node');
  });

  it('is not asked for its root compatible (facts 05 §4.1)', () => {
    const run = hostRun();
    upload(run, treeOf(WEB).replace('multikernel-v1', 'something-else'));
    expect(run.answers.instance('web')?.state).toBe('ready');
  });

  it('of more than 4096 bytes is read past the buffer, and its second chunk is -EINVAL', () => {
    const run = hostRun();
    const pad = `pad = [${'00'.repeat(4096)}];`;
    const { status, output } = upload(run, treeOf(WEB).replace(/\};$/, `behind { ${pad} }; };`));
    expect(status).not.toBe(0);
    expect(output).toContain('-EINVAL');
    expect(run.answers.hazard('readPastBuffer')).toBe(1);
    // The first chunk is taken, and its names are not there; the second has no header.
    expect(logKeys(run, 'host').filter((key) => key.startsWith('inst.'))).toEqual(
      ['upload', 'child_no_id', 'upload_done', 'upload', 'bad_header'].map((key) => `inst.${key}`),
    );
    expect(logged(run, 'host', 'inst.upload')[0]).toEqual([4096]);
    const other = hostRun();
    expect(upload(other, treeOf(WEB).replace('/ {', `/ { ${pad}`)).output).toContain('-EINVAL');
    expect(logKeys(other, 'host').at(-1)).toBe('inst.no_instances_node');
  });

  it('of 4096 bytes or less is not a hazard', () => {
    const run = hostRun();
    upload(run, treeOf(WEB).replace('/ {', `/ { pad = [${'00'.repeat(3500)}];`));
    expect(run.answers.hazards()).toBe(0);
    expect(run.answers.instance('web')?.state).toBe('ready');
  });
});

describe('the pool', () => {
  it('is cut first fit, and given back by rmdir', () => {
    const run = createdRun([ONE, { ...WEB, memory: 32 * MIB }]);
    expect(iomem(run)).toEqual([
      '80000000-80ffffff : mk-instance-1-one-region-0',
      '81000000-82ffffff : mk-instance-2-web-region-0',
    ]);
    typeAll(run, 'host', ['kerf delete one']);
    upload(run, treeOf({ name: 'next', id: 4, memory: 8 * MIB }));
    expect(iomem(run)[0]).toBe('80000000-807fffff : mk-instance-4-next-region-0');
  });

  it('falls back to pieces when no hole is large enough, the newest piece first (facts 05 §6.2)', () => {
    // 64 MiB: a 16, b 16, c 16, 16 free. Without b two holes of 16 are left.
    const parts = ['a', 'b', 'c'].map((name, i) => ({ name, id: i + 1, memory: 16 * MIB }));
    const run = createdRun(parts, { machine: { pool: { size: 64 * MIB, base: 2048 * MIB } } });
    typeAll(run, 'host', ['kerf delete b']);
    upload(run, treeOf({ name: 'split', id: 9, memory: 20 * MIB }));
    const [[, chunks, size]] = logged(run, 'host', 'pool.created').slice(-1) as [number[]];
    expect(size).toBe(20 * MIB);
    // 4 pieces of 1 MiB until the rest, 16 MiB, fits the second hole whole.
    expect(chunks).toBe(5);
    expect(iomem(run).filter((line) => line.includes('split'))).toHaveLength(5);
    expect(run.answers.instance('split')?.memory_bytes).toBe(20 * MIB);
    expect(iomem(run)).toContain('83000000-83ffffff : mk-instance-9-split-region-0');
  });

  it('gives all or nothing', () => {
    const run = createdRun([{ ...WEB, memory: 100 * MIB }], {
      machine: { pool: { size: 64 * MIB, base: 2048 * MIB } },
    });
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([['web', -12]]);
    upload(run, treeOf({ ...ONE, memory: 64 * MIB }));
    expect(run.answers.instance('one')?.memory_bytes).toBe(64 * MIB);
  });

  it('is missed when there is none: -ENOMEM', () => {
    const run = createdRun([ONE], { machine: { pool: null } });
    expect(logged(run, 'host', 'inst.create_failed')).toEqual([['one', -12]]);
    expect(logKeys(run, 'host')).toContain('pool.no_global');
  });
});

describe('the files', () => {
  it('show id, status and source of an instance, and nothing can be made by hand', () => {
    const run = createdRun([WEB]);
    expect(typeAll(run, 'host', [`cat ${FS}/instances/web/id`])).toBe('2\n');
    expect(typeAll(run, 'host', [`cat ${FS}/instances/web/status`])).toBe('ready\n');
    const source = typeAll(run, 'host', [`cat ${FS}/instances/web/device_tree_source`]);
    expect(source).toContain('\tid = <2>;\n');
    expect(source).toContain('cpus = [00 00 00 04 00 00 00 05];');
    expect(source).toContain('memory-bytes = <0x10000000>; // 256 MB');
    expect(ask(run, 'host', { call: 'mkdir', path: `${FS}/instances/mine` })).toBe(-1);
    expect(logKeys(run, 'host').at(-1)).toBe('inst.mkdir_refused');
    expect(ask(run, 'host', { call: 'mkdir', path: `${FS}/mine` })).toBe(-1);
    expect(logKeys(run, 'host').at(-1)).toBe('inst.mkdir_outside');
  });

  it('are not there before the mount, and a spawned kernel has no instance in them', () => {
    const run = hostRun();
    expect(ask(run, 'host', { call: 'stat', path: `${FS}/device_tree` })).toBe(-2);
    const booted = bootedRun();
    typeAll(booted, 'web', [`mount -t multikernel none ${FS}`]);
    expect(typeAll(booted, 'web', [`ls ${FS}/instances`]).trim()).toBe('');
  });

  it('go with rmdir, except of a loading instance (-EBUSY) and of what is none (-EINVAL)', () => {
    const run = createdRun([ONE, WEB]);
    const rmdir = (path: string): number => ask(run, 'host', { call: 'rmdir', path });
    expect(rmdir(`${FS}/instances`)).toBe(-22);
    typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=2']);
    expect(rmdir(`${FS}/instances/web`)).toBe(-16);
    expect(rmdir(`${FS}/instances/one`)).toBe(0);
    expect(rmdir(`${FS}/instances/one`)).toBe(-2);
    expect(run.answers.instance('one')).toBeUndefined();
    expect(run.answers.instance('web')?.state).toBe('loading');
  });

  it('leave the CPUs of a removed instance offline (facts 05 §1)', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['kerf delete web']);
    expect(online(run)).toBe('0-3,6-7\n');
  });

  it('leave the memory of an instance that was sent to: its references leaked (hazard H11)', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web user 1', 'kerf delete web']);
    expect(run.answers.instance('web')).toBeUndefined();
    expect(iomem(run)).toEqual(['80000000-8fffffff : mk-instance-2-web-region-0']);
  });
});

describe('CPU hot-plug', () => {
  const path = (cpu: number): string => `/sys/devices/system/cpu/cpu${cpu}/online`;

  it('takes a CPU and brings it back', () => {
    const run = hostRun();
    typeAll(run, 'host', [`echo 0 > ${path(3)}`]);
    expect(run.answers.cpu(3)).toMatchObject({ online: false, mode: 'offline' });
    typeAll(run, 'host', [`echo 1 > ${path(3)}`]);
    expect(run.answers.cpu(3)).toMatchObject({ online: true, mode: 'idle', interrupts_on: true });
    expect(online(run)).toBe('0-7\n');
  });

  it('brings back a CPU of an instance: INIT stops the kernel that runs there (hazard H-M4)', () => {
    const run = bootedRun();
    expect(run.answers.cpu(4)?.owner).toBe('web');
    typeAll(run, 'host', [`echo 1 > ${path(4)}`]);
    expect(run.answers.cpu(4)).toMatchObject({ owner: 'host', mode: 'idle' });
    expect(run.answers.kernel('web')).toMatchObject({ cpus: [], running: false });
    expect(logKeys(run, 'web').at(-1)).toBe('boot.done'); // its memory can still be read
    expect(() => typed(run, 'web', 'dmesg')).toThrow('no kernel web is running; there is host');
  });

  it('never takes CPU 0 (-EPERM)', () => {
    const run = hostRun();
    expect(ask(run, 'host', write(path(0), '0\n'))).toBe(-1);
    expect(run.answers.cpu(0)?.online).toBe(true);
  });

  it('loses interrupts to a CPU that is offline', () => {
    const run = hostRun();
    typeAll(run, 'host', [`echo 0 > ${path(3)}`]);
    launch(run.world.machine, 0, 3, 0, 0xea);
    while (!run.world.quiet) run.world.run(100);
    expect(run.answers.cpu(3)).toMatchObject({ irr: [], interrupts: 0 });
  });
});

const write = (path: string, text: string) => ({
  ...{ call: 'write' as const, path, append: false },
  bytes: new TextEncoder().encode(text),
});
