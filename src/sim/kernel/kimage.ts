import type { KernelContext } from './context.ts';
import { kfree } from './heap.ts';
import { HAZARD } from './hazards.ts';
import { instanceId, instancePut, isRunning, setState } from './instance-object.ts';
import { MK_INSTANCE, MK_STATE } from './mk.layout.ts';
import type { Kimage, KernelState } from './system.ts';

/** The kimage record at an address, undefined when it was freed. */
export const kimageAt = (x: KernelContext, addr: number): Kimage | undefined =>
  x.state.kimages.find((image) => image.addr === addr);

/** Freed images that are remembered. */
const FREED_MAX = 16;

/** Images a CPU could find in memory: the loaded ones, then those that were freed. */
export const imagesInMemory = (host: KernelState): readonly Kimage[] => [
  ...host.kimages,
  ...(host.freed ?? []),
];

/** One page of the host's page allocator, 0 when it has none left. Not zeroed. */
export function allocPage(x: KernelContext): number {
  const { pages } = x.state;
  const [reused, ...free] = pages.free;
  if (reused !== undefined) {
    x.update({ pages: { ...pages, free } });
    return reused;
  }
  if (pages.next + 4096 > pages.end) return 0;
  x.update({ pages: { ...pages, next: pages.next + 4096 } });
  return pages.next;
}

/** Pages that follow each other, never given back; 0 when there are not so many. */
export function allocPages(x: KernelContext, bytes: number): number {
  const { pages } = x.state;
  if (pages.next + bytes > pages.end) return 0;
  x.update({ pages: { ...pages, next: pages.next + bytes } });
  return pages.next;
}

export function freePage(x: KernelContext, page: number): void {
  const { pages } = x.state;
  x.update({ pages: { ...pages, free: [page, ...pages.free] } });
}

/**
 * kimage_free (facts 04 §4): off the list, its instance ready again, the hand-over page given back.
 * What it took of the instance pool is not returned.
 */
export function kimageFree(x: KernelContext, addr: number): void {
  const image = kimageAt(x, addr);
  if (!image) return;
  if (isRunning(x, image.mkId)) x.hazard(HAZARD.runningImageFreed, addr, image.mkId);
  x.update({
    kimages: x.state.kimages.filter((each) => each !== image),
    freed: [image, ...(x.state.freed ?? [])].slice(0, FREED_MAX),
    kexecImage: x.state.kexecImage === addr ? 0 : x.state.kexecImage,
  });
  if (image.type === 'multikernel' && image.instance !== 0) {
    x.mem.poke64(image.instance + MK_INSTANCE.at.kimage, 0);
    setState(x, image.instance, MK_STATE.READY);
    x.log('kexec.freed', instanceId(x, image.instance));
    instancePut(x, image.instance);
  }
  if (image.type === 'multikernel' && image.khoFdt !== 0) freePage(x, image.khoFdt);
  x.roles.imageFreed?.(x, image);
  kfree(x, addr);
}
