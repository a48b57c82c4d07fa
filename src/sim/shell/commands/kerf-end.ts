import { ERRNO } from '../../base/errno.ts';
import { checkWords, errnoText, readArguments } from '../arguments.ts';
import type { Io, Steps, Verb } from '../command.ts';
import {
  called,
  completeInstance,
  findTarget,
  idFlags,
  KERF,
  KEXEC_FILE_UNLOAD,
  KEXEC_MULTIKERNEL,
  MULTIKERNEL_FS,
  readCpus,
  readMemory,
} from '../kerf-options.ts';

/** reboot(2) command of later kernels that stops an instance without asking it. */
const LINUX_REBOOT_CMD_MULTIKERNEL_HALT_FORCE = 0x4d4b4c46;

const NAME_OR_ID = { id: 'N', verbose: 'v' } as const;

/** Says what an errno did to a verb. */
function failed(io: Io, what: string, ret: number): number {
  io.err(`kerf: ${what}: ${errnoText(ret)}`);
  return KERF.failed;
}

/** `kerf unload`: takes the image away again, through kexec_file_load(2). */
export const kerfUnload: Verb = {
  name: 'unload',
  summary: 'take the image of an instance away again',
  usage: 'kerf unload NAME|--id=N [-v]',
  options: ['--id=', '--verbose'],
  *run(args, io) {
    const target = yield* findTarget(io, 'unload', readArguments(args, 'N:v', NAME_OR_ID));
    if (!target) return KERF.failed;
    const { instance } = target;
    if (instance.state !== 'loaded' && instance.state !== 'loading') {
      io.err(`kerf: unload ${instance.name}: it is ${instance.state}, nothing is loaded`);
      return KERF.failed;
    }
    const { ret } = yield {
      call: 'kexec_file_load',
      kernel: new Uint8Array(0),
      initrd: null,
      cmdline: '',
      flags: KEXEC_FILE_UNLOAD | KEXEC_MULTIKERNEL | idFlags(instance.id),
    };
    if (ret < 0) return failed(io, `unload ${instance.name}`, ret);
    io.out(`${called(instance)}: unloaded\n`);
    return KERF.done;
  },
  complete: completeInstance,
};

/** `kerf delete`: on v2, the removal of its folder. */
export const kerfDelete: Verb = {
  name: 'delete',
  summary: 'remove an instance',
  usage: 'kerf delete NAME|--id=N [--dry-run] [-v]',
  options: ['--id=', '--dry-run', '--verbose'],
  *run(args, io) {
    const given = readArguments(args, 'N:vt', { ...NAME_OR_ID, 'dry-run': 't' });
    const target = yield* findTarget(io, 'delete', given);
    if (!target) return KERF.failed;
    const { instance } = target;
    if (given.has('t')) {
      io.out(`${called(instance)} would be removed\n`);
      return KERF.done;
    }
    const path = `${MULTIKERNEL_FS}/instances/${instance.name}`;
    const { ret } = yield { call: 'rmdir', path };
    if (ret < 0) return failed(io, `delete ${instance.name}: it is ${instance.state}`, ret);
    io.out(`${called(instance)}: removed\n`);
    return KERF.done;
  },
  complete: completeInstance,
};

/** `kerf kill`: v2 knows no state active and no command to halt. */
export const kerfKill: Verb = {
  name: 'kill',
  summary: 'stop a running instance (v2 cannot)',
  usage: 'kerf kill NAME|--id=N [--force] [-v]',
  options: ['--id=', '--force', '--verbose'],
  *run(args, io) {
    const given = readArguments(args, 'N:vf', { ...NAME_OR_ID, force: 'f' });
    const target = yield* findTarget(io, 'kill', given);
    if (!target) return KERF.failed;
    const { instance } = target;
    if (!given.has('f') || !['loaded', 'loading', 'active'].includes(instance.state)) {
      io.err(
        `kerf: kill ${instance.name}: it is ${instance.state}, not active; ` +
          `v2 has no halt: ${errnoText(-ERRNO.EINVAL)}`,
      );
      return KERF.failed;
    }
    const cmd = LINUX_REBOOT_CMD_MULTIKERNEL_HALT_FORCE;
    const { ret } = yield { call: 'reboot', cmd, id: instance.id };
    return ret < 0 ? failed(io, `kill ${instance.name}: v2 has no halt`, ret) : KERF.done;
  },
  complete: completeInstance,
};

/** `kerf update`: needs overlays, which came later. */
export const kerfUpdate: Verb = {
  name: 'update',
  summary: 'change the resources of an instance (v2 cannot)',
  usage: 'kerf update NAME [--cpus=LIST] [--memory=SIZE] [--memory-base=ADDR] [--dry-run]',
  options: ['--cpus=', '--memory=', '--dry-run'],
  *run(args, io) {
    const given = readArguments(args, 'c:m:B:d:tvN:', {
      cpus: 'c',
      memory: 'm',
      'memory-base': 'B',
      devices: 'd',
      'dry-run': 't',
      ...NAME_OR_ID,
    });
    checkWords(given.words, 'NAME', 1, 1);
    const cpus = given.value('c');
    const memory = given.value('m');
    if (cpus !== undefined) readCpus(cpus);
    if (memory !== undefined) readMemory(memory);
    const target = yield* findTarget(io, 'update', given);
    if (!target) return KERF.failed;
    return yield* noOverlays(io, `update ${target.instance.name}`);
  },
  complete: completeInstance,
};

/** `kerf console`: needs a console device, which came later. */
export const kerfConsole: Verb = {
  name: 'console',
  summary: 'attach to the console of an instance (v2 cannot)',
  usage: 'kerf console NAME|--id=N',
  options: ['--id='],
  *run(args, io) {
    const target = yield* findTarget(io, 'console', readArguments(args, 'N:v', NAME_OR_ID));
    if (!target) return KERF.failed;
    return failed(io, `console ${target.instance.name}: v2 has no mktty`, -ERRNO.ENODEV);
  },
  complete: completeInstance,
};

/** What a write to v2's missing overlay file gives. */
function* noOverlays(io: Io, what: string): Steps<number> {
  const path = `${MULTIKERNEL_FS}/overlays`;
  const { ret } = yield { call: 'stat', path };
  return failed(io, `${what}: v2 has no ${path}/new`, ret < 0 ? ret : -ERRNO.ENOENT);
}
