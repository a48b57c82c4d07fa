import { expect } from 'vitest';
import type { HazardName } from '../kernel/hazards.ts';
import { heapKind, kfree, kmalloc } from '../kernel/heap.ts';
import { idrRemove } from '../kernel/instance-table.ts';
import { TRAMPOLINE } from '../kernel/kexec-exec.ts';
import type { Run } from '../scenarios/run.ts';
import { FS, ONE, talkedTo, TWO, whileBooting } from './hazard-runs.ts';
import {
  bootedRun,
  createdRun,
  hostRun,
  kexecExec,
  kexecLoad,
  loadFlags,
  logged,
  lookAt,
  MIB,
  treeOf,
  typeAll,
  upload,
} from './world.ts';

const UNLOAD = 0x01 | 0x10;

const NO_OWN_RAM = { glue: { 'own-ram': false } };

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

function tooLarge(): Run {
  const run = hostRun();
  upload(run, padded(3940));
  kexecLoad(run, loadFlags(1));
  kexecExec(run, 1);
  return run;
}

/** How each hazard of instances and of starting them comes about. */
export const INSTANCE_HAZARDS = {
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
  referenceLeak() {
    const run = talkedTo(ONE);
    typeAll(run, 'host', [`rmdir ${FS}/instances/one`]);
    return run;
  },
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
} satisfies Partial<Record<HazardName, () => Run>>;
