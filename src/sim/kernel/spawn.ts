import { CPU } from '../machine/cpu.layout.ts';
import { SEGMENT_BYTES } from '../machine/memory.ts';
import { roundUp } from '../base/units.ts';
import { initSizeOf } from '../kexec/vmlinuz.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { instanceName } from './instance-object.ts';
import { maskCpus } from './instance-table.ts';
import { imagesInMemory } from './kimage.ts';
import { K, KERNEL_CPUS_MAX, KERNEL_DATA_BYTES } from './kernel.layout.ts';
import type { KernelState } from './system.ts';

/**
 * Fills a fresh data area: an empty heap, no log, and which APIC ids the logical CPUs have. `cpus`
 * are machine numbers by logical number.
 */
export function initKernelData(
  x: KernelContext,
  base: number,
  bytes: number,
  cpus: readonly number[],
): void {
  const { mem } = x;
  mem.zero(base, bytes);
  mem.poke64(base + K.heap_brk, base + K.heap);
  mem.poke64(base + K.heap_end, base + bytes);
  mem.poke32(base + K.nr_cpu_ids, cpus.length);
  cpus.slice(0, KERNEL_CPUS_MAX).forEach((cpu, logical) => {
    mem.poke32(base + K.cpu_to_apicid + 4 * logical, x.H[cpu * CPU.stride + CPU.apicId]!);
  });
}

/** Everything but its data area that a kernel starts with. */
export const newKernelState = (
  name: string,
  instanceId: number,
  cmdline: string,
  cpus: readonly number[],
): KernelState => ({
  name,
  instanceId,
  cmdline,
  running: true,
  bootCpu: cpus[0] ?? -1,
  cpus,
  mounted: false,
  pool: null,
  poolResource: null,
  instances: [],
  kimages: [],
  kexecImage: 0,
  pages: { next: 0, end: 0, free: [] },
  notifiers: [],
});

/** Bytes of an image that say whether it is one. */
const HEADER_BYTES = 4096;

/**
 * The CPU jumps to `entry`: makes the kernel whose image lies there, and the CPU its boot CPU.
 * Answers the kernel's index, or -1 when no image starts at that address.
 *
 * Model: a spawned kernel numbers all possible CPUs as the firmware lists them, but starts with the
 * one it boots on as number 0.
 */
export function prepareKernel(x: KernelContext, entry: number): number {
  const host = x.sys.kernels[0]!;
  const image = imagesInMemory(host).find((each) => each.entry === entry && entry !== 0);
  const segment = image?.segments.find((each) => each.what === 'kernel');
  if (!image || !segment || initSizeOf(x.mem.peek(entry, HEADER_BYTES)) === undefined) return -1;
  const name = nameOf(x, image.instance);
  const [own] = image.instance === 0 ? [] : maskCpus(x, image.instance);
  if (own !== undefined && host.cpus[own] !== x.cpu) x.hazard(HAZARD.wrongImage, entry, image.mkId);
  const others = host.cpus.filter((cpu) => cpu !== x.cpu);
  const state = newKernelState(name, image.mkId, image.cmdline, [x.cpu, ...others]);
  const known = x.sys.kernels.findIndex((kernel) => kernel.instanceId === image.mkId);
  const index = known > 0 ? known : x.sys.kernels.length;
  x.sys.kernels = known > 0 ? x.sys.kernels.with(known, state) : [...x.sys.kernels, state];
  const base = roundUp(segment.start + 0x20000, SEGMENT_BYTES);
  x.machine.kernelBase[index] = base;
  x.machine.kernelWord[index] = x.mem.reserve(base, KERNEL_DATA_BYTES);
  initKernelData(x, base, KERNEL_DATA_BYTES, state.cpus);
  x.H[x.h + CPU.kernel] = index;
  x.H[x.h + CPU.logical] = 0;
  return index;
}

/** Name of an instance object of the host, read in the host's data. */
function nameOf(x: KernelContext, instance: number): string {
  return instance === 0 ? 'kernel' : instanceName(x, instance);
}
