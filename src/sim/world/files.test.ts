import { describe, expect, it } from 'vitest';
import {
  bootedRun,
  createdRun,
  hostRun,
  logKeys,
  MIB,
  typeAll,
  typed,
  WEB,
} from '../testing/world.ts';

const ONE = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const FS = '/sys/fs/multikernel';

describe('files under /proc', () => {
  it('can all be read, on the host and on a spawned kernel', () => {
    const run = bootedRun([ONE]);
    for (const kernel of ['host', 'one'])
      for (const name of typeAll(run, kernel, ['ls /proc | cat']).split(/\s+/))
        if (name !== '' && !name.endsWith('/'))
          expect(typeAll(run, kernel, [`cat /proc/${name}`])).not.toBe('');
  });

  it('/proc/cpuinfo has a paragraph for each online CPU, by its number here', () => {
    const run = bootedRun([ONE], { machine: { apic: [0, 1, 2, 3, 9, 5, 6, 7] } });
    const host = typeAll(run, 'host', ['cat /proc/cpuinfo']);
    expect(host.match(/^processor\t: \d+$/gm)).toHaveLength(7);
    expect(host).toContain('siblings\t: 7');
    const one = typeAll(run, 'one', ['cat /proc/cpuinfo']);
    expect(one).toContain('processor\t: 0\n');
    expect(one).toContain('apicid\t\t: 9\n');
    expect(one).toContain('initial apicid\t: 9\n');
  });

  it('/proc/iomem has the pool inside the RAM it was cut from, and the instances inside the pool', () => {
    const run = createdRun([ONE]);
    expect(typeAll(run, 'host', ['cat /proc/iomem'])).toBe(
      [
        '00000000-0009ffff : System RAM',
        '00100000-ffffffff : System RAM',
        '  00100000-004fffff : Kernel data',
        '  80000000-bfffffff : Multikernel Memory Pool',
        '    80000000-80ffffff : mk-instance-1-one-region-0',
        '',
      ].join('\n'),
    );
  });

  it('/proc/meminfo counts what a kernel takes for RAM', () => {
    const run = bootedRun([ONE]);
    expect(typeAll(run, 'one', ['cat /proc/meminfo'])).toBe('MemTotal:          16384 kB\n');
    const total = /(\d+) kB/.exec(typeAll(run, 'host', ['cat /proc/meminfo']))?.[1];
    // 4 GiB less the pool of 1 GiB and what lies between 640 KiB and 1 MiB.
    expect(Number(total)).toBe(3 * 1024 * 1024 - 384);
  });

  it('/proc/mounts has the multikernel file system once it is mounted', () => {
    const run = hostRun();
    expect(typeAll(run, 'host', ['cat /proc/mounts'])).not.toContain('multikernel');
    typeAll(run, 'host', [`mount -t multikernel none ${FS}`]);
    expect(typeAll(run, 'host', ['cat /proc/mounts'])).toContain(`none ${FS} multikernel`);
  });
});

describe('files of CPUs', () => {
  const CPUS = '/sys/devices/system/cpu';
  it('say which are there, which are up, and what each is', () => {
    const run = createdRun([WEB]);
    const cat = (name: string): string => typeAll(run, 'host', [`cat ${CPUS}/${name}`]);
    expect([cat('online'), cat('offline'), cat('possible')]).toEqual([
      '0-3,6-7\n',
      '4-5\n',
      '0-7\n',
    ]);
    expect([cat('kernel_max'), cat('cpu1/topology/core_id')]).toEqual(['7\n', '1\n']);
    expect(typeAll(run, 'host', [`ls ${CPUS}/cpu4 | cat`])).toBe('online\n');
    expect(typeAll(run, 'host', [`ls ${CPUS}/cpu0 | cat`])).toBe('topology/\n');
    for (const none of ['cpu4/topology/core_id', 'cpu8', 'cpu1/nope', 'nope'])
      expect(typed(run, 'host', `cat ${CPUS}/${none}`).status).toBe(1);
  });
});

describe('settings of the simulation', () => {
  it('are listed, with what the run was started with', () => {
    const run = hostRun({ seed: 77 });
    const all = typeAll(run, 'host', ['sysctl -a']);
    for (const line of ['sim.seed = 77', 'sim.cpus = 8', 'sim.nr_cpus = 8', 'sim.profile = rfc-v2'])
      expect(all).toContain(`${line}\n`);
    expect(all).toContain('sim.glue.two-way = 0\n');
    expect(all).toContain('sim.apic_ids = 0 1 2 3 4 5 6 7\n');
    expect(typeAll(run, 'host', ['sysctl -n sim.ipi_ns sim.fail_alloc'])).toBe('620\n0\n');
    expect(typeAll(run, 'host', ['ls /proc/sys/sim/glue'])).toContain('own-ram');
  });

  it('make the next allocation fail, once', () => {
    const run = createdRun([WEB]);
    expect(typeAll(run, 'host', ['sysctl -w sim.fail_alloc=1'])).toBe('sim.fail_alloc = 1\n');
    expect(typed(run, 'host', 'mk send web user 1').output).toContain('-ENOMEM');
    expect(typed(run, 'host', 'mk send web user 1').status).toBe(0);
    expect(typeAll(run, 'host', ['cat /proc/sys/sim/fail_alloc'])).toBe('0\n');
  });

  it('belong to one kernel each', () => {
    const run = bootedRun([ONE]);
    typeAll(run, 'one', ['echo 1 > /proc/sys/sim/fail_alloc']);
    expect(typed(run, 'one', 'mk listen system').output).toContain('-ENOMEM');
    expect(typeAll(run, 'host', ['sysctl -n sim.fail_alloc'])).toBe('0\n');
  });

  it.each([
    ['sysctl sim.nope', 1, '-ENOENT'],
    ['sysctl sim.sed', 1, 'did you mean sim.seed?'],
    ['sysctl sim', 1, '-EISDIR'],
    ['sysctl sim.seed=3', 1, '-EACCES'],
    ['sysctl sim.fail_alloc=x', 1, '-EINVAL'],
    ['sysctl sim.fail_alloc=-1', 1, '-EINVAL'],
    ['sysctl sim.fail_alloc=', 1, '-EINVAL'],
    ['sysctl -w sim.seed', 2, '-w wants NAME=VALUE'],
    ['sysctl', 2, 'NAME is missing'],
    ['sysctl -a sim.seed', 2, '-a goes without names'],
    ['sysctl -q', 2, 'no option'],
  ])('refuse %s', (line, status, why) => {
    const run = hostRun();
    const before = typeAll(run, 'host', ['sysctl -n sim.fail_alloc sim.seed']);
    const got = typed(run, 'host', line);
    expect(got.status).toBe(status);
    expect(got.output).toContain(why);
    expect(typeAll(run, 'host', ['sysctl -n sim.fail_alloc sim.seed'])).toBe(before);
  });
});

describe('directories the kernel makes', () => {
  it.each([
    [`rmdir ${FS}/instances/web/id`, '-ENOTDIR'],
    [`rmdir ${FS}/device_tree`, '-ENOTDIR'],
    [`rmdir ${FS}/instances/nobody`, '-ENOENT'],
    [`rmdir ${FS}/instances`, '-EINVAL'],
    [`rm ${FS}/instances/web`, '-EISDIR'],
    [`rm ${FS}/instances/web/id`, '-EPERM'],
    [`mkdir ${FS}/instances/web`, '-EEXIST'],
    [`mkdir ${FS}/instances/new`, '-EPERM'],
    [`mkdir ${FS}/new`, '-EPERM'],
    [`mkdir ${FS}/nope/new`, '-ENOENT'],
    [`mkdir ${FS}/device_tree/new`, '-ENOTDIR'],
    [`echo x > ${FS}/instances`, '-EISDIR'],
    [`echo x > ${FS}/instances/web/id`, '-EACCES'],
    [`echo x > /proc/cmdline`, '-EACCES'],
  ])('refuse %s', (line, errno) => {
    const run = createdRun([WEB]);
    const got = typed(run, 'host', line);
    expect(got.status).toBe(1);
    expect(got.output).toContain(errno);
    expect(run.answers.instance('web')).toMatchObject({ state: 'ready', refcount: 1 });
  });

  it('log what they refuse', () => {
    const run = createdRun([WEB]);
    typed(run, 'host', `mkdir ${FS}/instances/new`);
    typed(run, 'host', `mkdir ${FS}/new`);
    typed(run, 'host', `rmdir ${FS}/instances`);
    expect(logKeys(run, 'host').slice(-3)).toEqual([
      'inst.mkdir_refused',
      'inst.mkdir_outside',
      'inst.rmdir_not_instance',
    ]);
  });
});
