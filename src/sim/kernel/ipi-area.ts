import { ERRNO } from '../base/errno.ts';
import { ROW } from '../base/record.ts';
import { PAGE_SIZE, roundUp } from '../base/units.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { allocate, available, release } from './gen-pool.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { instanceName } from './instance-object.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE, MK_INSTANCE_IPI_DATA, MK_IPI_DATA, MK_MAX_INSTANCES } from './mk.layout.ts';

const SOURCE = 'kernel/multikernel/ipi.c';
const AT = MK_INSTANCE_IPI_DATA.at;
const KIND = heapKind('mk_instance_ipi_data');
const SHARED = AT.shared_mem / 4;
const MAP = K.mk_instance_ipi_map / 4;

/** `mk_instance_ipi_get`: the shared area of an id, 0 when it has none or is out of range. */
export function areaOf(x: KernelContext, id: number): number {
  if (id < 0 || id >= MK_MAX_INSTANCES) return 0;
  const data = x.mem.get64(x.kw + MAP + 2 * id);
  return data === 0 ? 0 : x.mem.get64(x.at(data) + SHARED);
}

/** sizeof(struct mk_shared_data): a slot for each of NR_CPUS. */
export const areaBytes = (x: KernelContext): number => MK_IPI_DATA.size * x.sys.settings.nrCpus;

/** `multikernel_instance_alloc` from the pool of an instance object: an address, 0 for no room. */
export function instanceAlloc(x: KernelContext, instance: number, bytes: number): number {
  const extra = x.state.instances.find((each) => each.addr === instance);
  const got = extra?.pool ? allocate(extra.pool, bytes, PAGE_SIZE) : undefined;
  if (!extra || !got) return 0;
  x.update({
    instances: x.state.instances.map((each) =>
      each === extra ? { ...each, pool: got.pool } : each,
    ),
  });
  return got.start;
}

/** `multikernel_instance_free`. False when the range was free already (the real one would BUG). */
function instanceFree(x: KernelContext, instance: number, start: number, bytes: number): boolean {
  const extra = x.state.instances.find((each) => each.addr === instance);
  const pool = extra?.pool ? release(extra.pool, start, bytes) : undefined;
  if (!extra || !pool) return false;
  x.update({
    instances: x.state.instances.map((each) => (each === extra ? { ...each, pool } : each)),
  });
  return true;
}

/**
 * mk_instance_ipi_create (facts 02 §3.1). Nothing in the series calls it: the glue `ipi-area` does,
 * when an instance becomes ready.
 */
export const ipiCreate = routine<KernelContext>({
  name: 'mk_instance_ipi_create',
  source: SOURCE,
  locals: ['instance', 'data', 'area', 'ret'],
  steps: [
    {
      id: 'check',
      text: 'the id must be between 0 and 255',
      run(x) {
        const instance = x.get(0);
        const id = instance === 0 ? -1 : x.mem.peek32(instance + MK_INSTANCE.at.id);
        if (id < 0 || id >= MK_MAX_INSTANCES) x.ret(-ERRNO.EINVAL);
      },
    },
    {
      id: 'alloc',
      text: 'allocate the record; the instance must have a pool',
      cost: 24,
      run(x) {
        const instance = x.get(0);
        const data = kmalloc(x, KIND, MK_INSTANCE_IPI_DATA.size, true);
        if (data === 0) return x.ret(-ERRNO.ENOMEM);
        const pool = x.mem.peek64(instance + MK_INSTANCE.at.instance_pool);
        if (pool === 0) {
          x.log('ipi.create_no_pool', x.mem.peek32(instance));
          kfree(x, data);
          return x.ret(-ERRNO.ENODEV);
        }
        x.mem.poke64(data + AT.instance_pool, pool);
        x.mem.poke64(data + AT.shared_mem_size, areaBytes(x));
        x.set(1, data);
      },
    },
    {
      id: 'buffer',
      text: 'take the area from the pool of the instance and map it',
      cost: 200,
      run(x) {
        const bytes = areaBytes(x);
        const area = allocBuffer(x, x.get(0), bytes);
        if (area === 0) {
          x.log('ipi.create_alloc_failed', x.mem.peek32(x.get(0)));
          const extra = x.state.instances.find((each) => each.addr === x.get(0));
          const room = extra?.pool ? available(extra.pool) : 0;
          if (room >= roundUp(bytes, PAGE_SIZE)) x.hazard(HAZARD.areaFragmented, 0, room);
          kfree(x, x.get(1));
          return x.ret(-ERRNO.ENOMEM);
        }
        x.mem.poke64(x.get(1) + AT.shared_mem, area);
        x.set(2, area);
      },
    },
    {
      id: 'clear',
      text: 'clear the whole area',
      cost: 400,
      local: false,
      run(x) {
        x.mem.fill(x.get(2), 0, areaBytes(x));
      },
    },
    {
      id: 'map',
      text: 'enter it into the map, unless the id has one',
      cost: 12,
      local: false,
      run(x) {
        const id = x.mem.peek32(x.get(0));
        const entry = x.k + K.mk_instance_ipi_map + 8 * id;
        if (x.mem.peek64(entry) === 0) return x.mem.poke64(entry, x.get(1));
        x.log('ipi.create_exists', id);
        x.hazard(HAZARD.staleArea, x.mem.peek64(x.mem.peek64(entry) + AT.shared_mem), id);
        freeBuffer(x, x.get(0), x.get(2), areaBytes(x));
        kfree(x, x.get(1));
        x.ret(-ERRNO.EEXIST);
      },
    },
    {
      id: 'log',
      text: 'report the area',
      run(x) {
        x.log('ipi.created', x.mem.peek32(x.get(0)), instanceName(x, x.get(0)), areaBytes(x));
        x.ret(0);
      },
    },
  ],
});

/** Whether the next mapping may succeed: `fail_memremap` counts down, RAM must be there. */
export function canMap(x: KernelContext, addr: number, bytes: number): boolean {
  const failing = x.mem.peek32(x.k + K.fail_memremap);
  if (failing > 0) {
    x.mem.poke32(x.k + K.fail_memremap, failing - 1);
  }
  if (failing !== 1 && x.mem.covers(addr, bytes)) return true;
  x.row(ROW.memremap, addr, bytes, 0, 0);
  return false;
}

/** multikernel_alloc_ipi_buffer (facts 02 §3.10). */
function allocBuffer(x: KernelContext, instance: number, bytes: number): number {
  const area = instanceAlloc(x, instance, bytes);
  if (area === 0) {
    x.log('ipi.buffer_alloc_failed', bytes);
    return 0;
  }
  if (!canMap(x, area, bytes)) {
    x.log('ipi.buffer_map_failed', area);
    instanceFree(x, instance, area, bytes);
    return 0;
  }
  x.log('ipi.buffer_allocated', area, bytes);
  return area;
}

/** multikernel_free_ipi_buffer. */
function freeBuffer(x: KernelContext, instance: number, area: number, bytes: number): void {
  instanceFree(x, instance, area, roundUp(bytes, PAGE_SIZE));
  x.log('ipi.buffer_freed', area, bytes);
}

/** mk_instance_ipi_destroy (facts 02 §3.2); no caller in the series. */
export const ipiDestroy = routine<KernelContext>({
  name: 'mk_instance_ipi_destroy',
  source: SOURCE,
  locals: ['id', 'data'],
  steps: [
    {
      id: 'unmap',
      text: 'take the entry out of the map',
      cost: 12,
      local: false,
      run(x) {
        const id = x.get(0);
        if (id < 0 || id >= MK_MAX_INSTANCES) return x.ret(0);
        const entry = x.k + K.mk_instance_ipi_map + 8 * id;
        const data = x.mem.peek64(entry);
        if (data === 0) return x.ret(0);
        x.mem.poke64(entry, 0);
        x.set(1, data);
      },
    },
    {
      id: 'free',
      text: 'free the area and the record; nobody waits for readers',
      cost: 60,
      run(x) {
        const data = x.get(1);
        x.log('ipi.destroying', x.get(0));
        const instance = x.mem.peek64(data + AT.instance_pool);
        const area = x.mem.peek64(data + AT.shared_mem);
        if (area !== 0) freeBuffer(x, instance, area, x.mem.peek64(data + AT.shared_mem_size));
        kfree(x, data);
        x.ret(0);
      },
    },
  ],
});
