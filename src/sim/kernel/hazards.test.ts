import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { Run } from '../scenarios/run.ts';
import { block, BOOT, lessonRun, playOut, racedOn } from '../testing/lesson.ts';
import {
  bootedRun,
  callRoutine,
  createdRun,
  hostRun,
  kexecExec,
  kexecLoad,
  loadFlags,
  logged,
  lookAt,
  MIB,
  rowsOf,
  settle,
  treeOf,
  typeAll,
  typed,
  upload,
  WEB,
  type Wish,
} from '../testing/world.ts';
import { HAZARDS, hazardsOf, type HazardName } from './hazards.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { findByName } from './instance-object.ts';
import { idrRemove } from './instance-table.ts';
import { ipiCreate } from './ipi-area.ts';
import { sendIpiData } from './ipi.ts';
import { TRAMPOLINE } from './kexec-exec.ts';
import { K } from './kernel.layout.ts';
import { resetRingsN3 } from './mailboxes/ring-n3-start.ts';
import { MK_IPI_HANDLER } from './mk.layout.ts';

const ONE: Wish = { name: 'one', id: 1, cpus: [4], memory: 16 * MIB };
const TWO: Wish = { name: 'two', id: 2, cpus: [5], memory: 16 * MIB };
const FS = '/sys/fs/multikernel';
const UNLOAD = 0x01 | 0x10;

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
const A = 'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold';
const B = 'mk send web system shutdown 0xb2b2b2b2 --cpu 6 --hold';

/** `web` runs and has typed these lines; then the host types its own. */
function talked(web: readonly string[], host: readonly string[]): Run {
  const run = bootedRun();
  typeAll(run, 'web', web);
  for (const line of host) typed(run, 'host', line);
  return run;
}

/** `one` runs; the host's next lines are typed at once, while it boots. */
function whileBooting(...lines: readonly string[]): Run {
  const run = createdRun([ONE, TWO]);
  typeAll(run, 'host', ['kerf load --kernel=/boot/vmlinuz --id=1']);
  typed(run, 'host', ['kerf exec --id=1', ...lines].join('; '));
  return run;
}

/** A tree of the one instance, filled up to `bytes` bytes of its own blob. */
function padded(bytes: number): string {
  const probe = hostRun();
  const tree = (pad: number): string =>
    treeOf(ONE).replace('id = <1>;', `id = <1>; pad = [${'00'.repeat(pad)}];`);
  upload(probe, tree(4));
  return tree(4 + bytes - (probe.answers.instance('one')?.dtb_size ?? 0));
}

const failedLoad = (): Run => {
  const run = createdRun([ONE]);
  kexecLoad(run, loadFlags(1), new Uint8Array(4096));
  return run;
};

const NO_OWN_RAM = { glue: { 'own-ram': false } };
const TWO_WAY = { glue: { 'two-way': true } };

/** How each hazard comes about. A hazard without a case does not compile. */
const CASES: Readonly<Record<HazardName, () => Run>> = {
  slotPastArea: () => talkedTo({ ...WEB, cpus: [] }),
  ipiToInvalidCpu: () => talkedTo({ ...WEB, cpus: [] }),
  slotIndexOutOfRange() {
    const run = bootedRun([ONE], { machine: { apic: [0, 1, 2, 3, 2000, 5, 6, 7] } });
    typeAll(run, 'host', ['mk send one user 1']);
    return run;
  },
  useAfterFree() {
    const run = failedLoad();
    kexecExec(run, 1);
    return run;
  },
  jumpNowhere() {
    const run = failedLoad();
    expect(kexecExec(run, 1)).toBe(0);
    expect(run.answers.cpu(4)?.mode).toBe('hung');
    return run;
  },
  hang() {
    const run = talked(['mk listen system --once'], ['mk send web system heartbeat']);
    expect(run.answers.cpu(4)?.mode).toBe('hung');
    return run;
  },
  payloadPastSlot: () =>
    raced(
      [A, `mk raw web system 0x0030000001000000${'0'.repeat(16)}ffffffff00000000 --cpu 6 --hold`],
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until C4
       cpu6 until slot.data
       cpu4 to end
       cpu6 to end`,
    ),
  cpuTakenTwice: () => createdRun([ONE, { ...TWO, cpus: [4] }]),
  readPastBuffer() {
    const run = hostRun();
    upload(run, treeOf(ONE).replace('id = <1>;', `id = <1>; pad = [${'00'.repeat(5000)}];`));
    return run;
  },
  hostMemoryOverwritten() {
    const run = createdRun([{ ...ONE, memory: 4 * MIB }]);
    for (const flags of [loadFlags(1), UNLOAD, loadFlags(1)]) kexecLoad(run, flags);
    return run;
  },
  slotOverwritten: () => raced([A, B], 'cpu1 to end\ncpu6 to end'),
  interruptMerged: () => raced([A, B], 'cpu1 to end\ncpu6 to end'),
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
    raced([A, B], 'cpu1 to end\ncpu4 take 0xea\ncpu4 until C5\ncpu6 until slot.data\ncpu4 to end'),
  phantomMessage: () =>
    raced(
      [A, B],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until unlock\ncpu6 until slot.type\ncpu4 to end',
    ),
  clearedUnderReader: () =>
    raced(
      [A, B],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until eoi\ncpu6 until slot.clear\ncpu4 to end',
    ),
  typeChanged: () =>
    raced(
      [A, 'mk send web io irq-forward 0xb2 --cpu 6 --hold'],
      'cpu1 to end\ncpu4 take 0xea\ncpu4 until unlock\ncpu6 until slot.type\ncpu4 to end',
    ),
  doubleFetch: () =>
    raced([A, B], 'cpu1 to end\ncpu4 take 0xea\ncpu4 until C3\ncpu6 until slot.clear\ncpu4 to end'),
  deliveredAgain() {
    const run = talked(['mk listen system'], ['mk send web system heartbeat']);
    run.world.machine.launch(0, 4, 0, 0xea);
    settle(run);
    return run;
  },
  sendersCollide: () => raced([A, B], 'cpu1 until slot.type\ncpu6 to end\ncpu1 to end'),
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
  referenceLeak() {
    const run = talkedTo(ONE);
    typeAll(run, 'host', [`rmdir ${FS}/instances/one`]);
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
    run.world.machine.launch(0, 4, 0, 0xea);
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
  stopIsSuccess() {
    const run = createdRun([ONE]);
    kexecLoad(run, loadFlags(1));
    // No console can do it: the id goes between the look for the image and the notifier.
    run.type('host', 'kerf exec --id=1');
    while (run.answers.cpu(0)?.routine !== 'mk_kexec_notifier') run.advance({ steps: 1 });
    idrRemove(lookAt(run, 'host'), 1);
    while (run.advance({ through: true }) !== 'typed');
    expect(logged(run, 'host', 'kexec.finalize_failed')).toEqual([]);
    return run;
  },
  bootedWithoutHandOver: () => tooLarge(),
  treeTooLarge: () => tooLarge(),
  handOverPageFreed: () => whileBooting('kerf unload --id=1'),
  danglingImage: failedLoad,
  runningImageFreed() {
    const run = bootedRun([ONE]);
    typeAll(run, 'host', ['kerf unload --id=1']);
    return run;
  },
  runningInstanceRemoved() {
    const run = bootedRun([ONE]);
    typeAll(run, 'host', ['kerf unload --id=1', `rmdir ${FS}/instances/one`]);
    return run;
  },
  poolDestroyedInUse() {
    const run = createdRun([ONE]);
    for (const flags of [loadFlags(1), UNLOAD]) kexecLoad(run, flags);
    typeAll(run, 'host', [`rmdir ${FS}/instances/one`]);
    return run;
  },
  freedBehindFile() {
    const run = createdRun([ONE]);
    typeAll(run, 'host', [`rmdir ${FS}/instances/one`]);
    return run;
  },
  idTooShort() {
    const run = hostRun();
    upload(run, treeOf(ONE).replace('id = <1>', 'id = [05]'));
    return run;
  },
  handOverRewritten() {
    const run = bootedRun([ONE]);
    kexecExec(run, 1);
    return run;
  },
  kernelReset() {
    const run = bootedRun([ONE]);
    typeAll(run, 'host', ['echo 1 > /sys/devices/system/cpu/cpu4/online']);
    expect(run.answers.kernel('one')?.running).toBe(false);
    return run;
  },
  resourcesLeaked: () => createdRun([ONE, { ...TWO, id: 1 }]),
  uploadFailureHidden: () => createdRun([{ ...ONE, memory: 4097 }]),
  updateIgnored() {
    const run = createdRun([ONE]);
    upload(run, treeOf({ ...ONE, memory: 32 * MIB }));
    expect(run.answers.instance('one')?.memory_bytes).toBe(16 * MIB);
    return run;
  },
  cpuNotTaken: () => createdRun([{ ...ONE, cpus: [0] }]),
  idUnusable: () => createdRun([{ ...ONE, id: 0 }]),
  wrongImage() {
    // Only one image is loaded at a time, so the write of a second exec is done by hand.
    const run = createdRun([ONE, TWO]);
    kexecLoad(run, loadFlags(2));
    const { entry } = run.world.sys.kernels[0]!.kimages[0]!;
    kexecLoad(run, loadFlags(1));
    run.type('host', 'kerf exec --id=1');
    while (run.answers.cpu(4)?.step !== 'long') run.advance({ steps: 1 });
    run.world.mem.poke64(TRAMPOLINE.kernel_phys_addr, entry);
    while (run.advance({ through: true }) !== 'typed');
    expect(run.answers.kernel('two')?.boot_cpu).toBe(4);
    return run;
  },
  trampolineCopied: () => bootedRun([ONE], NO_OWN_RAM),
  trampolineNoRoom() {
    const run = createdRun([ONE], NO_OWN_RAM);
    kexecLoad(run, loadFlags(1), undefined, 'memmap=16M@2G nr_cpus=1');
    kexecExec(run, 1);
    expect(run.answers.cpu(4)?.mode).toBe('hung');
    return run;
  },
  cpuStillOnline() {
    const run = createdRun([{ ...ONE, cpus: [4, 5] }]);
    typeAll(run, 'host', ['echo 1 > /sys/devices/system/cpu/cpu5/online']);
    kexecLoad(run, loadFlags(1));
    kexecExec(run, 1);
    return run;
  },
  leftovers() {
    const run = bootedRun([ONE], { profile: 'rfc-v1' });
    typeAll(run, 'host', ['mk send one user 1 --len 100', 'mk send one user 1']);
    typeAll(run, 'host', [`mk send one user 1 0x${'a1'.repeat(16)}`, 'mk send one user 1']);
    return run;
  },
  bootWipe() {
    const run = createdRun([ONE, TWO], { profile: 'rfc-v1' });
    typeAll(run, 'host', ['mk send one user 1', 'kerf load --kernel=/boot/vmlinuz --id=2']);
    typeAll(run, 'host', ['kerf exec --id=2']);
    return run;
  },
  falseFull: () => ringed('ring-n1', 'cpu1 until head', 'cpu6 to end', 'cpu4 to end'),
  ringLapped() {
    const run = bootedRun([ONE], { profile: 'ring-n1' });
    typeAll(run, 'host', ['mk send one user 1', 'mk send one user 1 --cpu 6 --hold']);
    run.world.release();
    for (let n = 0; n < 99 && run.answers.cpu(6)?.step !== 'claim'; n++) run.world.run(1);
    // What 63 claims by others would have left: the tail right behind this head.
    run.world.mem.poke32(run.world.sys.kernels[0]!.kimages[0]!.ipi! + 4, 2);
    settle(run);
    return run;
  },
  ringCleared: () =>
    racedOn(
      'ring-n1',
      ['system'],
      [],
      [bare(A), bare(B)],
      [...['cpu1 until ring', 'cpu6 to end', 'cpu1 until ring.clear']],
    ),
  danglingRing() {
    const run = bootedRun([ONE], { profile: 'ring-n1' });
    typeAll(run, 'host', ['mk send one user 1', 'kerf unload --id=1', 'mk send one user 1']);
    return run;
  },
  diesInInterrupt() {
    const run = bootedRun([ONE], { profile: 'ring-n1' });
    const x = lookAt(run, 'one');
    x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, 0); // as before its early_initcall
    typeAll(run, 'host', ['mk send one user 1']);
    expect(run.answers.cpu(4)?.mode).toBe('hung');
    return run;
  },
  slotSkipped: () => ringed('ring-n1', 'cpu1 until claim', 'cpu6 to end', 'cpu4 to end'),
  headOfLine: () => ringed('ring-n3', 'cpu1 until claim', 'cpu6 to end', 'cpu4 to end'),
  droppedAtExec() {
    const run = bootedRun([ONE], { profile: 'ring-n3' });
    run.world.machine.H[CPU.interruptsOn] = 0;
    typeAll(run, 'one', ['mk send host user 1 0xaa']);
    callRoutine(run, 'host', resetRingsN3, 0);
    return run;
  },
  ghostMessage() {
    const run = bootedRun([ONE], { profile: 'ring-n3' });
    typeAll(run, 'host', ['mk send one user 1 0xaa --cpu 6 --hold']);
    run.world.release();
    for (let n = 0; n < 99 && run.answers.cpu(6)?.step !== 'publish'; n++) run.world.run(1);
    const image = run.world.sys.kernels[0]!.kimages[0]!;
    run.world.mem.fill(image.ipi!, 0, 8); // what the clearing at another exec does
    settle(run);
    return run;
  },
  tailMovedBack() {
    const run = bootedRun([ONE], { profile: 'ring-n3' });
    typeAll(run, 'one', ['mk listen user']);
    run.type('host', 'mk send one user 1 0xaa');
    for (let n = 0; n < 999 && run.answers.cpu(4)?.step !== 'write.tail'; n++)
      run.advance({ steps: 1, through: true });
    run.world.mem.poke32(run.world.sys.kernels[0]!.kimages[0]!.ipi! + 4, 9); // a second consumer
    while (run.advance({ through: true }) !== 'typed');
    return run;
  },
  bellTooEarly() {
    const run = createdRun([ONE], { profile: 'doorbell' });
    kexecLoad(run, loadFlags(1));
    typeAll(run, 'host', ['mk bell one', 'kerf exec --id=1']);
    return run;
  },
  bellForNobody() {
    const run = bootedRun([ONE], { profile: 'doorbell' });
    typeAll(run, 'host', ['mk bell one 5']);
    return run;
  },
  claimsAllCpus: () => bootedRun([ONE], NO_OWN_RAM),
  claimsAllMemory: () => bootedRun([ONE], NO_OWN_RAM),
  doubleFree() {
    // Nothing in the series frees twice: the accounting is asked.
    const run = hostRun();
    const x = lookAt(run, 'host');
    const addr = kmalloc(x, heapKind('buffer'), 100, false);
    expect([kfree(x, addr), kfree(x, addr)]).toEqual([true, false]);
    return run;
  },
};

const bare = (line: string): string => line.replace(/ --cpu.*/, '');

/** A ring, with one message behind it, and the two raced. */
const ringed = (profile: string, ...picture: readonly string[]): Run =>
  racedOn(
    profile,
    ['system'],
    ['mk send web user 0'],
    [bare(A), bare(B)],
    [...picture, 'cpu1 to end'],
  );

/** An instance that does not run gets a message. */
function talkedTo(wish: Wish, board: Parameters<typeof createdRun>[1] = {}): Run {
  const run = createdRun([wish], board);
  typed(run, 'host', `mk send ${wish.name} user 1`);
  return run;
}

function tooLarge(): Run {
  const run = hostRun();
  upload(run, padded(3940));
  kexecLoad(run, loadFlags(1));
  kexecExec(run, 1);
  return run;
}

describe('hazards', () => {
  it.each(HAZARDS.map((each) => [each.key, each.facts.join(' '), each] as const))(
    '%s (%s) is reported where it happens',
    (key, _facts, { id }) => {
      const run = CASES[key]();
      expect(run.answers.hazard(key)).toBeGreaterThan(0);
      expect(run.answers.hazards()).toBeGreaterThanOrEqual(run.answers.hazard(key)!);
      expect(rowsOf(run, ROW.hazard).some(({ b }) => b === id)).toBe(true);
    },
  );

  it('are found by their keys and by the ids of the specification', () => {
    expect(hazardsOf('H2').map(({ key }) => key)).toEqual(['slotOverwritten']);
    expect(hazardsOf('hang').map(({ facts }) => facts)).toEqual([['H19c', 'T9']]);
    expect(hazardsOf('H6').length).toBe(3);
    expect(hazardsOf('nothing')).toEqual([]);
    expect(sendIpiData.steps.map(({ id }) => id)).toContain('S6');
  });
});
