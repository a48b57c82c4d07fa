import { KIB } from '../base/units.ts';
import { onlineCpus } from '../kernel/hotplug.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { directory, text, type Entry } from './entry.ts';
import { ioResources } from './iomem.ts';
import type { World } from './world.ts';

/** Files under /proc, but for those of sysctl; undefined for nothing. */
export function procFile(world: World, kernel: number, path: string): Entry | undefined {
  if (path === '/proc') return directory([...Object.keys(FILES), 'sys/']);
  const make = FILES[path.slice('/proc/'.length)];
  return make && text(() => make(world, kernel));
}

const FILES: Readonly<Record<string, (world: World, kernel: number) => string>> = {
  cmdline: (world, kernel) => `${world.sys.kernels[kernel]!.cmdline}\n`,
  cpuinfo,
  filesystems: () => 'nodev\tsysfs\nnodev\tproc\nnodev\tmultikernel\n',
  interrupts,
  iomem,
  kimage: kimages,
  meminfo,
  mounts,
  uptime,
  version: () => 'Linux version 6.17.0-multikernel (simulated)\n',
};

/** Machine numbers of a kernel's online CPUs, by logical number. */
export function onlineOf(
  world: World,
  kernel: number,
): readonly { logical: number; cpu: number }[] {
  const x = world.lookAt(kernel);
  return onlineCpus(x).map((logical) => ({ logical, cpu: x.state.cpus[logical]! }));
}

/** Model: every CPU is a core of its own, all in one package. */
function cpuinfo(world: World, kernel: number): string {
  const { H } = world.machine;
  const cpus = onlineOf(world, kernel);
  const line = (name: string, value: string | number): string =>
    `${name}${'\t'.repeat(name.length < 8 ? 2 : 1)}: ${value}\n`;
  return cpus
    .map(({ logical, cpu }) => {
      const apic = H[cpu * CPU.stride + CPU.apicId]!;
      return [
        line('processor', logical),
        line('vendor_id', 'Simulated'),
        line('model name', 'Simulated x86-64'),
        line('physical id', 0),
        line('siblings', cpus.length),
        line('core id', logical),
        line('cpu cores', cpus.length),
        line('apicid', apic),
        line('initial apicid', apic),
        line('flags', 'fpu apic pae lm nx x2apic hypervisor'),
      ].join('');
    })
    .join('\n');
}

/** What a kernel takes for RAM, and what of it nobody has. */
function meminfo(world: World, kernel: number): string {
  const ram = ioResources(world, kernel).filter(({ name }) => name === 'System RAM');
  const pool = world.sys.kernels[kernel]!.poolResource;
  const setAside = pool ? pool.end - pool.start : 0;
  const total = ram.reduce((sum, { start, end }) => sum + end - start, -setAside);
  return `MemTotal:${String(Math.floor(total / KIB)).padStart(15)} kB\n`;
}

function mounts(world: World, kernel: number): string {
  const own = world.sys.kernels[kernel]!.mounted
    ? 'none /sys/fs/multikernel multikernel rw,relatime 0 0\n'
    : '';
  return `rootfs / rootfs rw 0 0\nproc /proc proc rw 0 0\nsysfs /sys sysfs rw 0 0\n${own}`;
}

function uptime(world: World): string {
  const seconds = (world.machine.now / 1e9).toFixed(2);
  return `${seconds} ${seconds}\n`;
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

/** `0-3,6`: how sysfs writes lists of CPUs. */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    let j = i;
    while (numbers[j + 1] === numbers[j]! + 1) j++;
    parts.push(i === j ? String(numbers[i]) : `${numbers[i]}-${numbers[j]}`);
    i = j;
  }
  return parts.join(',');
}
