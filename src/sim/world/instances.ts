import { listInstances, viewInstance, type InstanceView } from '../kernel/instance-object.ts';
import type { World } from './world.ts';

/** Instances as the host has them, in the order of its list. */
export function hostInstances(world: World): InstanceView[] {
  const x = world.lookAt(0);
  return listInstances(x).map((addr) => viewInstance(x, addr));
}

export const findInstance = (world: World, id: number): InstanceView | undefined =>
  hostInstances(world).find((instance) => instance.id === id);
