import { GIB, MIB } from '../base/units.ts';
import { HOST_DATA_BYTES } from '../kernel/kernel.layout.ts';
import type { Resource } from '../kernel/system.ts';
import type { World } from './world.ts';

const resource = (
  start: number,
  end: number,
  name: string,
  children: readonly Resource[] = [],
): Resource => ({ start, end, name, children });

/** The tree /proc/iomem of a kernel shows: on the host the pool with its instances (facts 05 §6). */
export function ioResources(world: World, kernel: number): readonly Resource[] {
  const state = world.sys.kernels[kernel]!;
  const memory = world.settings.memory;
  if (kernel !== 0) return spawnedResources(world, kernel);
  const base = world.machine.kernelBase[0]!;
  const low = resource(0, 640 * 1024, 'System RAM');
  const own = resource(base, base + HOST_DATA_BYTES, 'Kernel data');
  const pool = state.poolResource && {
    ...state.poolResource,
    children: state.instances
      .flatMap((instance) => instance.regions)
      .toSorted((a, b) => a.start - b.start),
  };
  // The pool was reserved in memory the firmware calls RAM, so it lies inside that.
  return [low, resource(MIB, memory, 'System RAM', pool ? [own, pool] : [own])];
}

/** What a spawned kernel takes for RAM: its command line's memmap=, or all there is. */
function spawnedResources(world: World, kernel: number): readonly Resource[] {
  const { cmdline } = world.sys.kernels[kernel]!;
  const maps = [...cmdline.matchAll(/memmap=(0x[0-9a-f]+)@(0x[0-9a-f]+)/g)];
  if (maps.length === 0)
    return [resource(MIB, Math.min(world.settings.memory, 64 * GIB), 'System RAM')];
  return maps.map(([, size, start]) =>
    resource(Number(start), Number(start) + Number(size), 'System RAM'),
  );
}
