import { Refused } from '../../sim/base/assert.ts';
import type { KernelContext } from '../../sim/kernel/context.ts';
import { heapObjects } from '../../sim/kernel/heap.ts';
import { instanceId, listInstances, viewInstance } from '../../sim/kernel/instance-object.ts';
import { ipiCallbacks } from '../../sim/kernel/irq-work.ts';
import { K } from '../../sim/kernel/kernel.layout.ts';
import { messageHandlers } from '../../sim/kernel/message-handlers.ts';
import {
  IRQ_WORK,
  IRQ_WORK_BUSY,
  IRQ_WORK_PENDING,
  MK_INSTANCE,
  MK_INSTANCE_IPI_DATA,
  MK_IPI_HANDLER,
  MK_MAX_INSTANCES,
  MK_MSG_TYPE_HANDLER,
} from '../../sim/kernel/mk.layout.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import type { HandlerRow, HeapObject, HeapRow, InstanceRow } from './inspections.ts';

const IPI = MK_IPI_HANDLER.at;
const MESSAGE = MK_MSG_TYPE_HANDLER.at;
/** Entries of a list that are followed: a broken one may be a circle. */
const LIST_MAX = 1024;
const OBJECTS_MAX = 2000;

/** A context at a kernel by name, running or not. */
function lookAt({ world }: Run, name: string): KernelContext {
  const kernel = world.kernelNamed(name);
  if (kernel < 0) throw new Refused(`there is no kernel ${name}`);
  return world.lookAt(kernel);
}

/** Addresses on a list whose entries link by the pointer at `next`. */
function listed(x: KernelContext, head: number, next: number): number[] {
  const found: number[] = [];
  for (
    let at = x.mem.peek64(head);
    at !== 0 && found.length < LIST_MAX;
    at = x.mem.peek64(at + next)
  )
    found.push(at);
  return found;
}

/** What a pointer to a function says: the routine's name, NULL, or a number that is none. */
const called = (routine: { readonly name: string } | undefined, pointer: number): string =>
  routine?.name ?? (pointer === 0 ? 'NULL' : `0x${pointer.toString(16)}`);

export function handlerRows(run: Run, kernel: string): HandlerRow[] {
  const x = lookAt(run, kernel);
  const { mem } = x;
  const ipi = listed(x, x.k + K.mk_handlers, IPI.next).map((addr): HandlerRow => {
    const callback = mem.peek64(addr + IPI.callback);
    const flags = mem.peek32(addr + IPI.work + IRQ_WORK.at.flags);
    const words = [flags & IRQ_WORK_PENDING ? 'PENDING' : '', flags & IRQ_WORK_BUSY ? 'BUSY' : ''];
    return {
      ...{ addr, list: 'ipi', type: mem.peek32(addr + IPI.ipi_type) >>> 0 },
      calls: called(ipiCallbacks[callback], callback),
      context: mem.peek64(addr + IPI.context),
      work: words.filter(Boolean).join(' ') || 'idle',
    };
  });
  const message = listed(x, x.k + K.mk_msg_type_handlers, MESSAGE.next).map((addr): HandlerRow => {
    const handler = mem.peek64(addr + MESSAGE.msg_handler);
    return {
      ...{ addr, list: 'message', type: mem.peek32(addr + MESSAGE.msg_type) >>> 0, work: '' },
      calls: called(messageHandlers[handler], handler),
      context: mem.peek64(addr + MESSAGE.context),
    };
  });
  return [...ipi, ...message];
}

export function instanceRows(run: Run, kernel: string): InstanceRow[] {
  const x = lookAt(run, kernel);
  const { mem } = x;
  return listInstances(x).map((addr): InstanceRow => {
    const id = instanceId(x, addr);
    const data =
      id >= 0 && id < MK_MAX_INSTANCES ? mem.peek64(x.k + K.mk_instance_ipi_map + 8 * id) : 0;
    return {
      ...viewInstance(x, addr),
      area: data === 0 ? 0 : mem.peek64(data + MK_INSTANCE_IPI_DATA.at.shared_mem),
      dtb: mem.peek64(addr + MK_INSTANCE.at.dtb_data),
      listed: x.state.instances.some((each) => each.addr === addr && each.listed),
    };
  });
}

export function heapRow(run: Run, kernel: string): HeapRow {
  const x = lookAt(run, kernel);
  const objects: HeapObject[] = [];
  let left = 0;
  for (const object of heapObjects(x)) {
    if (objects.length < OBJECTS_MAX) objects.push(object);
    else left++;
  }
  const start = x.k + K.heap;
  return {
    ...{ kernel, objects, left },
    used: x.mem.peek64(x.k + K.heap_brk) - start,
    size: x.mem.peek64(x.k + K.heap_end) - start,
  };
}
