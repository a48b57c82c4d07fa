import { expect } from 'vitest';
import type { HazardName } from '../kernel/hazards.ts';
import { K } from '../kernel/kernel.layout.ts';
import { resetRingsN3 } from '../kernel/mailboxes/ring-n3-start.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { Run } from '../scenarios/run.ts';
import { FIRST, ONE, SECOND, TWO } from './hazard-runs.ts';
import { racedOn } from './lesson.ts';
import {
  bootedRun,
  callRoutine,
  createdRun,
  kexecLoad,
  loadFlags,
  lookAt,
  settle,
  typeAll,
} from './world.ts';

const bare = (line: string): string => line.replace(/ --cpu.*/, '');

/** A ring, with one message behind it, and the two raced. */
const ringed = (profile: string, ...picture: readonly string[]): Run =>
  racedOn(
    profile,
    ['system'],
    ['mk send web user 0'],
    [bare(FIRST), bare(SECOND)],
    [...picture, 'cpu1 to end'],
  );

/** How each hazard of the other mailboxes comes about. */
export const MAILBOX_HAZARDS = {
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
      [bare(FIRST), bare(SECOND)],
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
} satisfies Partial<Record<HazardName, () => Run>>;
