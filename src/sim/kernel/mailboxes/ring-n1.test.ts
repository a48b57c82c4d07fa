import { describe, expect, it } from 'vitest';
import { ROW } from '../../base/record.ts';
import { launch } from '../../machine/bus.ts';
import type { Run } from '../../scenarios/run.ts';
import {
  bootedRun,
  callRoutine,
  createdRun,
  kexecLoad,
  loadFlags,
  logged,
  MIB,
  rowsOf,
  settle,
  typeAll,
  typed,
  type Wish,
} from '../../testing/world.ts';
import { block, BOOT, lessonRun, playOut, racedOn } from '../../testing/lesson.ts';
import { sendN1 } from './ring-n1.ts';

const N1 = { profile: 'ring-n1' } as const;
const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const ringAt = (run: Run): number => run.world.sys.kernels[0]!.kimages[0]!.ipi!;
const words = (run: Run): [head: number, tail: number] => [
  run.world.mem.peek32(ringAt(run)),
  run.world.mem.peek32(ringAt(run) + 4),
];
const A = 'mk send web system heartbeat 0xa1a1a1a1';
const B = 'mk send web system shutdown 0xb2b2b2b2';
/** `web` runs with one message behind it, so that its ring is known and clear; then two are raced. */
const raced = (a: string, b: string, ...picture: readonly string[]): Run =>
  racedOn('ring-n1', ['system', 'io'], ['mk send web user 0'], [a, b], picture);

describe('the mailbox of ring-n1', () => {
  it('is pages of the host, made at load and cleared at the first send', () => {
    const run = createdRun([ONE], N1);
    expect(typed(run, 'host', 'mk send one user 1').output).toContain('-ENODEV');
    kexecLoad(run, loadFlags(1));
    expect(ringAt(run)).toBeLessThan(2048 * MIB);
    expect(ringAt(run) % 4096).toBe(0);
    typeAll(run, 'host', ['mk send one user 1']);
    expect(logged(run, 'host', 'ipi.ring_ready')).toEqual([[1, ringAt(run)]]);
    expect(words(run)).toEqual([1, 0]);
  });

  it('writes the claim, sender, type, size and data, and rings: rows P8 to P13', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'host', ['mk send one user 1']);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send one user 1 0x01020304 --cpu 6']);
    const slot = 8 + 272;
    const writes = rowsOf(run, ROW.write, from).filter(({ cpu }) => cpu === 6);
    expect(writes.map(({ a, b }) => [a - ringAt(run), b])).toEqual([
      [0, 4],
      [slot, 4],
      [slot + 4, 4],
      [slot + 8, 8],
      [slot + 16, 28],
    ]);
    const reads = rowsOf(run, ROW.read, from).filter(({ cpu }) => cpu === 6);
    expect(reads.map(({ a }) => a - ringAt(run))).toEqual([0, 4, 0]);
    expect(words(run)).toEqual([2, 2]);
  });

  it('delivers in order, each once', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'one', ['mk listen user']);
    for (let n = 0; n < 130; n++) typeAll(run, 'host', [`mk send one user ${n} 0x01020304`]);
    expect(run.answers.stats()).toMatchObject({ sent: 130, handled: 130, whole: 130, lost: 0 });
    expect(words(run)).toEqual([130 % 64, 130 % 64]);
  });

  it('has room for 63, then says -ENOSPC; every way out keeps the reference', () => {
    const run = createdRun([ONE], N1);
    kexecLoad(run, loadFlags(1));
    for (let n = 0; n < 63; n++) typeAll(run, 'host', ['mk send one user 1']);
    expect(typed(run, 'host', 'mk send one user 1').output).toContain('-ENOSPC');
    expect(logged(run, 'host', 'ipi.ring_full')).toEqual([[1, 63, 0]]);
    expect(callRoutine(run, 'host', sendN1, 1, 0, 257, 0x1000)).toBe(-22);
    expect(callRoutine(run, 'host', sendN1, 9, 0, 1, 0x1000)).toBe(-22);
    expect(run.answers.instance('one')?.refcount).toBe(2 + 65);
    expect(run.answers.hazard('falseFull')).toBe(0);
  });

  it('reaches the host from the host, and nobody from a spawned kernel but itself', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'host', ['mk listen user', 'mk send host user 1 0xaa']);
    expect(run.answers.kernel('host')?.handled).toBe(1);
    typeAll(run, 'one', ['mk listen user', 'mk send 1 user 1 0xbb']);
    expect(run.answers.kernel('one')?.handled).toBe(1);
    expect(typed(run, 'one', 'mk send host user 1').output).toContain('-EINVAL');
  });

  it('finds the CPU by its APIC id, whatever its number is', () => {
    const run = bootedRun([ONE], { ...N1, machine: { apic: [0, 1, 2, 3, 6, 5, 4, 7] } });
    typeAll(run, 'one', ['mk listen user']);
    typeAll(run, 'host', ['mk send one user 1 0xaa']);
    expect(run.answers.stats()).toMatchObject({ whole: 1, lost: 0 });
  });
});

describe('hazards of ring-n1', () => {
  it('R1: a slot that is claimed and not filled is skipped, and its message lost', () => {
    const run = raced(A, B, 'cpu1 until claim', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end');
    expect(run.answers.hazard('R1')).toBe(1);
    expect(run.answers.message(2)?.outcome).toBe('lost');
    expect(run.answers.message(3)?.outcome).toBe('whole');
  });

  it('R3: a size that is written before the data shows a message without any', () => {
    const io = 'mk send web io irq-forward 0xb2b2b2b2';
    const run = raced(A, io, 'cpu1 until slot.size', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end');
    expect(run.answers.hazard('phantomMessage')).toBe(1);
    expect(run.answers.message(2)?.outcome).toBe('lost');
    expect(run.answers.message(3)?.outcome).toBe('whole');
  });

  it('R4: messages of one type that one interrupt finds collapse into one callback', () => {
    const run = raced(A, B, 'cpu1 to end', 'cpu6 to end', 'cpu4 to end');
    expect(run.answers.hazard('R4')).toBe(1);
    expect(run.answers.stats()).toMatchObject({ sent: 3, handled: 1, lost: 2 });
  });

  it('R4 spares messages of different types', () => {
    const io = 'mk send web io irq-forward 0xb2b2b2b2';
    const run = raced(A, io, 'cpu1 to end', 'cpu6 to end', 'cpu4 to end');
    expect(run.answers.hazard('R4')).toBe(0);
    expect(run.answers.stats()).toMatchObject({ handled: 2, whole: 2 });
  });

  it('R6: -ENOSPC on a ring that has been drained since it was looked at', () => {
    const run = raced(A, B, 'cpu1 until head', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end');
    expect(run.answers.hazard('R6')).toBe(1);
    expect(logged(run, 'host', 'ipi.ring_full')).toHaveLength(1);
    expect(run.answers.stats().sent).toBe(2);
  });

  it('R8: two first senders, and the second clears what the first has written', () => {
    const run = racedOn(
      'ring-n1',
      ['system'],
      [],
      [A, B],
      [
        ...[
          'cpu1 until ring',
          'cpu6 to end',
          'cpu1 until ring.clear',
          'cpu4 to end',
          'cpu1 to end',
        ],
      ],
    );
    expect(run.answers.hazard('R8')).toBe(1);
    expect(run.answers.message(1)?.outcome).toBe('lost');
  });

  it('R9: the ring of an image that was freed is written all the same', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'host', ['mk send one user 1', 'kerf unload --id=1', 'mk send one user 1']);
    expect(run.answers.hazard('R9')).toBe(1);
  });

  it('R10: an interrupt before the ring is mapped kills the kernel', () => {
    for (let ns = 5000; ns < 12_000; ns += 200) {
      const run = createdRun([ONE], N1);
      typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=1', 'mk send one user 1']);
      typed(run, 'host', `kerf exec --id=1; sleep 0.00000${ns}; mk send one user 1`);
      if (!run.answers.hazard('R10')) continue;
      expect(run.answers.cpu(4)?.mode).toBe('hung');
      return;
    }
    expect.fail('no interrupt came early enough');
  });

  it('R11: a head beyond the ring makes the sender write behind it', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'host', ['mk send one user 1']);
    run.world.mem.poke32(ringAt(run), 70);
    typed(run, 'host', 'mk send one user 1');
    expect(run.answers.hazard('R11')).toBe(1);
  });

  it('R13: a message without bytes takes a slot and is dropped', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'host', ['mk raw one user']);
    expect(run.answers.hazard('R13')).toBe(1);
    expect(logged(run, 'one', 'ipi.ring_skipped')).toEqual([[0, 0]]);
  });

  it('R14: an instance without CPUs is rung at an APIC id that does not exist', () => {
    const run = createdRun([{ ...ONE, cpus: [] }], N1);
    kexecLoad(run, loadFlags(1));
    typeAll(run, 'host', ['mk send one user 1']);
    expect(run.answers.hazard('R14')).toBe(1);
  });

  it('R5: after a whole lap the callback finds the newer message', () => {
    const fillers = Array.from({ length: 63 }, () => 'mk send web user 1 --cpu 2 --hold');
    const lap = fillers.map(() => 'cpu2 to end');
    const run = playOut(
      lessonRun(
        `---\ntitle: T\nprofile: ring-n1\n---\n${BOOT('system')}` +
          block('console host', 'mk send web user 0') +
          block('console host', `${A} --cpu 1 --hold`, ...fillers, `${B} --cpu 3 --hold`) +
          block(
            'schedule',
            ...['cpu1 to end', 'cpu4 take 0xea', 'cpu4 until write.tail', ...lap],
            ...['cpu4 until write.tail', 'cpu3 to end', 'cpu4 to end'],
          ),
      ),
    );
    // One is the message of slot 0, which nobody listened to.
    expect(run.answers.hazard('R5')).toBe(2);
    expect(run.answers.message(2)?.outcome).toBe('lost');
    expect(run.answers.message(66)?.outcome).toBe('duplicated');
  });

  it('an interrupt without a message finds nothing', () => {
    const run = bootedRun([ONE], N1);
    typeAll(run, 'one', ['mk listen user']);
    typeAll(run, 'host', ['mk send one user 1 0x01020304']);
    launch(run.world.machine, 0, 4, 0, 0xea);
    settle(run);
    expect(run.answers.stats()).toMatchObject({ handled: 1, duplicated: 0 });
  });
});
