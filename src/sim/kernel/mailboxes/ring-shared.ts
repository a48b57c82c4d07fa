import { ERRNO } from '../../base/errno.ts';
import { ROW } from '../../base/record.ts';
import { PAGE_SIZE, roundUp } from '../../base/units.ts';
import { cString } from '../../fdt/bytes.ts';
import { CPU, MODE } from '../../machine/cpu.layout.ts';
import { routine, type Routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { heapKind, kmalloc } from '../heap.ts';
import { instanceId, listInstances } from '../instance-object.ts';
import { idrAlloc, instanceGet, maskCpus, maskSet } from '../instance-table.ts';
import { K } from '../kernel.layout.ts';
import { allocPages, freePage, imagesInMemory, kimageAt } from '../kimage.ts';
import { MK_INSTANCE, MK_MAX_INSTANCES, MK_STATE } from '../mk.layout.ts';
import type { Kimage } from '../system.ts';
import { RING, RING_N3_BYTES } from './ring.layout.ts';

/** What both rings have in common. Model: the id map holds the address of an instance's ring. */
const ringEntry = (x: KernelContext, id: number): number => x.k + K.mk_instance_ipi_map + 8 * id;

/** The ring a kernel has for an id, 0 for none. */
export const ringOf = (x: KernelContext, id: number): number =>
  id < 0 || id >= MK_MAX_INSTANCES ? 0 : x.mem.peek64(ringEntry(x, id));

export function setRing(x: KernelContext, id: number, ring: number): void {
  if (id >= 0 && id < MK_MAX_INSTANCES) x.mem.poke64(ringEntry(x, id), ring);
}

/** The ring of the image loaded for an instance: `kimage->kho.ipi`; 0 for none. */
export function imageRing(x: KernelContext, instance: number): number {
  const image = kimageAt(x, x.mem.peek64(instance + MK_INSTANCE.at.kimage));
  return image?.ipi ?? 0;
}

/**
 * The first row of a send: mutex, id, reference. Answers the instance, 0 when there is none of that
 * id, -1 when the step must come again.
 */
export function findInstance(x: KernelContext, id: number): number {
  x.mem.fence();
  const mode = x.H[x.h + CPU.mode]!;
  if (mode === MODE.irqWork || mode === MODE.interrupt) x.hazard(HAZARD.sleepsInInterrupt, 0, id);
  if (x.mem.peek32(x.k + K.mk_instance_mutex) === 0) return instanceGet(x, id);
  x.stay();
  return -1;
}

/** APIC id of the first CPU of an instance; NR_CPUS for an empty set, as find_first_bit answers. */
export function firstApic(x: KernelContext, instance: number): number {
  const [first] = maskCpus(x, instance);
  const cpu = first === undefined ? -1 : (x.sys.kernels[0]!.cpus[first] ?? -1);
  return cpu < 0 ? x.sys.settings.nrCpus : x.H[cpu * CPU.stride + CPU.apicId]!;
}

/** Whether a full ring is none: it has been drained since it was looked at. */
export const isEmpty = (x: KernelContext, ring: number): boolean =>
  x.mem.peek32(ring + RING.head) === x.mem.peek32(ring + RING.tail);

/** What an index is cut to. */
export const maskOf = (x: KernelContext): number => x.sys.settings.ringSlots - 1;

/** Messages one interrupt takes: as many as there are slots, or one where the drain loop is off. */
export const drainMax = (x: KernelContext): number =>
  x.sys.settings.design.has('drain-loop') ? x.sys.settings.ringSlots : 1;

/** Slots from `tail` up to `head`, as indices. */
export function pending(x: KernelContext, ring: number): number[] {
  const mask = maskOf(x);
  const head = x.mem.peek32(ring + RING.head) & mask;
  const list: number[] = [];
  for (let at = x.mem.peek32(ring + RING.tail) & mask; at !== head; at = (at + 1) & mask)
    list.push(at);
  return list;
}

/** Slots of the running kernel's own ring that are claimed and not taken; 0 where it has no ring. */
export function ringWaiting(x: KernelContext): number {
  const ring = x.roles.slots === 'cpus' ? 0 : x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  return ring === 0 ? 0 : pending(x, ring).length;
}

/** A claim has just succeeded: a head that caught up with the tail hides all there is. */
export function noteClaim(x: KernelContext, ring: number): void {
  if (isEmpty(x, ring)) x.hazard(HAZARD.ringLapped, ring);
}

/** The consumer is about to move the tail on from `t`: somebody else may have moved it. */
export function noteTail(x: KernelContext, ring: number, t: number): void {
  const now = x.mem.peek32(ring + RING.tail);
  if (now !== t) x.hazard(HAZARD.tailMovedBack, ring, now);
}

/** The message is out: counts it, and takes it down. */
export function noteSent(
  x: KernelContext,
  serial: number,
  slot: number,
  given: { readonly type: number; readonly data: number; readonly size: number },
): void {
  const word = given.data === 0 ? 0 : x.at(given.data);
  const subtype = word === 0 ? 0 : x.mem.M[word + 1]!;
  x.observer.sent(serial, given.type | 0, subtype, given.size, word);
  x.mem.poke32(x.k + K.sent, x.mem.peek32(x.k + K.sent) + 1);
  x.row(ROW.sent, slot, given.type, subtype, serial);
  if (given.size === 0) x.hazard(HAZARD.emptyMessage, slot);
}

/** At load: pages of the host for the ring of the image, cleared. */
export const ringAtLoad =
  (bytes: number) =>
  (x: KernelContext, image: number): void => {
    const ring = allocPages(x, roundUp(bytes, PAGE_SIZE));
    if (ring === 0) return;
    x.mem.zero(ring, bytes);
    x.update({
      kimages: x.state.kimages.map((each) => (each.addr === image ? { ...each, ipi: ring } : each)),
    });
  };

/** At kimage_free: the pages of the ring go back to the host. */
export const ringAtFree =
  (bytes: number) =>
  (x: KernelContext, image: Kimage): void => {
    if (image.ipi === undefined) return;
    for (let page = image.ipi; page < image.ipi + bytes; page += PAGE_SIZE) freePage(x, page);
  };

/** The same, where the pointer to the ring is forgotten with it. */
export function forgetRing(x: KernelContext, image: Kimage): void {
  ringAtFree(RING_N3_BYTES)(x, image);
  if (ringOf(x, image.mkId) === image.ipi) setRing(x, image.mkId, 0);
}

/** A send through a ring whose pages were given back (hazard R9). */
export function noteDangling(x: KernelContext, ring: number): void {
  if (x.sys.kernels[0]!.pages.free.includes(ring)) x.hazard(HAZARD.danglingRing, ring);
}

/** The ring a spawned kernel was handed: it maps it, or has none. */
export function mapOwnRing(x: KernelContext): void {
  const images = imagesInMemory(x.sys.kernels[0]!);
  const ring = images.find(({ mkId }) => mkId === x.state.instanceId)?.ipi ?? 0;
  if (ring === 0) return;
  x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, ring);
  x.log('ipi.initialized', ring);
}

const KIND_INSTANCE = heapKind('mk_instance');
const KIND_NAME = heapKind('name');
const KIND_MASK = heapKind('cpumask');
const AT = MK_INSTANCE.at;

/** A cpu mask of its own where it does not fit into the instance. False when there is no memory. */
function giveMask(x: KernelContext, instance: number): boolean {
  const { nrCpus } = x.sys.settings;
  if (nrCpus <= 64) return true;
  const mask = kmalloc(x, KIND_MASK, nrCpus / 8, true);
  x.mem.poke64(instance + AT.cpus, mask);
  return mask !== 0;
}

/** Makes the record of the host, id 0, whose messages go to CPU 0; with `ring` as where to. */
export function knowHost(x: KernelContext, ring: number): void {
  const instance = kmalloc(x, KIND_INSTANCE, MK_INSTANCE.size, true);
  const name = kmalloc(x, KIND_NAME, 2, true);
  if (instance === 0 || name === 0 || !giveMask(x, instance)) return;
  x.mem.poke(name, cString('/'));
  x.mem.poke64(instance + AT.name, name);
  x.mem.poke32(instance + AT.state, MK_STATE.ACTIVE);
  x.mem.poke32(instance + AT.cpus_valid, 1);
  x.mem.poke32(instance + AT.refcount, 1);
  maskSet(x, instance, 0);
  idrAlloc(x, 0, instance);
  setRing(x, 0, ring);
}

/** early_initcall on the host: a ring of its own, and id 0. */
export const hostRing = (name: string, bytes: number): Routine<KernelContext> =>
  routine<KernelContext>({
    name,
    source: 'kernel/multikernel/ipi.c',
    locals: [],
    steps: [
      {
        id: 'ring',
        text: 'take pages for the ring of the host, and id 0',
        cost: 900,
        local: false,
        run(x) {
          const ring = allocPages(x, roundUp(bytes, PAGE_SIZE));
          if (ring === 0) return x.ret(-ERRNO.ENOMEM);
          x.mem.zero(ring, bytes);
          x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, ring);
          x.log('ipi.initialized', ring);
          knowHost(x, ring);
          x.ret(0);
        },
      },
    ],
  });

/** Gives the restored instance its number in the id map of the spawned kernel, with its ring. */
export function knowSelf(x: KernelContext): void {
  for (const instance of listInstances(x)) {
    const id = instanceId(x, instance);
    if (idrAlloc(x, id, instance) !== 0 || !giveMask(x, instance)) continue;
    // The set has numbers of the host, as the tree has.
    const host = x.sys.kernels[0]!.cpus.indexOf(x.state.bootCpu);
    maskSet(x, instance, host);
    setRing(x, id, x.mem.peek64(x.k + K.mk_this_kernel_ipi_data));
  }
}
