import { ERRNO } from '../base/errno.ts';
import { KIB, MIB, PAGE_SIZE } from '../base/units.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { addChunk, allocate, emptyPool, poolSize, release, type GenPool } from './gen-pool.ts';
import { HAZARD } from './hazards.ts';
import { isOnline, machineCpu, removeCpu } from './hotplug.ts';
import { instanceId, instanceName } from './instance-object.ts';
import { maskSet } from './instance-table.ts';
import { MK_INSTANCE } from './mk.layout.ts';
import type { Resource } from './system.ts';

const SOURCE = 'kernel/multikernel/core.c';
const AT = MK_INSTANCE.at;

/** Memory and CPUs of a config handed as bytes: a double each, memory first. */
function configOf(x: KernelContext, number: number): { memory: number; cpus: number[] } {
  const bytes = x.sys.bytes(number);
  const [memory = 0, ...cpus] = new Float64Array(bytes.slice().buffer);
  return { memory, cpus };
}

/**
 * multikernel_create_instance_pool (facts 05 §6.2): the whole rest, else 1 MiB, else 256 KiB, else a
 * page at a time; all or nothing.
 */
function takePool(
  global: GenPool,
  size: number,
):
  | { readonly global: GenPool; readonly pool: GenPool }
  | { readonly left: number; readonly chunks: number } {
  let from = global;
  let pool = emptyPool;
  let left = size;
  let chunks = 0;
  while (left > 0) {
    const sizes = [left, MIB, 256 * KIB, PAGE_SIZE].filter((each, i) => i === 0 || each < left);
    const chunk = sizes.find((each) => allocate(from, each) !== undefined);
    const got = chunk === undefined ? undefined : allocate(from, chunk);
    if (chunk === undefined || !got) return { left, chunks };
    from = got.pool;
    pool = addChunk(pool, got.start, chunk);
    left -= chunk;
    chunks++;
  }
  return { global: from, pool };
}

function reserveMemory(x: KernelContext, instance: number, memory: number): number {
  const name = instanceName(x, instance);
  const id = instanceId(x, instance);
  if (memory === 0) {
    x.log('inst.no_memory', name);
    return 0;
  }
  if (!x.state.pool) {
    x.log('pool.no_global');
    x.log('inst.pool_failed', memory, id);
    return -ERRNO.ENOMEM;
  }
  const taken = takePool(x.state.pool, memory);
  if ('left' in taken) {
    x.log('pool.chunk_failed', taken.chunks, id, taken.left);
    x.log('inst.pool_failed', memory, id);
    return -ERRNO.ENOMEM;
  }
  x.log('pool.created', id, taken.pool.chunks.length, poolSize(taken.pool));
  const regions: Resource[] = taken.pool.chunks.map((chunk, n) => ({
    start: chunk.start,
    end: chunk.start + chunk.size,
    name: `mk-instance-${id}-${name}-region-${n}`,
    children: [],
  }));
  x.update({
    pool: taken.global,
    instances: x.state.instances.map((each) =>
      each.addr === instance ? { ...each, pool: taken.pool, regions } : each,
    ),
  });
  x.mem.poke64(instance + AT.instance_pool, instance);
  x.mem.poke64(instance + AT.pool_size, memory);
  x.mem.poke32(instance + AT.region_count, regions.length);
  x.log('inst.memory', name, regions.length, memory);
  return 0;
}

/** Gives what an instance holds of the global pool back. */
function freeRegions(x: KernelContext, instance: number): void {
  const extra = x.state.instances.find((each) => each.addr === instance);
  let { pool } = x.state;
  for (const chunk of extra?.pool?.chunks ?? [])
    if (pool) pool = release(pool, chunk.start, chunk.size) ?? pool;
  x.update({
    pool,
    instances: x.state.instances.map((each) =>
      each.addr === instance ? { ...each, pool: null, regions: [] } : each,
    ),
  });
}

const INSTANCE = 0;
const CONFIG = 1;
const NEXT = 2;
const FAILED = 3;

/**
 * mk_instance_reserve_resources (facts 05 §5): memory, then one CPU after the other. A CPU that
 * cannot be taken is logged and otherwise ignored: the answer is 0 all the same.
 */
export const reserveResources = routine<KernelContext>({
  name: 'mk_instance_reserve_resources',
  source: SOURCE,
  locals: ['instance', 'config', 'next', 'failed'],
  steps: [
    {
      id: 'memory',
      text: 'take memory-bytes from the pool and name it in /proc/iomem',
      cost: 700,
      local: false,
      run(x) {
        freeRegions(x, x.get(INSTANCE));
        const { memory } = configOf(x, x.get(CONFIG));
        const code = reserveMemory(x, x.get(INSTANCE), memory);
        if (code < 0) x.ret(code);
      },
    },
    {
      id: 'mask',
      text: 'copy the cpu mask',
      cost: 30,
      run(x) {
        const instance = x.get(INSTANCE);
        const { cpus } = configOf(x, x.get(CONFIG));
        const name = instanceName(x, instance);
        if (x.mem.peek32(instance + AT.cpus_valid) === 0) {
          x.log('inst.cpus_invalid', name);
          x.log('inst.cpu_reserve_failed', name, -ERRNO.EINVAL);
          x.log('inst.cpu_reserve_ignored');
          return x.ret(0);
        }
        for (const cpu of cpus) maskSet(x, instance, cpu);
        x.log('inst.cpus', name, cpus.length, cpus.join(','));
      },
    },
    {
      id: 'cpu',
      text: 'take the next CPU from this kernel, if it is online',
      cost: 20,
      run(x) {
        const { cpus } = configOf(x, x.get(CONFIG));
        const cpu = cpus[x.get(NEXT)];
        if (cpu === undefined) return x.goto(reserveResources.at.done!);
        if (machineCpu(x, cpu) >= 0 && isOnline(x, cpu)) return x.call(removeCpu, cpu);
        x.log('inst.cpu_offline', cpu);
        x.set(NEXT, x.get(NEXT) + 1);
        x.stay();
      },
    },
    {
      id: 'taken',
      text: 'note whether it could be taken',
      cost: 10,
      run(x) {
        const { cpus } = configOf(x, x.get(CONFIG));
        const cpu = cpus[x.get(NEXT)]!;
        if (x.result < 0) {
          x.log('inst.cpu_remove_failed', cpu, x.result);
          x.hazard(HAZARD.cpuNotTaken, x.get(INSTANCE), cpu);
          x.set(FAILED, x.get(FAILED) + 1);
        } else x.log('inst.cpu_removed', cpu);
        x.set(NEXT, x.get(NEXT) + 1);
        x.goto(reserveResources.at.cpu!);
      },
    },
    {
      id: 'done',
      text: 'report; failures are not passed on',
      cost: 10,
      run(x) {
        const { cpus } = configOf(x, x.get(CONFIG));
        if (x.get(FAILED) > 0) {
          x.log('inst.cpus_partial', x.get(FAILED), cpus.length);
          x.log('inst.cpu_reserve_failed', instanceName(x, x.get(INSTANCE)), -ERRNO.EBUSY);
          x.log('inst.cpu_reserve_ignored');
        }
        x.ret(0);
      },
    },
  ],
});
