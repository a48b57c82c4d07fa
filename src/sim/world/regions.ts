import { KERNEL_DATA_BYTES, HOST_DATA_BYTES } from '../kernel/kernel.layout.ts';
import { PAGE_SIZE } from '../base/units.ts';
import type { AreaFrame, KernelFrame, RegionFrame } from './frame.ts';
import type { World } from './world.ts';

/**
 * Physical memory by owner, in order of address and without gaps: what the strip under the stage
 * draws. Finer ranges (areas, images) stand in place of the part of the coarser one they cover.
 */
export function regionFrames(
  world: World,
  kernels: readonly Pick<KernelFrame, 'name' | 'instanceId'>[],
  areas: readonly AreaFrame[],
): RegionFrame[] {
  const { memory } = world.settings;
  const host = world.sys.kernels[0]!;
  const regions: RegionFrame[] = [region(0, memory, 'host memory', 'free', 0, 0)];
  const put = (next: RegionFrame): void => {
    overlay(regions, next);
  };
  const base = world.machine.kernelBase[0]!;
  put(region(base, base + HOST_DATA_BYTES, 'host kernel', 'host', 0, 0));
  const pool = host.poolResource;
  if (pool) put(region(pool.start, pool.end, 'memory pool', 'pool', -1, 0));
  const ownerOf = (id: number): number => kernels.findIndex((each) => each.instanceId === id);
  for (const each of host.instances.flatMap((instance) => instance.regions)) {
    const id = Number(/^mk-instance-(-?\d+)-/.exec(each.name)?.[1] ?? 0);
    put(region(each.start, each.end, each.name, 'instance', ownerOf(id), id));
  }
  for (const image of host.kimages) {
    const owner = ownerOf(image.mkId);
    for (const { start, size, what } of image.segments)
      put(region(start, start + size, `${what} segment`, 'image', owner, image.mkId));
    if (image.khoFdt !== 0) {
      const end = image.khoFdt + PAGE_SIZE;
      put(region(image.khoFdt, end, 'hand-over page', 'kho', owner, image.mkId));
    }
  }
  world.sys.kernels.forEach((kernel, i) => {
    if (i === 0) return;
    const start = world.machine.kernelBase[i]!;
    const owner = ownerOf(kernel.instanceId);
    const name = `${kernel.name} kernel`;
    put(region(start, start + KERNEL_DATA_BYTES, name, 'kernel', owner, kernel.instanceId));
  });
  for (const area of areas) {
    const end = area.start + Math.ceil((area.slots * area.slotBytes) / PAGE_SIZE) * PAGE_SIZE;
    const owner = ownerOf(area.instanceId);
    put(region(area.start, end, `IPI area of ${area.name}`, 'ipi', owner, area.instanceId));
  }
  return regions;
}

const region = (
  start: number,
  end: number,
  name: string,
  kind: RegionFrame['kind'],
  kernel: number,
  instanceId: number,
): RegionFrame => ({ start, end, name, kind, kernel, instanceId });

/** Cuts what lies under `next` out of the list and puts `next` in its place. */
function overlay(regions: RegionFrame[], next: RegionFrame): void {
  const rest = regions.flatMap((each) => {
    if (each.end <= next.start || each.start >= next.end) return [each];
    const before = { ...each, end: next.start };
    const after = { ...each, start: next.end };
    return [before, after].filter(({ start, end }) => end > start);
  });
  rest.push(next);
  rest.sort((a, b) => a.start - b.start);
  regions.splice(0, regions.length, ...rest);
}
