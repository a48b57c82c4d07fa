import { expect } from 'vitest';
import type { HazardName } from '../kernel/hazards.ts';
import { findByName } from '../kernel/instance-object.ts';
import { ipiCreate } from '../kernel/ipi-area.ts';
import { K } from '../kernel/kernel.layout.ts';
import { MK_IPI_HANDLER } from '../kernel/mk.layout.ts';
import { launch } from '../machine/bus.ts';
import type { Run } from '../scenarios/run.ts';
import { FIRST, FS, ONE, SECOND, talkedTo, TWO, whileBooting } from './hazard-runs.ts';
import { block, BOOT, lessonRun, playOut } from './lesson.ts';
import {
  bootedRun,
  callRoutine,
  createdRun,
  hostRun,
  logged,
  lookAt,
  MIB,
  settle,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
  type Wish,
} from './world.ts';

const TWO_WAY = { glue: { 'two-way': true } };

/** `web` runs and listens to system messages; host lines are held, and a schedule plays them. */
const raced = (lines: readonly string[], picture: string): Run =>
  playOut(
    lessonRun(
      BOOT('system') +
        block('console host', ...lines) +
        block(
          'schedule',
          ...picture
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        ),
    ),
  );

/** `web` runs and has typed these lines; then the host types its own. */
function talked(web: readonly string[], host: readonly string[]): Run {
  const run = bootedRun();
  typeAll(run, 'web', web);
  for (const line of host) typed(run, 'host', line);
  return run;
}

/** How each hazard of messages and their slots comes about. */
export const MESSAGE_HAZARDS = {
  slotPastArea: () => talkedTo({ ...WEB, cpus: [] }),
  ipiToInvalidCpu: () => talkedTo({ ...WEB, cpus: [] }),
  slotIndexOutOfRange() {
    const run = bootedRun([ONE], { machine: { apic: [0, 1, 2, 3, 2000, 5, 6, 7] } });
    typeAll(run, 'host', ['mk send one user 1']);
    return run;
  },
  hang() {
    const run = talked(['mk listen system --once'], ['mk send web system heartbeat']);
    expect(run.answers.cpu(4)?.mode).toBe('hung');
    return run;
  },
  payloadPastSlot: () =>
    raced(
      [
        FIRST,
        `mk raw web system 0x0030000001000000${'0'.repeat(16)}ffffffff00000000 --cpu 6 --hold`,
      ],
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until C4
       cpu6 until slot.data
       cpu4 to end
       cpu6 to end`,
    ),
  slotOverwritten: () => raced([FIRST, SECOND], 'cpu1 to end\ncpu6 to end'),
  interruptMerged: () => raced([FIRST, SECOND], 'cpu1 to end\ncpu6 to end'),
  workPending() {
    // Only a second CPU of the receiver could do it: the work is marked as if one had queued it.
    const run = talked(['mk listen system'], ['mk send web system heartbeat']);
    const x = lookAt(run, 'web');
    const handler = x.mem.peek64(x.k + K.mk_handlers);
    x.mem.poke32(handler + MK_IPI_HANDLER.at.work + 8, 3);
    typeAll(run, 'host', ['mk send web system heartbeat']);
    return run;
  },
  savedPointerReplaced() {
    const run = talked(['mk listen system'], ['mk send web system heartbeat']);
    const x = lookAt(run, 'web');
    const handler = x.mem.peek64(x.k + K.mk_handlers);
    x.mem.poke32(handler + MK_IPI_HANDLER.at.work + 8, 3);
    x.mem.poke64(handler + MK_IPI_HANDLER.at.saved_data, 0x8000_0000);
    typeAll(run, 'host', ['mk send web system heartbeat']);
    return run;
  },
  messageTorn: () =>
    raced(
      [FIRST, SECOND],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until C5\ncpu6 until slot.data\ncpu4 to end',
    ),
  phantomMessage: () =>
    raced(
      [FIRST, SECOND],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until unlock\ncpu6 until slot.type\ncpu4 to end',
    ),
  clearedUnderReader: () =>
    raced(
      [FIRST, SECOND],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until eoi\ncpu6 until slot.clear\ncpu4 to end',
    ),
  typeChanged: () =>
    raced(
      [FIRST, 'mk send web io irq-forward 0xb2 --cpu 6 --hold'],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until unlock\ncpu6 until slot.type\ncpu4 to end',
    ),
  doubleFetch: () =>
    raced(
      [FIRST, SECOND],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until C3\ncpu6 until slot.clear\ncpu4 to end',
    ),
  deliveredAgain() {
    const run = talked(['mk listen system'], ['mk send web system heartbeat']);
    launch(run.world.machine, 0, 4, 0, 0xea);
    settle(run);
    return run;
  },
  sendersCollide: () => raced([FIRST, SECOND], 'cpu1 until slot.type\ncpu6 to end\ncpu1 to end'),
  wrongSlot: () => talkedTo(ONE, { machine: { apic: [0, 1, 2, 3, 6, 5, 4, 7] } }),
  nullMask() {
    const run = hostRun({ machine: { cpus: 80 } });
    // The fourth allocation of a creation is the mask: blob, instance, name, mask.
    const x = lookAt(run, 'host');
    x.mem.poke32(x.k + K.fail_alloc, 4);
    upload(run, treeOf(ONE));
    typed(run, 'host', 'mk send one user 1');
    return run;
  },
  sleepsInInterrupt() {
    const run = bootedRun([ONE], TWO_WAY);
    typeAll(run, 'host', ['mk listen system --reply one']);
    typeAll(run, 'one', ['mk listen user', 'mk send host system heartbeat']);
    return run;
  },
  deafKernel() {
    // CPU 0 cannot be taken, and the instance has it all the same.
    const run = createdRun([{ ...ONE, cpus: [0] }]);
    typeAll(run, 'host', ['mk send one user 1']);
    expect(run.answers.kernel('host')?.interrupts).toBe(1);
    return run;
  },
  muteKernel() {
    const run = bootedRun([ONE]);
    expect(typed(run, 'one', 'mk send one user 1').output).toContain('-EINVAL');
    return run;
  },
  typeTruncated() {
    const run = talked(['mk listen io'], ['mk raw web 0x100001000 0x00']);
    expect(run.answers.slot('web', undefined)?.type).toBe(0x1000);
    return run;
  },
  deadPath: () => talkedTo(ONE, { profile: 'rfc-v2-as-posted' }),
  unreachableId: () => talkedTo({ ...ONE, id: 300 }),
  staleArea() {
    const run = createdRun([ONE]);
    typeAll(run, 'host', [`rmdir ${FS}/instances/one`]);
    upload(run, treeOf(ONE));
    expect(logged(run, 'host', 'ipi.create_exists')).toEqual([[1]]);
    return run;
  },
  areaFragmented() {
    // 16 pages in single pieces, every second of them given back.
    const page = (n: number): Wish => ({ name: `p${n}`, id: n + 1, cpus: [], memory: 4096 });
    const run = hostRun({
      machine: { cpus: 64, pool: { size: 16 * 4096, base: 2048 * MIB } },
      glue: { 'ipi-area': false },
    });
    upload(run, treeOf(...Array.from({ length: 16 }, (_, n) => page(n))));
    for (let n = 0; n < 16; n += 2) typeAll(run, 'host', [`rmdir ${FS}/instances/p${n}`]);
    upload(run, treeOf({ name: 'big', id: 100, cpus: [], memory: 6 * 4096 }));
    const x = lookAt(run, 'host');
    expect(callRoutine(run, 'host', ipiCreate, findByName(x, 'big'))).toBe(-12);
    return run;
  },
  emptyMessage: () => talked([], ['mk raw web 0x1000']),
  foreignPage() {
    const run = bootedRun([ONE, TWO]);
    typeAll(run, 'two', ['mk listen pfn']);
    typeAll(run, 'host', ['mk pfn two 0x80001']); // a page of `one`
    return run;
  },
  tooEarly: () => {
    for (let ns = 5000; ns < 12_000; ns += 200) {
      const run = whileBooting(`sleep 0.00000${ns}`.slice(0, 16), 'mk send one user 1');
      if (run.answers.hazard('tooEarly')) return run;
    }
    return hostRun();
  },
  staleDelivery() {
    const run = createdRun([ONE]);
    typeAll(run, 'host', [
      'mk send one system heartbeat',
      'kerf load --kernel=/boot/vmlinuz --id=1',
    ]);
    typeAll(run, 'host', ['kerf exec --id=1']);
    typeAll(run, 'one', ['mk listen system']);
    launch(run.world.machine, 0, 4, 0, 0xea);
    settle(run);
    return run;
  },
  nobodyThere: () => talkedTo(ONE),
  rungForAnother() {
    const run = bootedRun([ONE]);
    upload(run, treeOf({ ...TWO, cpus: [4] }));
    typeAll(run, 'host', ['mk send two user 1']);
    return run;
  },
  registeredTwice() {
    const run = playOut(
      lessonRun(
        block('console host', 'mk listen user --cpu 1 --hold', 'mk listen user --cpu 2 --hold') +
          block('schedule', 'cpu1 until look', 'cpu2 until look', 'cpu1 to end', 'cpu2 to end'),
      ),
    );
    expect(logged(run, 'host', 'msg.registered')).toEqual([[0x4000], [0x4000]]);
    return run;
  },
  innerTypeDiffers: () =>
    talked(['mk listen resource'], [`mk raw web resource 0x00100000${'00'.repeat(20)}`]),
  payloadTooShort: () =>
    talked(['mk listen resource --trust'], ['mk send web resource cpu-add 0x04000000']),
  nobodyListens: () => talked([], ['mk send web user 1']),
  payloadChanged: () =>
    talked(
      ['mk listen system --keep'],
      ['mk send web system heartbeat 0x01020304', 'mk send web system heartbeat 0x05060708'],
    ),
  notAMessage: () => talked(['mk listen 0x80000001'], ['mk pfn web 0x1000']),
} satisfies Partial<Record<HazardName, () => Run>>;
