import { makeVmlinuz } from '../kexec/vmlinuz.ts';
import { instanceName, viewInstance, listInstances } from '../kernel/instance-object.ts';
import { directory, text, type Entry } from './entry.ts';
import { instanceSource } from './instance-source.ts';
import { onlineOf, procFile, ranges } from './proc-files.ts';
import { settingFile } from './settings.ts';
import type { World } from './world.ts';

let vmlinuz: Uint8Array | undefined;
/** /boot/vmlinuz: the stated synthetic image, the same in every run. */
const bootImage = (): Uint8Array => (vmlinuz ??= makeVmlinuz());

/** The files a kernel makes: what is at an absolute path, undefined for nothing. */
export function generated(world: World, kernel: number, path: string): Entry | undefined {
  const fixed = FIXED[path];
  if (fixed) return fixed();
  if (path.startsWith('/proc/sys')) return settingFile(world, kernel, path);
  if (path.startsWith('/proc')) return procFile(world, kernel, path);
  if (path.startsWith('/sys/fs/multikernel')) return multikernelFs(world, kernel, path);
  if (path.startsWith('/sys/devices/system/cpu')) return cpuFiles(world, kernel, path);
  return undefined;
}

const FIXED: Readonly<Record<string, () => Entry>> = {
  '/boot': () => directory(['vmlinuz']),
  '/boot/vmlinuz': () => ({ kind: 'file', read: bootImage }),
  '/dev': () => directory(['null', 'zero']),
  '/dev/null': () => ({ kind: 'file', read: () => new Uint8Array(0) }),
  '/dev/zero': () => ({ kind: 'file', read: () => new Uint8Array(4096) }),
  '/sys': () => directory(['devices/', 'fs/']),
  '/sys/fs': () => directory(['multikernel/']),
  '/sys/devices': () => directory(['system/']),
  '/sys/devices/system': () => directory(['cpu/']),
};

const MOUNT = '/sys/fs/multikernel';

/** Instances a kernel shows as directories. */
export function listedInstances(world: World, kernel: number): readonly number[] {
  const x = world.lookAt(kernel);
  const listed = new Set(x.state.instances.filter((each) => each.listed).map(({ addr }) => addr));
  return listInstances(x).filter((addr) => listed.has(addr));
}

function multikernelFs(world: World, kernel: number, path: string): Entry | undefined {
  const mounted = world.sys.kernels[kernel]!.mounted;
  if (path === MOUNT) return directory(mounted ? ['device_tree', 'instances/'] : []);
  if (!mounted) return undefined;
  if (path === `${MOUNT}/device_tree`)
    return text(() => 'Write a device tree blob here to create instances.\n');
  const x = world.lookAt(kernel);
  const instances = listedInstances(world, kernel);
  if (path === `${MOUNT}/instances`)
    return directory(instances.map((addr) => `${instanceName(x, addr)}/`));
  const match = /^\/sys\/fs\/multikernel\/instances\/([^/]+)(?:\/([a-z_]+))?$/.exec(path);
  const addr = instances.find((each) => instanceName(x, each) === match?.[1]);
  if (!match || addr === undefined) return undefined;
  const view = viewInstance(x, addr);
  if (match[2] === undefined) return directory(['device_tree_source', 'id', 'status']);
  if (match[2] === 'id') return text(() => `${view.id}\n`);
  if (match[2] === 'status') return text(() => `${view.state}\n`);
  if (match[2] === 'device_tree_source') return text(() => instanceSource(x, addr));
  return undefined;
}

const CPUS = '/sys/devices/system/cpu';

function cpuFiles(world: World, kernel: number, path: string): Entry | undefined {
  const { cpus } = world.sys.kernels[kernel]!;
  const all = cpus.map((_, logical) => logical);
  const online = onlineOf(world, kernel).map(({ logical }) => logical);
  const lists: Readonly<Record<string, () => string>> = {
    kernel_max: () => String(world.sys.settings.nrCpus - 1),
    offline: () => ranges(all.filter((logical) => !online.includes(logical))),
    online: () => ranges(online),
    possible: () => ranges(all),
    present: () => ranges(all),
  };
  if (path === CPUS)
    return directory([...all.map((logical) => `cpu${logical}/`), ...Object.keys(lists)]);
  const list = lists[path.slice(CPUS.length + 1)];
  if (list) return text(() => `${list()}\n`);
  const match = /^\/cpu(\d+)(?:\/([a-z_/]+))?$/.exec(path.slice(CPUS.length));
  const logical = Number(match?.[1] ?? -1);
  const cpu = cpus[logical];
  if (!match || cpu === undefined) return undefined;
  const isOnline = online.includes(logical);
  // CPU 0 cannot be taken offline on x86: its file is not shown, and writing it is -EPERM.
  const names = [...(logical === 0 ? [] : ['online']), ...(isOnline ? ['topology/'] : [])];
  switch (match[2]) {
    case undefined:
      return directory(names);
    case 'online':
      return text(() => `${isOnline ? 1 : 0}\n`);
    case 'topology':
      return isOnline ? directory(TOPOLOGY) : undefined;
    case 'topology/core_id':
    case 'topology/core_cpus_list':
      return isOnline ? text(() => `${logical}\n`) : undefined;
    case 'topology/physical_package_id':
      return isOnline ? text(() => '0\n') : undefined;
    default:
      return undefined;
  }
}

/** Model: every CPU is a core of its own, all in one package. */
const TOPOLOGY = ['core_cpus_list', 'core_id', 'physical_package_id'];
