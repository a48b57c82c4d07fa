import { utf8Encode } from '../base/text.ts';
import { KIB } from '../base/units.ts';
import { makeVmlinuz } from '../kexec/vmlinuz.ts';
import { onlineCpus } from '../kernel/hotplug.ts';
import { instanceName, viewInstance, listInstances } from '../kernel/instance-object.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { ioResources } from './iomem.ts';
import { instanceSource } from './instance-source.ts';
import type { World } from './world.ts';

/** A directory lists names (directories end in `/`); a file has bytes. */
export type Entry =
  | { readonly kind: 'directory'; readonly names: readonly string[] }
  | { readonly kind: 'file'; readonly read: () => Uint8Array };

const text = (make: () => string): Entry => ({ kind: 'file', read: () => utf8Encode(make()) });
const directory = (names: readonly string[]): Entry => ({ kind: 'directory', names });

let vmlinuz: Uint8Array | undefined;
/** /boot/vmlinuz: the stated synthetic image, the same in every run. */
const bootImage = (): Uint8Array => (vmlinuz ??= makeVmlinuz());

/** The files a kernel makes: what is at an absolute path, undefined for nothing. */
export function generated(world: World, kernel: number, path: string): Entry | undefined {
  const fixed = FIXED[path];
  if (fixed) return fixed(world, kernel);
  if (path.startsWith('/sys/fs/multikernel')) return multikernelFs(world, kernel, path);
  if (path.startsWith('/sys/devices/system/cpu')) return cpuFiles(world, kernel, path);
  return undefined;
}

const FIXED: Readonly<Record<string, (world: World, kernel: number) => Entry>> = {
  '/proc': () =>
    directory(['cmdline', 'cpuinfo', 'interrupts', 'iomem', 'kimage', 'meminfo', 'version']),
  '/proc/cmdline': (world, kernel) => text(() => `${world.sys.kernels[kernel]!.cmdline}\n`),
  '/proc/version': () => text(() => 'Linux version 6.17.0-multikernel (simulated)\n'),
  '/proc/cpuinfo': (world, kernel) => text(() => cpuinfo(world, kernel)),
  '/proc/meminfo': (world) => text(() => `MemTotal: ${world.settings.memory / KIB} kB\n`),
  '/proc/interrupts': (world, kernel) => text(() => interrupts(world, kernel)),
  '/proc/iomem': (world, kernel) => text(() => iomem(world, kernel)),
  '/proc/kimage': (world, kernel) => text(() => kimages(world, kernel)),
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

/** Machine numbers of a kernel's online CPUs, by logical number. */
function onlineOf(world: World, kernel: number): readonly { logical: number; cpu: number }[] {
  const x = world.lookAt(kernel);
  return onlineCpus(x).map((logical) => ({ logical, cpu: x.state.cpus[logical]! }));
}

function cpuinfo(world: World, kernel: number): string {
  const { H } = world.machine;
  return onlineOf(world, kernel)
    .map(
      ({ logical, cpu }) =>
        `processor\t: ${logical}\nmodel name\t: Simulated x86-64\napicid\t\t: ${H[cpu * CPU.stride + CPU.apicId]}\n`,
    )
    .join('\n');
}

/** Rows of /proc/interrupts: the counter of 0xea is that of function-call IPIs (facts 01 §1). */
function interrupts(world: World, kernel: number): string {
  const cpus = onlineOf(world, kernel);
  const { H } = world.machine;
  const row = (name: string, at: number, what: string): string => {
    const counts = cpus.map(({ cpu }) => String(H[cpu * CPU.stride + at]).padStart(10));
    return `${name.padStart(4)}: ${counts.join(' ')}  ${what}\n`;
  };
  const head = cpus.map(({ logical }) => `CPU${logical}`.padStart(10)).join(' ');
  return (
    `      ${head}\n` +
    row('IWI', CPU.countIrqWork, 'IRQ work interrupts') +
    row('CAL', CPU.countCall, 'Function call interrupts')
  );
}

function iomem(world: World, kernel: number): string {
  const lines: string[] = [];
  const show = (list: ReturnType<typeof ioResources>, depth: number): void => {
    for (const { start, end, name, children } of list) {
      const range = [start, end - 1].map((at) => at.toString(16).padStart(8, '0')).join('-');
      lines.push(`${'  '.repeat(depth)}${range} : ${name}`);
      show(children, depth + 1);
    }
  };
  show(ioResources(world, kernel), 0);
  return `${lines.join('\n')}\n`;
}

/** /proc/kimage in the format of v2 11/16 (facts 05 §7.6). */
function kimages(world: World, kernel: number): string {
  const head =
    'MK_ID  Type        Start Address   Segments\n-----  ----------  --------------  --------\n';
  const { kimages: images } = world.sys.kernels[kernel]!;
  if (images.length === 0) return `${head}No kimages loaded\n`;
  const rows = images.map(({ mkId, type, entry, segments }) => {
    const id = String(mkId).padStart(5);
    const start = entry.toString(16).padStart(12, '0');
    return `${id}  ${type.padEnd(10)}  0x${start}  ${String(segments.length).padStart(8)}\n`;
  });
  return head + rows.join('');
}

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
  const online = onlineOf(world, kernel).map(({ logical }) => logical);
  if (path === CPUS) {
    const names = cpus.map((_, logical) => `cpu${logical}/`);
    return directory([...names, 'online', 'possible', 'present']);
  }
  if (path === `${CPUS}/online`) return text(() => `${ranges(online)}\n`);
  if (path === `${CPUS}/possible` || path === `${CPUS}/present`)
    return text(() => `${ranges(cpus.map((_, logical) => logical))}\n`);
  const match = /\/cpu(\d+)(?:\/online)?$/.exec(path);
  const logical = Number(match?.[1] ?? -1);
  if (!match || cpus[logical] === undefined) return undefined;
  if (path.endsWith('/online')) return text(() => `${online.includes(logical) ? 1 : 0}\n`);
  return directory(logical === 0 ? [] : ['online']);
}

/** `0-3,6`: how sysfs writes lists of CPUs. */
function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    let j = i;
    while (numbers[j + 1] === numbers[j]! + 1) j++;
    parts.push(i === j ? String(numbers[i]) : `${numbers[i]}-${numbers[j]}`);
    i = j;
  }
  return parts.join(',');
}
