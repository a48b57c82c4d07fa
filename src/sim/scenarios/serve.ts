import { ERRNO } from '../base/errno.ts';
import { deviceTreeWrite, removeInstance } from '../kernel/upload.ts';
import { addCpu, removeCpu } from '../kernel/hotplug.ts';
import { instanceName } from '../kernel/instance-object.ts';
import { kexecById } from '../kernel/kexec-exec.ts';
import { kexecFileLoad } from '../kernel/kexec-load.ts';
import { MK_PFN_IPI_TYPE } from '../kernel/mk.layout.ts';
import { sendPfn } from '../kernel/pfn.ts';
import { MESSAGE_HANDLER } from '../kernel/message-handlers.ts';
import {
  userFlood,
  userListen,
  userRaw,
  userSend,
  userSleep,
  userUnlisten,
} from '../kernel/syscalls.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { Routine } from '../machine/routine.ts';
import type { Answer, Ask } from '../shell/ask.ts';
import { generated, listedInstances } from '../world/files.ts';
import { writeSetting } from '../world/settings.ts';
import type { World } from '../world/world.ts';
import { about } from './about.ts';
import type { FileTree } from './file-tree.ts';

/** What became of an ask: an answer, or a task whose result is the answer's `ret`. */
export type Served =
  | { readonly answer: Answer; readonly files: FileTree }
  | { readonly task: number; readonly files: FileTree; readonly rest?: readonly Uint8Array[] };

/** kernfs hands a file's write handler at most this many bytes at a time. */
const KERNFS_WRITE_MAX = 4096;
const MULTIKERNEL = '/sys/fs/multikernel';
const REBOOT_RESTART = 0x01234567;
const REBOOT_MULTIKERNEL = 0x4d4b4c49;

const ret = (code: number, files: FileTree): Served => ({ answer: { ret: code }, files });

/** Answers what a command of a kernel's console asks, or starts the routine that will. */
export function serve(world: World, kernel: number, files: FileTree, ask: Ask): Served {
  switch (ask.call) {
    case 'about':
      return { answer: { ret: 0, about: about(world, kernel) }, files };
    case 'mount':
    case 'umount':
      return mount(world, kernel, files, ask);
    case 'kexec_file_load':
    case 'reboot':
    case 'send':
    case 'flood':
    case 'send_pfn':
    case 'send_raw':
    case 'bell':
    case 'listen':
    case 'unlisten':
    case 'sleep':
      return runRoutine(world, kernel, files, ask);
    default:
      return serveFile(world, kernel, files, ask);
  }
}

type FileAsk = Extract<
  Ask,
  { call: 'read' | 'write' | 'list' | 'stat' | 'mkdir' | 'rmdir' | 'unlink' }
>;

function serveFile(world: World, kernel: number, files: FileTree, ask: FileAsk): Served {
  const entry = generated(world, kernel, ask.path);
  if (entry || ask.path.startsWith('/sys/') || ask.path.startsWith('/proc/'))
    return serveGenerated(world, kernel, files, ask);
  switch (ask.call) {
    case 'read': {
      const bytes = files.read(ask.path);
      return bytes instanceof Uint8Array ? { answer: { ret: 0, bytes }, files } : ret(bytes, files);
    }
    case 'list': {
      const names = files.list(ask.path);
      return typeof names === 'number' ? ret(names, files) : { answer: { ret: 0, names }, files };
    }
    case 'stat': {
      const kind = files.stat(ask.path);
      return typeof kind === 'number' ? ret(kind, files) : { answer: { ret: 0, kind }, files };
    }
    case 'write':
      return changed(files, files.write(ask.path, ask.bytes, ask.append));
    case 'mkdir':
      return changed(files, files.mkdir(ask.path));
    case 'rmdir':
      return changed(files, files.rmdir(ask.path));
    case 'unlink':
      return changed(files, files.unlink(ask.path));
  }
}

const changed = (files: FileTree, after: FileTree | number): Served =>
  typeof after === 'number' ? ret(after, files) : ret(0, after);

/** Files the kernel makes itself. */
function serveGenerated(world: World, kernel: number, files: FileTree, ask: FileAsk): Served {
  const entry = generated(world, kernel, ask.path);
  if (ask.call === 'mkdir') {
    if (entry) return ret(-ERRNO.EEXIST, files);
    const parent = generated(world, kernel, ask.path.slice(0, ask.path.lastIndexOf('/')) || '/');
    if (parent?.kind === 'file') return ret(-ERRNO.ENOTDIR, files);
    if (!parent) return ret(-ERRNO.ENOENT, files);
    if (!ask.path.startsWith(`${MULTIKERNEL}/`)) return ret(-ERRNO.EPERM, files);
    const isInside = ask.path.startsWith(`${MULTIKERNEL}/instances/`);
    world.lookAt(kernel).log(isInside ? 'inst.mkdir_refused' : 'inst.mkdir_outside');
    return ret(-ERRNO.EPERM, files);
  }
  if (!entry) return ret(-ERRNO.ENOENT, files);
  switch (ask.call) {
    case 'read':
      if (entry.kind === 'directory') return ret(-ERRNO.EISDIR, files);
      return { answer: { ret: 0, bytes: entry.read() }, files };
    case 'list': {
      if (entry.kind === 'file') return ret(-ERRNO.ENOTDIR, files);
      const own = ask.path === '/dev' || ask.path === '/boot' ? files.list(ask.path) : [];
      const more = typeof own === 'number' ? [] : own;
      return { answer: { ret: 0, names: [...new Set([...entry.names, ...more])].sort() }, files };
    }
    case 'stat':
      return { answer: { ret: 0, kind: entry.kind }, files };
    case 'write':
      if (entry.kind === 'directory') return ret(-ERRNO.EISDIR, files);
      return writeGenerated(world, kernel, files, ask.path, ask.bytes);
    case 'rmdir':
      if (entry.kind === 'file') return ret(-ERRNO.ENOTDIR, files);
      return removeDirectory(world, kernel, files, ask.path);
    case 'unlink':
      return ret(entry.kind === 'directory' ? -ERRNO.EISDIR : -ERRNO.EPERM, files);
  }
}

function writeGenerated(
  world: World,
  kernel: number,
  files: FileTree,
  path: string,
  bytes: Uint8Array,
): Served {
  const boot = world.sys.kernels[kernel]!.bootCpu;
  if (path === '/dev/null') return ret(bytes.length, files);
  if (path.startsWith('/proc/sys/')) return ret(writeSetting(world, kernel, path, bytes), files);
  // Opened and closed again: no write ever reaches the kernel.
  if (bytes.length === 0) return ret(0, files);
  if (path === `${MULTIKERNEL}/device_tree`) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += KERNFS_WRITE_MAX)
      chunks.push(bytes.slice(at, at + KERNFS_WRITE_MAX));
    const [first, ...rest] = chunks;
    return { task: writeDeviceTree(world, boot, first!), files, rest };
  }
  const online = /^\/sys\/devices\/system\/cpu\/cpu(\d+)\/online$/.exec(path);
  if (online) {
    const word = String.fromCharCode(bytes[0] ?? 0);
    if (word !== '0' && word !== '1') return ret(-ERRNO.EINVAL, files);
    const routine = word === '0' ? removeCpu : addCpu;
    const label = `cpu${online[1]} ${word === '0' ? 'off' : 'on'}line`;
    return { task: world.startTask(boot, routine, [Number(online[1])], label, false), files };
  }
  return ret(-ERRNO.EACCES, files);
}

/** Starts one write of at most a page to the device_tree file. */
export const writeDeviceTree = (world: World, cpu: number, bytes: Uint8Array): number =>
  world.startTask(
    cpu,
    deviceTreeWrite,
    [world.sys.hand(bytes), bytes.length],
    'write device_tree',
    false,
  );

function removeDirectory(world: World, kernel: number, files: FileTree, path: string): Served {
  if (!path.startsWith(`${MULTIKERNEL}/instances`)) return ret(-ERRNO.EPERM, files);
  const x = world.lookAt(kernel);
  const name = path.slice(`${MULTIKERNEL}/instances/`.length);
  const addr = listedInstances(world, kernel).find((each) => instanceName(x, each) === name) ?? 0;
  const { bootCpu } = x.state;
  return { task: world.startTask(bootCpu, removeInstance, [addr], `rmdir ${name}`, false), files };
}

function mount(
  world: World,
  kernel: number,
  files: FileTree,
  ask: Extract<Ask, { call: 'mount' | 'umount' }>,
): Served {
  const { mounted } = world.sys.kernels[kernel]!;
  if (ask.path !== MULTIKERNEL) return ret(-ERRNO.ENOENT, files);
  if (ask.call === 'umount') {
    if (!mounted) return ret(-ERRNO.EINVAL, files);
    world.sys.update(kernel, { mounted: false });
    return ret(0, files);
  }
  if (ask.type !== 'multikernel') return ret(-ERRNO.ENODEV, files);
  if (mounted) return ret(-ERRNO.EBUSY, files);
  world.sys.update(kernel, { mounted: true });
  return ret(0, files);
}

type RoutineAsk = Extract<
  Ask,
  {
    call:
      | 'kexec_file_load'
      | 'reboot'
      | 'send'
      | 'flood'
      | 'send_pfn'
      | 'send_raw'
      | 'bell'
      | 'listen'
      | 'unlisten'
      | 'sleep';
  }
>;

function runRoutine(world: World, kernel: number, files: FileTree, ask: RoutineAsk): Served {
  const boot = world.sys.kernels[kernel]!.bootCpu;
  const { sys } = world;
  const start = (routine: Routine<never>, args: readonly number[], label: string): Served => ({
    task: world.startTask(boot, routine, args, label, false),
    files,
  });
  switch (ask.call) {
    case 'kexec_file_load': {
      const args = [sys.hand(ask.kernel), sys.hand(ask.cmdline), ask.flags];
      return start(kexecFileLoad, args, 'kexec_file_load');
    }
    case 'reboot':
      // Model: a reset of the machine is a new run, which the page starts and no console does.
      if (ask.cmd === REBOOT_RESTART) return ret(-ERRNO.EPERM, files);
      if (ask.cmd !== REBOOT_MULTIKERNEL) return ret(-ERRNO.EINVAL, files);
      return start(kexecById, [ask.id], `exec ${ask.id}`);
    case 'listen': {
      const type = typeOf(ask.type);
      const handler = ask.type === 'pfn' ? 0 : MESSAGE_HANDLER[ask.as ?? 'listen'];
      const args = [type, handler, ask.id ?? 0];
      const where = { cpu: ask.cpu ?? null, hold: ask.hold ?? false };
      const label = `listen to 0x${type.toString(16)}`;
      return startFrom(world, kernel, files, where, userListen, args, label);
    }
    case 'unlisten':
      return start(userUnlisten, [typeOf(ask.type)], ask.call);
    case 'sleep':
      return start(userSleep, [ask.ns], 'sleep');
    case 'send': {
      const number = ask.payload ? sys.hand(ask.payload) : -1;
      const args = [ask.id, ask.type, ask.subtype, number, ask.length];
      const label = `send 0x${ask.subtype.toString(16)} to ${ask.id}`;
      return startFrom(world, kernel, files, ask, userSend, args, label);
    }
    case 'flood': {
      const args = [ask.id, ask.type, ask.first, ask.count, ask.gapNs];
      const where = { cpu: ask.cpu, hold: false };
      return startFrom(world, kernel, files, where, userFlood, args, `flood ${ask.id}`);
    }
    case 'bell': {
      const { ringBell } = world.x.roles;
      const label = `ring queue ${ask.queue} of ${ask.id}`;
      if (!ringBell) return ret(-ERRNO.ENOSYS, files);
      return startFrom(world, kernel, files, ask, ringBell, [ask.id, ask.queue], label);
    }
    case 'send_raw': {
      const args = [ask.id, ask.type, ask.bytes ? sys.hand(ask.bytes) : -1, ask.length];
      const label = `send raw 0x${ask.type.toString(16)} to ${ask.id}`;
      return startFrom(world, kernel, files, ask, userRaw, args, label);
    }
    case 'send_pfn': {
      const label = `send pfn 0x${ask.pfn.toString(16)} to ${ask.id}`;
      return startFrom(world, kernel, files, ask, sendPfn, [ask.id, ask.pfn], label);
    }
  }
}

const typeOf = (type: number | 'pfn'): number => (type === 'pfn' ? MK_PFN_IPI_TYPE : type);

/** Starts or holds a routine on the CPU that was asked for, which must be one of this kernel's. */
function startFrom(
  world: World,
  kernel: number,
  files: FileTree,
  ask: { readonly cpu: number | null; readonly hold: boolean },
  routine: Routine<never>,
  args: readonly number[],
  label: string,
): Served {
  const { bootCpu, cpus } = world.sys.kernels[kernel]!;
  const cpu = ask.cpu === null ? bootCpu : (cpus[ask.cpu] ?? -1);
  const owner = cpu < 0 ? -2 : world.machine.H[cpu * CPU.stride + CPU.kernel];
  if (owner !== kernel) return ret(-ERRNO.ENXIO, files);
  const task = world.startTask(cpu, routine, args, label, ask.hold);
  return ask.hold ? ret(0, files) : { task, files };
}
