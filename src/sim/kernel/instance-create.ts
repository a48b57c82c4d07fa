import { ERRNO } from '../base/errno.ts';
import { cString } from '../fdt/bytes.ts';
import { fdtGetName } from '../fdt/read.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { extractInstance, parseResources } from './device-tree.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { instanceName, listAppend, listInstances, setState } from './instance-object.ts';
import { idrAlloc, maskCpus } from './instance-table.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE, MK_MAX_INSTANCES, MK_STATE } from './mk.layout.ts';
import { reserveResources } from './resources.ts';

const SOURCE = 'kernel/multikernel/core.c';
const AT = MK_INSTANCE.at;
const KIND_INSTANCE = heapKind('mk_instance');
const KIND_NAME = heapKind('name');
const KIND_DTB = heapKind('dtb');
const KIND_MASK = heapKind('cpumask');

const NODE = 0;
const ID = 1;
const UPLOAD = 2;
const DTB = 3;
const SIZE = 4;
const INSTANCE = 5;
const CONFIG = 6;

/** Whether the host could have a CPU of that logical number: nr_cpu_ids and cpu_possible. */
export const isPossible = (x: KernelContext, cpu: number): boolean =>
  cpu < x.mem.peek32(x.k + K.nr_cpu_ids) && (x.state.cpus[cpu] ?? -1) >= 0;

/**
 * Undoes what the error path of the original undoes: name, object and blob (facts 05 §4.2). A pool
 * that was taken belongs to nobody from here on: no object has the address 0.
 */
function unwind(x: KernelContext, code: number): void {
  const instance = x.get(INSTANCE);
  x.update({
    instances: x.state.instances
      .map((each) => (each.addr === instance ? { ...each, addr: 0 } : each))
      .filter(({ addr, pool }) => addr !== 0 || pool !== null),
  });
  kfree(x, x.mem.peek64(instance + AT.name));
  kfree(x, instance);
  kfree(x, x.get(DTB));
  x.ret(code);
}

/**
 * Creates one instance of an uploaded tree, rows of facts 05 §4.2. `node` is the instance's offset
 * in the blob with number `upload`. A failure after the reservation leaks what was reserved.
 */
export const createInstance = routine<KernelContext>({
  name: 'mk_create_instance_from_dtb',
  source: SOURCE,
  locals: ['node', 'id', 'upload', 'dtb', 'dtb_size', 'instance', 'config'],
  steps: [
    {
      id: 'extract',
      text: 'cut the device tree of this instance out of the uploaded one',
      cost: 900,
      run(x) {
        const blob = extractInstance(x.sys.bytes(x.get(UPLOAD)), x.get(NODE));
        if (typeof blob === 'number') {
          const name = fdtGetName(x.sys.bytes(x.get(UPLOAD)), x.get(NODE));
          x.log('inst.extract_failed', typeof name === 'string' ? name : '', blob);
          return x.ret(blob);
        }
        const dtb = kmalloc(x, KIND_DTB, 4096, true);
        if (dtb === 0) return x.ret(-ERRNO.ENOMEM);
        x.mem.poke(dtb, blob);
        x.set(DTB, dtb);
        x.set(SIZE, blob.length);
      },
    },
    {
      id: 'alloc',
      text: 'allocate the instance and its name',
      cost: 60,
      run(x) {
        const text = fdtGetName(x.sys.bytes(x.get(UPLOAD)), x.get(NODE));
        const bytes = cString(typeof text === 'string' ? text : '');
        const instance = kmalloc(x, KIND_INSTANCE, MK_INSTANCE.size, true);
        if (instance === 0) {
          kfree(x, x.get(DTB));
          return x.ret(-ERRNO.ENOMEM);
        }
        x.set(INSTANCE, instance);
        const name = kmalloc(x, KIND_NAME, bytes.length, false);
        if (name === 0) return unwind(x, -ERRNO.ENOMEM);
        x.mem.poke(name, bytes);
        x.mem.poke32(instance + AT.id, x.get(ID));
        x.mem.poke64(instance + AT.name, name);
        x.mem.poke32(instance + AT.refcount, 1);
        x.update({
          instances: [
            ...x.state.instances,
            { addr: instance, pool: null, regions: [], listed: false },
          ],
        });
      },
    },
    {
      id: 'mask',
      text: 'allocate the cpu mask, empty',
      cost: 20,
      run(x) {
        const instance = x.get(INSTANCE);
        if (x.sys.settings.nrCpus > 64) {
          const mask = kmalloc(x, KIND_MASK, x.sys.settings.nrCpus / 8, true);
          if (mask === 0) return;
          x.mem.poke64(instance + AT.cpus, mask);
        }
        x.mem.poke32(instance + AT.cpus_valid, 1);
      },
    },
    {
      id: 'directory',
      text: 'make its directory under instances/',
      cost: 400,
      run(x) {
        const name = instanceName(x, x.get(INSTANCE));
        const taken = listInstances(x).some((each) => instanceName(x, each) === name);
        if (taken) unwind(x, -ERRNO.EEXIST);
      },
    },
    {
      id: 'parse',
      text: 'read memory-bytes and cpus from its resources node',
      cost: 300,
      run(x) {
        const blob = x.mem.peek(x.get(DTB), x.get(SIZE));
        const found = parseResources(blob, x.get(SIZE), (cpu) => isPossible(x, cpu));
        if (!('errno' in found)) {
          const words = Float64Array.from([found.memory, ...found.cpus]);
          return x.set(CONFIG, x.sys.hand(new Uint8Array(words.buffer)));
        }
        if (found.about === 'memory') x.log('dt.bad_memory', found.errno);
        else if (found.about === 'cpus') x.log('dt.bad_cpus', found.cpu, found.errno);
        else if (found.about === 'nodes') x.log('dt.no_resources');
        unwind(x, found.errno);
      },
    },
    {
      id: 'reserve',
      text: 'reserve memory and take the CPUs',
      cost: 10,
      run(x) {
        x.call(reserveResources, x.get(INSTANCE), x.get(CONFIG));
      },
    },
    {
      id: 'attach',
      text: 'attach the device tree, make the files id, status, device_tree_source',
      cost: 500,
      run(x) {
        if (x.result < 0) return unwind(x, x.result);
        const instance = x.get(INSTANCE);
        x.mem.poke64(instance + AT.dtb_data, x.get(DTB));
        x.mem.poke64(instance + AT.dtb_size, x.get(SIZE));
      },
    },
    {
      id: 'number',
      text: 'claim its id; a taken one is -ENOSPC, and what was reserved stays so',
      cost: 40,
      local: false,
      run(x) {
        const instance = x.get(INSTANCE);
        const code = idrAlloc(x, x.get(ID), instance);
        if (code === 0) return;
        x.log('inst.id_taken', instanceName(x, instance), x.get(ID), code);
        x.hazard(HAZARD.resourcesLeaked, instance, x.get(ID));
        unwind(x, code);
      },
    },
    {
      id: 'list',
      text: 'put it on the list of instances; it is ready',
      cost: 20,
      local: false,
      run(x) {
        const instance = x.get(INSTANCE);
        listAppend(x, instance);
        noteSharedCpus(x, instance);
        if (!isUsable(x, x.get(ID))) x.hazard(HAZARD.idUnusable, instance, x.get(ID));
        setState(x, instance, MK_STATE.READY);
        x.update({
          instances: x.state.instances.map((each) =>
            each.addr === instance ? { ...each, listed: true } : each,
          ),
        });
        x.log('inst.created', instanceName(x, instance), x.get(ID));
      },
    },
    {
      id: 'ready',
      text: 'what happens when an instance is ready: glue, nothing as posted',
      cost: 1,
      run(x) {
        const role = x.roles.instanceReady;
        if (role) x.call(role, x.get(INSTANCE));
      },
    },
    {
      id: 'return',
      text: 'return 0',
      cost: 1,
      run(x) {
        x.ret(0);
      },
    },
  ],
});

/** Hazard I9: an id must fit the map of areas, and without `load-ids` only id 1 can be loaded. */
const isUsable = (x: KernelContext, id: number): boolean =>
  id > 0 && id < (x.sys.settings.glue.has('load-ids') ? MK_MAX_INSTANCES : 2);

/** Hazard I1: nothing keeps a CPU out of two instances. */
function noteSharedCpus(x: KernelContext, instance: number): void {
  const mine = new Set(maskCpus(x, instance));
  for (const other of listInstances(x)) {
    if (other === instance) continue;
    const shared = maskCpus(x, other).find((cpu) => mine.has(cpu));
    if (shared !== undefined) x.hazard(HAZARD.cpuTakenTwice, other, shared);
  }
}
