import { ROW } from '../base/record.ts';
import { PAGE_SIZE, roundUp } from '../base/units.ts';
import { latin1Decode } from '../base/text.ts';
import type { KernelContext } from './context.ts';
import { kfree } from './heap.ts';
import { maskCpus } from './instance-table.ts';
import { K } from './kernel.layout.ts';
import { available, poolSize, release, type GenPool } from './gen-pool.ts';
import { HAZARD } from './hazards.ts';
import {
  MK_INSTANCE,
  MK_INSTANCE_IPI_DATA,
  MK_IPI_DATA,
  MK_MAX_INSTANCES,
  MK_STATE_NAMES,
} from './mk.layout.ts';

const AT = MK_INSTANCE.at;
const MAP = K.mk_instance_ipi_map / 4;

/** The C string at an address, at most 255 bytes; '' for NULL. */
function cStringAt(x: KernelContext, addr: number): string {
  if (addr === 0) return '';
  const bytes = x.mem.peek(addr, 255);
  const end = bytes.indexOf(0);
  return latin1Decode(end < 0 ? bytes : bytes.subarray(0, end));
}

export const instanceId = (x: KernelContext, instance: number): number =>
  x.mem.peek32(instance + AT.id);

export const instanceName = (x: KernelContext, instance: number): string =>
  cStringAt(x, x.mem.peek64(instance + AT.name));

/** A state as `status` files say it; what is no state is "unknown". */
export const stateName = (state: number): string => MK_STATE_NAMES[state] ?? 'unknown';

/** `mk_instance_set_state` (facts 05 §2): no lock, no legality, a debug line when it changes. */
export function setState(x: KernelContext, instance: number, state: number): void {
  const old = x.mem.peek32(instance + AT.state);
  if (old === state) return;
  x.mem.poke32(instance + AT.state, state);
  const id = instanceId(x, instance);
  x.log('inst.state', id, instanceName(x, instance), stateName(old), stateName(state));
  x.row(ROW.state, instance, id, state, x.kernel);
}

/** Addresses on mk_instance_list, first to last. */
export function listInstances(x: KernelContext): number[] {
  const list: number[] = [];
  let at = x.mem.peek64(x.k + K.mk_instance_list);
  while (at !== 0 && list.length < 4096) {
    list.push(at);
    at = x.mem.peek64(at + AT.list);
  }
  return list;
}

/** `list_add_tail` to mk_instance_list. */
export function listAppend(x: KernelContext, instance: number): void {
  const last = listInstances(x).at(-1);
  x.mem.poke64(instance + AT.list, 0);
  x.mem.poke64(last === undefined ? x.k + K.mk_instance_list : last + AT.list, instance);
}

/** `list_del`. */
export function listRemove(x: KernelContext, instance: number): void {
  const { mem } = x;
  let link = x.k + K.mk_instance_list;
  for (let at = mem.peek64(link); at !== 0; at = mem.peek64(link)) {
    if (at === instance) {
      mem.poke64(link, mem.peek64(at + AT.list));
      return;
    }
    link = at + AT.list;
  }
}

export const findByName = (x: KernelContext, name: string): number =>
  listInstances(x).find((instance) => instanceName(x, instance) === name) ?? 0;

/** Whether a kernel runs as the instance with that id. No kernel knows; the model does. */
export const isRunning = (x: KernelContext, id: number): boolean =>
  x.sys.kernels.some((kernel, i) => i > 0 && kernel.instanceId === id && kernel.running);

/**
 * `mk_instance_put`: drops a reference; the last one releases the object. CPUs stay offline. Answers
 * how many references are left.
 */
export function instancePut(x: KernelContext, instance: number): number {
  const left = x.mem.peek32(instance + AT.refcount) - 1;
  x.mem.poke32(instance + AT.refcount, left);
  if (left === 0) releaseInstance(x, instance);
  return left;
}

/** Bytes of a pool that somebody still holds, but for the instance's own area of slots. */
function heldBytes(x: KernelContext, instance: number, pool: GenPool): number {
  const id = instanceId(x, instance);
  const data = id >= 0 && id < MK_MAX_INSTANCES ? x.mem.get64(x.kw + MAP + 2 * id) : 0;
  const area = data === 0 ? 0 : x.mem.peek64(data + MK_INSTANCE_IPI_DATA.at.shared_mem);
  const own = pool.chunks.some(({ start, size }) => area >= start && area < start + size);
  const bytes = own ? roundUp(MK_IPI_DATA.size * x.sys.settings.nrCpus, PAGE_SIZE) : 0;
  return poolSize(pool) - available(pool) - bytes;
}

function releaseInstance(x: KernelContext, instance: number): void {
  const extra = x.state.instances.find((each) => each.addr === instance);
  let { pool } = x.state;
  // Where gen_pool_destroy would BUG, the model goes on.
  const held = extra?.pool ? heldBytes(x, instance, extra.pool) : 0;
  if (held > 0) x.hazard(HAZARD.poolDestroyedInUse, instance, held);
  for (const chunk of extra?.pool?.chunks ?? [])
    if (pool) pool = release(pool, chunk.start, chunk.size) ?? pool;
  x.update({ pool, instances: x.state.instances.filter((each) => each.addr !== instance) });
  if (x.sys.settings.nrCpus > 64) kfree(x, x.mem.peek64(instance + AT.cpus));
  kfree(x, x.mem.peek64(instance + AT.dtb_data));
  kfree(x, x.mem.peek64(instance + AT.name));
  kfree(x, instance);
}

/** What of an instance others ask for, read from its bytes. */
export interface InstanceView {
  readonly addr: number;
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly refcount: number;
  readonly memoryBytes: number;
  readonly cpus: readonly number[];
  readonly dtbSize: number;
  readonly kimage: number;
}

export function viewInstance(x: KernelContext, addr: number): InstanceView {
  const extra = x.state.instances.find((each) => each.addr === addr);
  return {
    addr,
    id: instanceId(x, addr),
    name: instanceName(x, addr),
    state: stateName(x.mem.peek32(addr + AT.state)),
    refcount: x.mem.peek32(addr + AT.refcount),
    memoryBytes: extra?.pool ? poolSize(extra.pool) : 0,
    cpus: x.mem.peek(addr + AT.cpus_valid, 1)[0] === 0 ? [] : maskCpus(x, addr),
    dtbSize: x.mem.peek64(addr + AT.dtb_size),
    kimage: x.mem.peek64(addr + AT.kimage),
  };
}
