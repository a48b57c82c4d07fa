import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import type { Run } from '../scenarios/run.ts';
import { GLUE, PROFILES } from '../scenarios/scenario.ts';
import {
  bootedRun,
  createdRun,
  hostRun,
  kexecExec,
  kexecLoad,
  loadFlags,
  logDuring,
  logged,
  logKeys,
  MIB,
  typeAll,
  typed,
  type Wish,
} from '../testing/world.ts';
import { GLUE_TABLE, glueOf, PROFILE_LIST } from './profiles.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };

describe('profiles', () => {
  it('know the same glue as the language of scenarios', () => {
    expect(GLUE_TABLE.map(({ name }) => name)).toEqual([...GLUE]);
  });

  it('start with all glue but two-way, or as posted with none', () => {
    expect([...glueOf('rfc-v2', {})]).toEqual(GLUE.filter((name) => name !== 'two-way'));
    expect([...glueOf('rfc-v2-as-posted', {})]).toEqual([]);
  });

  it('let a scenario switch each piece on or off', () => {
    expect([...glueOf('rfc-v2-as-posted', { 'load-ids': true })]).toEqual(['load-ids']);
    expect(glueOf('rfc-v2', { 'ipi-area': false, 'two-way': true })).toEqual(
      new Set(GLUE.filter((name) => name !== 'ipi-area')),
    );
  });

  it('are those of the language of scenarios', () => {
    expect(PROFILE_LIST.map(({ name }) => name)).toEqual([...PROFILES]);
    for (const profile of PROFILES) expect(hostRun({ profile }).answers.hazards()).toBe(0);
  });

  it('that do not exist are refused with those that do', () => {
    expect(() => hostRun({ profile: 'rfc-v9' as never })).toThrow(Refused);
    expect(() => hostRun({ profile: 'rfc-v9' as never })).toThrow('rfc-v2, rfc-v2-as-posted');
  });
});

describe('without glue', () => {
  const lineOf = (run: Run): string => typeAll(run, 'one', ['cat /proc/cmdline']);

  it('ipi-param, a kernel does not know where its area is: counted, and not a word', () => {
    const run = bootedRun([ONE], { glue: { 'ipi-param': false } });
    expect(lineOf(run)).not.toContain('mk_ipi_shared');
    typeAll(run, 'one', ['mk listen system']);
    const keys = logDuring(run, 'one', () =>
      typeAll(run, 'host', ['mk send one system heartbeat']),
    );
    expect(keys).toEqual([]);
    expect(run.answers.cpu(4)?.interrupts).toBe(1);
  });

  it('ipi-param, the area can be named by hand, and text behind the number is ignored', () => {
    const run = createdRun([ONE], { glue: { 'ipi-param': false } });
    const area = Number(logged(run, 'host', 'ipi.buffer_allocated')[0]![0]);
    kexecLoad(run, loadFlags(1), undefined, `quiet mk_ipi_shared=${area / 1024}k,x`);
    kexecExec(run, 1);
    expect(logged(run, 'one', 'ipi.initialized')).toEqual([[area]]);
  });

  it.each([256, 481])('an id of %i has no area, and none is announced', (id) => {
    const own: Wish = { name: 'own', id, cpus: [4], memory: 16 * MIB };
    const run = createdRun([{ name: 'zero', id: 0 }, own]);
    kexecLoad(run, loadFlags(id));
    kexecExec(run, id);
    expect(typeAll(run, 'own', ['cat /proc/cmdline'])).not.toContain('mk_ipi_shared');
  });

  it('ipi-param, a bad address is an error and no area', () => {
    const run = createdRun([ONE], { glue: { 'ipi-param': false } });
    kexecLoad(run, loadFlags(1), undefined, 'mk_ipi_shared=nowhere');
    kexecExec(run, 1);
    expect(logged(run, 'one', 'ipi.bad_shared_param')).toEqual([['nowhere']]);
    expect(logKeys(run, 'one')).not.toContain('ipi.initialized');
  });

  it('own-ram, a kernel takes all memory for its own, and writes over the host’s trampoline', () => {
    const run = bootedRun([ONE], { glue: { 'own-ram': false } });
    expect(lineOf(run)).not.toContain('memmap=');
    expect(run.answers.hazard('hostMemoryOverwritten')).toBe(1);
    expect(lineOf(bootedRun([ONE]))).toContain('memmap=0x1000000@0x80000000 nr_cpus=1');
  });

  it('kerf-loading, kerf refuses to start what says loading', () => {
    const run = createdRun([ONE], { glue: { 'kerf-loading': false } });
    typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=1']);
    const { status: code, output } = typed(run, 'host', 'kerf exec --id=1');
    expect(code).not.toBe(0);
    expect(output).toContain('loading');
    expect(run.answers.kernel('one')).toBeUndefined();
  });

  it('two-way, the host is deaf; with it, a spawned kernel can answer', () => {
    const deaf = bootedRun([ONE]);
    expect(typed(deaf, 'one', 'mk send host user 1').status).not.toBe(0);
    const run = bootedRun([ONE], { glue: { 'two-way': true } });
    typeAll(run, 'host', ['mk listen user']);
    typeAll(run, 'one', ['mk send host user 1 0xaabb']);
    expect(run.answers.kernel('host')).toMatchObject({ handled: 1, interrupts: 1 });
    expect(run.answers.message(1)).toMatchObject({ outcome: 'whole', to: 'host' });
  });

  it('at all, as posted: every send is -ENODEV and every id but 1 is refused', () => {
    const run = createdRun([ONE, TWO], { profile: 'rfc-v2-as-posted' });
    expect(typed(run, 'host', 'mk send one system heartbeat').output).toContain('-ENODEV');
    expect([kexecLoad(run, loadFlags(2)), kexecLoad(run, loadFlags(1))]).toEqual([-22, 0]);
    expect(kexecExec(run, 1)).toBe(0);
    expect(run.answers.kernel('one')).toMatchObject({ running: true, instance: { name: '' } });
    expect(typeAll(run, 'host', ['cat /sys/fs/multikernel/instances/one/status'])).toBe(
      'loading\n',
    );
  });
});
