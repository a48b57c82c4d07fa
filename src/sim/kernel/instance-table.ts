import type { KernelContext } from './context.ts';
import { IDR_ENTRIES, K } from './kernel.layout.ts';
import { MK_INSTANCE } from './mk.layout.ts';

const AT = MK_INSTANCE.at;
const TABLE = K.mk_instance_idr / 4;
const REFCOUNT = AT.refcount / 4;
const CPUS = AT.cpus / 4;
const CPU_IDS = K.nr_cpu_ids / 4;

/** What a place of the table holds for an id; 0x7fffffff, the largest there is, goes below 0. */
const keyOf = (id: number): number => (id + 1) | 0;
/** A place whose id is gone: a look for another goes on behind it. No id has this key. */
const REMOVED = -1;

/**
 * The id → instance map (mk_instance_idr) of a kernel, in its memory: open addressing, so an id is
 * found in one look as long as few share a place. Model: the table of instance ids is hashed, the
 * real one a radix tree.
 */
export function idrFind(x: KernelContext, id: number): number {
  const { mem } = x;
  const table = x.kw + TABLE;
  for (let n = 0; n < IDR_ENTRIES; n++) {
    const at = table + 4 * ((id + n) & (IDR_ENTRIES - 1));
    const key = mem.M[at]!;
    if (key === keyOf(id)) return mem.get64(at + 2);
    if (key === 0) return 0;
  }
  return 0;
}

/** `idr_alloc(ptr, id, id + 1)`: 0, -ENOSPC when the id is taken or the table is full, -EINVAL below 0. */
export function idrAlloc(x: KernelContext, id: number, addr: number): number {
  if (id < 0) return -22;
  const { mem, k } = x;
  if (idrFind(x, id) !== 0) return -28;
  for (let n = 0; n < IDR_ENTRIES; n++) {
    const at = k + K.mk_instance_idr + 16 * ((id + n) & (IDR_ENTRIES - 1));
    const key = mem.peek32(at);
    if (key !== 0 && key !== REMOVED) continue;
    mem.poke32(at, keyOf(id));
    mem.poke64(at + 8, addr);
    return 0;
  }
  return -28;
}

/** `idr_remove`; an unknown id is fine. */
export function idrRemove(x: KernelContext, id: number): void {
  const { mem, k } = x;
  for (let n = 0; n < IDR_ENTRIES; n++) {
    const at = k + K.mk_instance_idr + 16 * ((id + n) & (IDR_ENTRIES - 1));
    const key = mem.peek32(at);
    if (key === 0) return;
    if (key === keyOf(id)) {
      mem.poke32(at, REMOVED);
      return;
    }
  }
}

/** The lookup and the reference of mk_instance_find (core.c); the caller holds the mutex. */
export function instanceGet(x: KernelContext, id: number): number {
  const addr = idrFind(x, id);
  if (addr !== 0) {
    const at = x.at(addr) + REFCOUNT;
    x.mem.put(at, x.mem.M[at]! + 1);
  }
  return addr;
}

/** Whether an instance has a cpu mask at all: one that is too large for its field is allocated. */
export const hasMask = (x: KernelContext, instance: number): boolean =>
  x.sys.settings.nrCpus <= 64 || x.mem.get64(x.at(instance) + CPUS) !== 0;

/**
 * cpumask_first of an instance: the lowest host logical CPU. An empty mask gives NR_CPUS while that
 * is at most 64, else nr_cpu_ids (facts 02 §3.6, S3).
 */
export function firstCpu(x: KernelContext, instance: number): number {
  const { mem } = x;
  const { nrCpus } = x.sys.settings;
  const word = x.at(instance) + CPUS;
  if (!hasMask(x, instance)) return mem.M[x.kw + CPU_IDS]!;
  const mask = nrCpus <= 64 ? word : x.at(mem.get64(word));
  for (let i = 0; i * 32 < nrCpus; i++) {
    const bits = mem.M[mask + i]!;
    if (bits !== 0) return i * 32 + 31 - Math.clz32(bits & -bits);
  }
  return nrCpus <= 64 ? nrCpus : mem.M[x.kw + CPU_IDS]!;
}

/** Logical CPUs in an instance's mask, ascending. */
export function maskCpus(x: KernelContext, instance: number): number[] {
  const { mem } = x;
  const { nrCpus } = x.sys.settings;
  const mask = nrCpus <= 64 ? instance + AT.cpus : mem.peek64(instance + AT.cpus);
  const cpus: number[] = [];
  for (let cpu = 0; cpu < nrCpus; cpu++)
    if ((mem.peek32(mask + 4 * (cpu >> 5)) & (1 << (cpu & 31))) !== 0) cpus.push(cpu);
  return cpus;
}

export function maskSet(x: KernelContext, instance: number, cpu: number): void {
  const { mem } = x;
  const mask = x.sys.settings.nrCpus <= 64 ? instance + AT.cpus : mem.peek64(instance + AT.cpus);
  const at = mask + 4 * (cpu >> 5);
  mem.poke32(at, mem.peek32(at) | (1 << (cpu & 31)));
}
