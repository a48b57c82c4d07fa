import { describe, expect, it } from 'vitest';
import { ROW } from '../../base/record.ts';
import { launch } from '../../machine/bus.ts';
import type { Run } from '../../scenarios/run.ts';
import {
  bootedRun,
  callRoutine,
  createdRun,
  hostRun,
  logged,
  logKeys,
  lookAt,
  MIB,
  rowsOf,
  settle,
  typeAll,
  typed,
  type Wish,
} from '../../testing/world.ts';
import { block, lessonRun, playOut } from '../../testing/lesson.ts';
import { K } from '../kernel.layout.ts';
import { sendV1 } from './v1.ts';

const V1 = { profile: 'rfc-v1' } as const;
const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };
const area = (run: Run): number => Number(logged(run, 'host', 'ipi.initialized')[0]![0]);
const le = (value: number, bytes: number): string =>
  Buffer.from(Uint8Array.of(value, value >> 8, value >> 16, value >> 24, 0, 0, 0, 0))
    .subarray(0, bytes)
    .toString('hex');

/** `one` runs and listens; two CPUs of the host hold messages, and a schedule plays. */
const raced = (a: string, b: string, ...picture: readonly string[]): Run =>
  playOut(
    lessonRun(
      '---\ntitle: T\nprofile: rfc-v1\n---\n' +
        block(
          'dts one.dts',
          '/dts-v1/; / { compatible = "multikernel-v1"; instances { one { id = <1>;',
          'resources { cpus = <4>; memory-bytes = <0x1000000>; }; }; }; };',
        ) +
        block(
          'console host',
          'mount -t multikernel none /sys/fs/multikernel',
          'dtc -I dts -O dtb -o one.dtb one.dts',
          'cat one.dtb > /sys/fs/multikernel/device_tree',
          'kerf load --kernel=/boot/vmlinuz --id=1',
          'kerf exec --id=1',
        ) +
        block('console one', 'mk listen system') +
        block('console host', `${a} --cpu 1 --hold`, `${b} --cpu 6 --hold`) +
        block('schedule', ...picture),
    ),
  );
const A = 'mk send one system heartbeat 0xa1a1a1a1a1a1a1a1';
const B = 'mk send one system shutdown 0xb2b2b2b2';

describe('the mailbox of rfc-v1', () => {
  it('is one area of all kernels, taken by the host, with a page more than it needs', () => {
    const run = hostRun(V1);
    expect(logKeys(run, 'host')).toContain('ipi.initialized');
    const { pages } = run.world.sys.kernels[0]!;
    expect(pages.next - area(run)).toBe(2 * 4096); // 272 * 8 + 4096, in pages
  });

  it('is announced on the command line, and the same for every kernel', () => {
    const run = bootedRun([ONE, TWO], V1);
    for (const name of ['one', 'two']) {
      expect(typeAll(run, name, ['cat /proc/cmdline'])).toContain(
        `mk_shared_memory=0x${area(run).toString(16)}`,
      );
      expect(logged(run, name, 'ipi.initialized')).toEqual([[area(run)]]);
    }
  });

  it('writes size, sender, type, data, and rings: rows P5 to P9, nothing is cleared', () => {
    const run = bootedRun([ONE], V1);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send one user 1 0x01020304 --cpu 6']);
    const slot = area(run) + 272 * 4;
    expect(rowsOf(run, ROW.write, from).map(({ a, b }) => [a - slot, b])).toEqual([
      [8, 8],
      [0, 4],
      [4, 4],
      [16, 28],
    ]);
    const header = le(6, 4) + le(0x4000, 4) + le(28, 8);
    const message = le(0x4000, 4) + le(1, 4) + le(0, 8) + le(4, 4) + '01020304' + le(0, 4);
    expect(run.answers.memory(slot, 16 + 28)).toBe(header + message);
    expect(run.answers.slot('one', undefined)).toMatchObject({
      sender_cpu: 6,
      payload: '01020304',
    });
    expect(rowsOf(run, ROW.send, from)[0]!.b & 0xff).toBe(0xea);
  });

  it('answers -EINVAL for nobody and for 257 bytes, -ENOMEM without an area, and takes no reference', () => {
    const run = createdRun([ONE], V1);
    expect(callRoutine(run, 'host', sendV1, 9, 0, 4, 0x1000)).toBe(-22);
    expect(callRoutine(run, 'host', sendV1, 1, 0, 257, 0x1000)).toBe(-22);
    expect(callRoutine(run, 'host', sendV1, 1, 0, 0, 0x1000)).toBe(0);
    const x = lookAt(run, 'host');
    x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, 0);
    expect(callRoutine(run, 'host', sendV1, 1, 0, 4, 0x1000)).toBe(-12);
    expect(run.answers.instance('one')?.refcount).toBe(1);
  });

  it('delivers to the host, too', () => {
    const run = bootedRun([ONE], V1);
    typeAll(run, 'host', ['mk listen user']);
    typeAll(run, 'one', ['mk send host user 1 0xaabb']);
    expect(run.answers.kernel('host')).toMatchObject({ handled: 1, interrupts: 1 });
    expect(run.answers.message(1)?.outcome).toBe('whole');
  });

  it('calls every handler for every interrupt (row C5)', () => {
    const run = bootedRun([ONE], V1);
    typeAll(run, 'one', ['mk listen system', 'mk listen user', 'mk listen io']);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send one user 1']);
    expect(rowsOf(run, ROW.queue, from)).toHaveLength(3);
    expect(rowsOf(run, ROW.callback, from)).toHaveLength(3);
    expect(logged(run, 'one', 'msg.type_mismatch')).toHaveLength(2);
    expect(run.answers.kernel('one')?.handled).toBe(1);
    expect(run.answers.hazard('typeChanged')).toBe(0);
  });
});

describe('hazards of rfc-v1', () => {
  it('V1: the second message overwrites the first', () => {
    const run = raced(A, B, 'cpu1 to end', 'cpu6 to end');
    expect(run.answers.hazard('V1')).toBe(1);
    expect(run.answers.stats()).toMatchObject({ sent: 2, lost: 1, merged: 1 });
  });

  it('V2: header of the second, payload of the first', () => {
    const run = raced(
      'mk send one system heartbeat 0xa1a1a1a1',
      'mk send one system shutdown 0xb2b2b2b2b2b2b2b2',
      ...['cpu1 to end', 'cpu4 take 0xea', 'cpu4 until unlock'],
      ...['cpu6 until slot.type', 'cpu4 to end', 'cpu6 to end'],
    );
    expect(run.answers.hazard('V2')).toBe(1);
  });

  it('V3: what a shorter message does not cover is left over', () => {
    const run = bootedRun([ONE], V1);
    typeAll(run, 'one', ['mk listen system']);
    typeAll(run, 'host', [`mk send one system heartbeat 0x${'a1'.repeat(16)}`, B]);
    expect(run.answers.hazard('V3')).toBe(1);
    const payload = area(run) + 272 * 4 + 36;
    expect(run.answers.memory(payload, 16)).toBe(`b2b2b2b200000000${'a1'.repeat(8)}`);
  });

  it('V4: a kernel that boots clears what another has not read', () => {
    const run = createdRun([ONE, TWO], V1);
    typeAll(run, 'host', [A, 'kerf load --kernel=/boot/vmlinuz --id=2', 'kerf exec --id=2']);
    expect(run.answers.hazard('V4')).toBe(1);
    expect(run.answers.memory(area(run), 272 * 8)).toMatch(/^0*$/);
  });

  it('V5: number and APIC id differ, and nobody reads the message', () => {
    const run = bootedRun([ONE], { ...V1, machine: { apic: [0, 1, 2, 3, 6, 5, 4, 7] } });
    typeAll(run, 'one', ['mk listen system']);
    typeAll(run, 'host', [A]);
    expect(run.answers.hazard('V5')).toBe(1);
    expect(run.answers.message(1)?.outcome).toBe('lost');
  });

  it('V6: any interrupt delivers what lies in the slot once more', () => {
    const run = bootedRun([ONE], V1);
    typeAll(run, 'one', ['mk listen system']);
    typeAll(run, 'host', [A]);
    launch(run.world.machine, 0, 4, 0, 0xea);
    settle(run);
    expect(run.answers.hazard('V6')).toBe(1);
  });

  it('a kernel that is told nothing clears an area of its own, and hears nobody', () => {
    const run = bootedRun([ONE], { ...V1, glue: { 'ipi-param': false } });
    typeAll(run, 'one', ['mk listen system']);
    typed(run, 'host', A);
    expect(logged(run, 'one', 'ipi.initialized')[0]![0]).not.toBe(area(run));
    expect(run.answers.stats()).toMatchObject({ sent: 1, whole: 0 });
  });
});
