import { K } from '../kernel/kernel.layout.ts';
import { MK_INSTANCE_IPI_DATA, MK_MAX_INSTANCES } from '../kernel/mk.layout.ts';
import type { World } from './world.ts';

/**
 * Where a kernel would write a message to instance `id`: by its map of areas, or where all kernels
 * share one area, there. 0 for nowhere.
 */
export function areaStart(world: World, kernel: number, id: number): number {
  const x = world.lookAt(kernel);
  if (x.roles.sharesArea) return x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  if (id < 0 || id >= MK_MAX_INSTANCES) return 0;
  const data = x.mem.peek64(x.k + K.mk_instance_ipi_map + 8 * id);
  return data === 0 ? 0 : x.mem.peek64(data + MK_INSTANCE_IPI_DATA.at.shared_mem);
}
