import { errnoText, readArguments, type Arguments } from '../arguments.ts';
import { WrongUsage, type Verb } from '../command.ts';
import { readFile } from '../files.ts';
import {
  called,
  completeInstance,
  findTarget,
  idFlags,
  KERF,
  KEXEC_FILE_DEBUG,
  KEXEC_FILE_NO_INITRAMFS,
  KEXEC_MULTIKERNEL,
} from '../kerf-options.ts';

/** Options of the real one that only make sense with a container image or a root file system. */
const ABSENT = {
  image: 'I',
  entrypoint: 'E',
  'rootfs-dir': 'R',
  ip: 'P',
  gateway: 'G',
  netmask: 'M',
  nic: 'Y',
  hostname: 'H',
  console: 'C',
} as const;

/** `kerf load`: a kernel image for an instance, through kexec_file_load(2). */
export const kerfLoad: Verb = {
  name: 'load',
  summary: 'place a kernel image in the memory of an instance',
  usage: 'kerf load NAME|--id=N --kernel=PATH [--initrd=PATH] [--cmdline=TEXT] [-v] [--debug]',
  options: ['--id=', '--kernel=', '--initrd=', '--cmdline=', '--verbose', '--debug'],
  *run(args, io) {
    const given = readArguments(args, 'N:k:i:c:vDI:E:R:P:G:M:Y:H:C:', {
      id: 'N',
      kernel: 'k',
      initrd: 'i',
      cmdline: 'c',
      verbose: 'v',
      debug: 'D',
      ...ABSENT,
    });
    const kernelPath = given.value('k');
    const initrdPath = given.value('i');
    if (kernelPath === undefined) throw new WrongUsage('--kernel is needed');
    checkCombination(given);
    const absent = Object.entries(ABSENT).find(([, letter]) => given.has(letter));
    if (absent) {
      io.err(`kerf: load: --${absent[0]} needs a root file system, and there is none here`);
      return KERF.failed;
    }
    const target = yield* findTarget(io, 'load', given);
    if (!target) return KERF.failed;
    const kernel = yield* readFile(io, 'kerf: load', kernelPath);
    if (!kernel) return KERF.file;
    const initrd = initrdPath === undefined ? null : yield* readFile(io, 'kerf: load', initrdPath);
    if (initrdPath !== undefined && !initrd) return KERF.file;
    const flags =
      KEXEC_MULTIKERNEL |
      idFlags(target.instance.id) |
      (initrd ? 0 : KEXEC_FILE_NO_INITRAMFS) |
      (given.has('D') ? KEXEC_FILE_DEBUG : 0);
    if (given.has('v') || given.has('D')) io.out(`flags 0x${flags.toString(16)}\n`);
    const cmdline = given.value('c') ?? '';
    const { ret } = yield { call: 'kexec_file_load', kernel, initrd, cmdline, flags };
    if (ret < 0) {
      io.err(`kerf: load ${target.instance.name}: ${errnoText(ret)}`);
      return KERF.failed;
    }
    io.out(`${called(target.instance)}: ${kernelPath} is loaded, ${kernel.length} bytes\n`);
    return KERF.done;
  },
  complete: completeInstance,
};

function checkCombination({ has }: Arguments): void {
  if (has('I') && has('R')) throw new WrongUsage('--image and --rootfs-dir exclude each other');
  if (has('R') && !has('E')) throw new WrongUsage('--rootfs-dir needs --entrypoint');
  if (has('E') && !has('I') && !has('R'))
    throw new WrongUsage('--entrypoint needs --image or --rootfs-dir');
}
