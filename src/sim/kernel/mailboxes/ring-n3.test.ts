import { describe, expect, it } from 'vitest';
import { ROW } from '../../base/record.ts';
import { launch } from '../../machine/bus.ts';
import type { Run } from '../../scenarios/run.ts';
import { block, BOOT, lessonRun, playOut, racedOn } from '../../testing/lesson.ts';
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
import { CPU } from '../../machine/cpu.layout.ts';
import { resetRingsN3 } from './ring-n3-start.ts';
import { sendN3 } from './ring-n3.ts';

const N3 = { profile: 'ring-n3' } as const;
const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };
const ringAt = (run: Run): number => run.world.sys.kernels[0]!.kimages[0]!.ipi!;
const words = (run: Run, ring = ringAt(run)): [head: number, tail: number] => [
  run.world.mem.peek32(ring),
  run.world.mem.peek32(ring + 4),
];
const A = 'mk send web system heartbeat 0xa1a1a1a1';
const B = 'mk send web system shutdown 0xb2b2b2b2';
const raced = (a: string, b: string, ...picture: readonly string[]): Run =>
  racedOn('ring-n3', ['system', 'io'], ['mk send web user 0'], [a, b], picture);

describe('the mailbox of ring-n3', () => {
  it('is 65 pages of the host for each image', () => {
    const run = createdRun([ONE], N3);
    const before = run.world.sys.kernels[0]!.pages.next;
    kexecLoad(run, loadFlags(1));
    // The hand-over page, and the ring.
    expect(run.world.sys.kernels[0]!.pages.next - before).toBe(66 * 4096);
    expect(ringAt(run)).toBeLessThan(2048 * MIB);
  });

  it('writes the claim, sender, type, data, and the size last: rows P8 to P12', () => {
    const run = bootedRun([ONE], N3);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send one user 1 0x01020304 --cpu 6']);
    const writes = rowsOf(run, ROW.write, from).filter(({ cpu }) => cpu === 6);
    expect(writes.map(({ a, b }) => [a - ringAt(run), b])).toEqual([
      [0, 4],
      [8, 8],
      [16, 4],
      [32, 28],
      [24, 8],
    ]);
    expect(words(run)).toEqual([1, 1]);
    expect(run.world.mem.peek64(ringAt(run) + 24)).toBe(0); // consumed and cleared
  });

  it('calls handlers in the interrupt: no irq_work, in order, each message once', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'one', ['mk listen user']);
    for (let n = 0; n < 130; n++) typeAll(run, 'host', [`mk send one user ${n} 0x01020304`]);
    expect(run.answers.stats()).toMatchObject({ sent: 130, handled: 130, whole: 130 });
    const subtypes = rowsOf(run, ROW.handler).map(({ c }) => c);
    expect(subtypes).toEqual([...subtypes].sort((a, b) => a - b));
    expect(rowsOf(run, ROW.queue)).toEqual([]);
  });

  it('takes 4096 bytes, header and all', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'one', ['mk listen user']);
    expect(typed(run, 'host', 'mk send one user 1 --len 4072').status).toBe(0);
    expect(typed(run, 'host', 'mk send one user 1 --len 4073').output).toContain('-EMSGSIZE');
    typeAll(run, 'host', [`mk send one user 1 0x${'ab'.repeat(1000)}`]);
    expect(run.answers.stats()).toMatchObject({ sent: 2, whole: 2 });
    expect(run.answers.hazard('payloadPastSlot')).toBe(0);
  });

  it('gives every reference back, whatever it answers', () => {
    const run = createdRun([ONE, { ...TWO, cpus: [] }], N3);
    expect(typed(run, 'host', 'mk send one user 1').output).toContain('-ENODEV'); // no ring
    expect(typed(run, 'host', 'mk send two user 1').output).toContain('-ENODEV'); // no CPU
    expect(callRoutine(run, 'host', sendN3, 1, 0, 4097, 0x1000)).toBe(-22);
    kexecLoad(run, loadFlags(1));
    for (let n = 0; n < 63; n++) typeAll(run, 'host', ['mk send one user 1']);
    expect(typed(run, 'host', 'mk send one user 1').output).toContain('-ENOSPC');
    expect(run.answers.instance('one')?.refcount).toBe(2); // the list's and the image's
    expect(run.answers.instance('two')?.refcount).toBe(1);
  });

  it('lets a spawned kernel answer the host', () => {
    const run = bootedRun([ONE, TWO], N3);
    typeAll(run, 'host', ['mk listen user']);
    typeAll(run, 'one', ['mk send host user 1 0xaa']);
    expect(run.answers.kernel('host')?.handled).toBe(1);
    expect(typed(run, 'one', 'mk send 2 user 1').output).toContain('-EINVAL');
  });

  it.each([
    [['cpu1 to end', 'cpu6 to end']],
    [['cpu1 until claim', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end']],
    [['cpu1 until slot.data', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end']],
    [['cpu1 until head', 'cpu6 until claim', 'cpu1 to end', 'cpu6 to end']],
    [['cpu1 to end', 'cpu4 take 0xea', 'cpu4 until call', 'cpu6 to end', 'cpu4 to end']],
  ])('loses nothing of two senders: %j', (picture) => {
    const run = raced(A, B, ...picture);
    expect(run.answers.stats()).toMatchObject({ sent: 3, handled: 2, whole: 2, torn: 0 });
    expect(run.answers.stats()).toMatchObject({ duplicated: 0, phantom: 0 });
    expect(run.answers.hazard('interruptMerged')).toBe(0); // an interrupt drains all there is
  });
});

describe('hazards of ring-n3', () => {
  it('T1: a sender that dies between claim and publish blocks the ring, until it is full', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'one', ['mk listen user']);
    typeAll(run, 'host', ['mk send one user 1 --cpu 6 --hold']);
    const { machine } = run.world;
    run.world.release();
    for (let n = 0; n < 100 && run.answers.cpu(6)?.step !== 'publish'; n++) machine.run(1);
    machine.instant = true;
    launch(machine, 0, 6, 5, 0); // INIT
    machine.instant = false;
    settle(run);
    for (let n = 0; n < 62; n++) typeAll(run, 'host', ['mk send one user 2']);
    expect(run.answers.stats().handled).toBe(0);
    expect(run.answers.hazard('T1')).toBeGreaterThan(0);
    expect(typed(run, 'host', 'mk send one user 2').output).toContain('-ENOSPC');
  });

  it('T2: a slow sender makes all others wait, and nothing is lost', () => {
    const run = raced(A, B, 'cpu1 until claim', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end');
    expect(run.answers.hazard('T2')).toBe(1);
    expect(run.answers.stats().lost).toBe(1); // only the one nobody listens to
  });

  it('T3: a message without bytes is never published, and blocks the ring', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'one', ['mk listen user']);
    typeAll(run, 'host', ['mk raw one user', 'mk send one user 1 0xaa']);
    expect(run.answers.stats().handled).toBe(0);
    expect(run.answers.hazard('T3')).toBeGreaterThan(0);
    expect(words(run)).toEqual([2, 0]);
  });

  it('T4a: starting a kernel drops what another one sent to the host', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'host', ['mk listen user']);
    const { H } = run.world.machine;
    H[CPU.interruptsOn] = 0; // CPU 0 is not to look yet
    typeAll(run, 'one', ['mk send host user 1 0xaa']);
    expect(callRoutine(run, 'host', resetRingsN3, run.world.sys.kernels[0]!.kimages[0]!.addr)).toBe(
      0,
    );
    expect(run.answers.hazard('T4a')).toBe(1);
    expect(logged(run, 'host', 'ipi.ring_dropped')).toEqual([[1]]);
    H[CPU.interruptsOn] = 1;
    settle(run);
    expect(run.answers.stats()).toMatchObject({ sent: 1, handled: 0, lost: 1 });
  });

  it('T6: -ENOSPC on a ring that has been drained since it was looked at', () => {
    const run = raced(A, B, 'cpu1 until head', 'cpu6 to end', 'cpu4 to end', 'cpu1 to end');
    expect(run.answers.hazard('T6')).toBe(1);
    expect(logged(run, 'host', 'ipi.ring_full')).toHaveLength(1);
  });

  it('T9: a head beyond the ring makes the sender try for ever', () => {
    const run = bootedRun([ONE], N3);
    typeAll(run, 'host', ['mk send one user 1']);
    run.world.mem.poke32(ringAt(run), 70);
    run.type('host', 'mk send one user 1');
    run.advance({ steps: 200, through: true });
    expect(run.answers.cpu(0)?.mode).toBe('hung');
    expect(run.answers.hazard('T9')).toBe(1);
  });

  it('T7: a head that comes round to where it was hides 64 messages', () => {
    const fillers = Array.from({ length: 63 }, () => 'mk send web user 1 --cpu 2 --hold');
    const lap = fillers.map(() => 'cpu2 to end');
    const run = playOut(
      lessonRun(
        `---\ntitle: T\nprofile: ring-n3\n---\n${BOOT('system')}` +
          block('console host', 'mk send web user 0') +
          block('console host', `${A} --cpu 1 --hold`, ...fillers, `${B} --cpu 3 --hold`) +
          block(
            'schedule',
            // cpu1 has looked; 63 others fill the ring, one is drained, one more comes.
            ...['cpu1 until tail', ...lap, 'cpu4 take 0xea', 'cpu4 until write.tail'],
            ...['cpu3 to end', 'cpu1 to end', 'cpu4 to end'],
          ),
      ),
    );
    expect(run.answers.hazard('T7')).toBe(1);
  });
});
