import { roundUp, PAGE_SIZE } from '../base/units.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { routine } from '../machine/routine.ts';
import { cString } from '../fdt/bytes.ts';
import type { KernelContext } from './context.ts';
import { allocate } from './gen-pool.ts';
import { heapKind, kmalloc } from './heap.ts';
import { instanceId, listInstances } from './instance-object.ts';
import { idrAlloc, maskSet } from './instance-table.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE, MK_INSTANCE_IPI_DATA, MK_IPI_DATA, MK_STATE } from './mk.layout.ts';

const AT = MK_INSTANCE.at;
const KIND_INSTANCE = heapKind('mk_instance');
const KIND_DATA = heapKind('mk_instance_ipi_data');
const KIND_NAME = heapKind('name');

/** Makes an entry of the id map that stands for the host, with its area. */
function knowHost(x: KernelContext, area: number): void {
  const instance = kmalloc(x, KIND_INSTANCE, MK_INSTANCE.size, true);
  const data = kmalloc(x, KIND_DATA, MK_INSTANCE_IPI_DATA.size, true);
  const name = kmalloc(x, KIND_NAME, 8, true);
  const { mem } = x;
  mem.poke(name, cString('host'));
  mem.poke64(instance + AT.name, name);
  mem.poke32(instance + AT.state, MK_STATE.ACTIVE);
  mem.poke32(instance + AT.cpus_valid, 1);
  mem.poke32(instance + AT.refcount, 1);
  maskSet(x, instance, receivingCpu(x));
  idrAlloc(x, 0, instance);
  mem.poke64(data + MK_INSTANCE_IPI_DATA.at.shared_mem, area);
  mem.poke64(
    data + MK_INSTANCE_IPI_DATA.at.shared_mem_size,
    MK_IPI_DATA.size * x.sys.settings.nrCpus,
  );
  mem.poke64(x.k + K.mk_instance_ipi_map, data);
}

/**
 * The host's CPU that receives: its first one whose number is not 0 and is its APIC id. A sender
 * writes the slot of its own number for that CPU and the receiver reads the one of its APIC id
 * (facts 02 H9), so both must be the same; in a spawned kernel number 0 is its own boot CPU.
 */
function receivingCpu(x: KernelContext): number {
  const online = x.sys.kernels[0]!.cpus.filter(
    (cpu) => x.H[cpu * CPU.stride + CPU.kernel] === 0 && cpu > 0,
  );
  return online.find((cpu) => x.H[cpu * CPU.stride + CPU.apicId] === cpu) ?? online[0] ?? 0;
}

/** Glue `two-way` on the host: a receive area of its own, and id 0. */
export const hostReceives = routine<KernelContext>({
  name: 'mk_two_way_host',
  source: 'glue',
  locals: [],
  steps: [
    {
      id: 'area',
      text: 'take an area for the host from the pool and listen there',
      cost: 200,
      run(x) {
        const { pool } = x.state;
        const bytes = roundUp(MK_IPI_DATA.size * x.sys.settings.nrCpus, PAGE_SIZE);
        const got = pool ? allocate(pool, bytes) : undefined;
        if (!got) return x.ret(0);
        x.update({ pool: got.pool });
        x.mem.fill(got.start, 0, bytes);
        x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, got.start);
        knowHost(x, got.start);
        x.ret(0);
      },
    },
  ],
});

/** Glue `two-way` on a spawned kernel: it knows the host as id 0 and itself by its own id. */
export const spawnedKnows = routine<KernelContext>({
  name: 'mk_two_way_spawned',
  source: 'glue',
  locals: [],
  steps: [
    {
      id: 'host',
      text: 'know the host: id 0 and where it listens',
      cost: 100,
      run(x) {
        const area = x.mem.peek64(x.machine.kernelBase[0]! + K.mk_this_kernel_ipi_data);
        if (area === 0) return;
        knowHost(x, area);
        const cpu = receivingCpu(x);
        const apic = x.H[cpu * CPU.stride + CPU.apicId]!;
        x.mem.poke32(x.k + K.cpu_to_apicid + 4 * cpu, apic);
      },
    },
    {
      id: 'self',
      text: 'know itself',
      cost: 60,
      run(x) {
        for (const instance of listInstances(x)) {
          if (idrAlloc(x, instanceId(x, instance), instance) !== 0) continue;
          maskSet(x, instance, x.H[x.h + CPU.logical]!);
        }
        x.ret(0);
      },
    },
  ],
});
