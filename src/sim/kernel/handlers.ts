import { ERRNO } from '../base/errno.ts';
import { ROW } from '../base/record.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, isObject, kfree, kmalloc } from './heap.ts';
import { isHeldHere, MESSAGE_CALLBACK } from './irq-work.ts';
import { K } from './kernel.layout.ts';
import { IRQ_WORK, IRQ_WORK_BUSY, MK_IPI_HANDLER, MK_MSG_TYPE_HANDLER } from './mk.layout.ts';

const HANDLER = MK_IPI_HANDLER.at;
const TYPE_HANDLER = MK_MSG_TYPE_HANDLER.at;
const KIND_IPI = heapKind('mk_ipi_handler');
const KIND_MSG = heapKind('mk_msg_type_handler');

/** irq_work's func pointer: the only one there is, handler_work of ipi.c. */
const HANDLER_WORK = 1;

/**
 * multikernel_register_handler (facts 02 §3.4). Returns the handler's address; 0 for a NULL callback
 * or no memory. `callback` is a number of `ipiCallbacks`.
 */
export const registerHandler = routine<KernelContext>({
  name: 'multikernel_register_handler',
  source: 'kernel/multikernel/ipi.c',
  locals: ['callback', 'ctx', 'ipi_type', 'handler'],
  steps: [
    {
      id: 'alloc',
      text: 'allocate the handler and prepare its irq_work',
      cost: 30,
      run(x) {
        if (x.get(0) === 0) return x.ret(0);
        const handler = kmalloc(x, KIND_IPI, MK_IPI_HANDLER.size, true);
        if (handler === 0) return x.ret(0);
        x.set(3, handler);
        const { mem } = x;
        mem.poke64(handler + HANDLER.callback, x.get(0));
        mem.poke64(handler + HANDLER.context, x.get(1));
        mem.poke32(handler + HANDLER.ipi_type, x.get(2));
        mem.poke64(handler + HANDLER.work + IRQ_WORK.at.func, HANDLER_WORK);
      },
    },
    {
      id: 'push',
      text: 'put it at the head of the list, under its lock',
      cost: 12,
      local: false,
      run(x) {
        const handler = x.get(3);
        x.mem.poke64(handler + HANDLER.next, x.mem.peek64(x.k + K.mk_handlers));
        x.mem.poke64(x.k + K.mk_handlers, handler);
        x.ret(handler);
      },
    },
  ],
});

/**
 * multikernel_unregister_handler (facts 02 §3.5): unlinks the handler if the list has it, waits for
 * its work whether or not it was found, frees what was found.
 */
export const unregisterHandler = routine<KernelContext>({
  name: 'multikernel_unregister_handler',
  source: 'kernel/multikernel/ipi.c',
  locals: ['handler', 'found'],
  steps: [
    {
      id: 'unlink',
      text: 'take it out of the list, if it is there',
      cost: 14,
      local: false,
      run(x) {
        const { mem } = x;
        const handler = x.get(0);
        if (handler === 0) return x.ret(0);
        let link = x.k + K.mk_handlers;
        for (let at = mem.peek64(link); at !== 0; at = mem.peek64(link)) {
          if (at === handler) {
            mem.poke64(link, mem.peek64(at + HANDLER.next));
            x.set(1, at);
            break;
          }
          link = at + HANDLER.next;
        }
      },
    },
    {
      id: 'sync',
      text: 'irq_work_sync: wait until the work is not busy',
      cost: 20,
      local: false,
      run(x) {
        const handler = x.get(0);
        if (!isObject(x, handler)) x.hazard(HAZARD.useAfterFree, handler);
        const flags = x.mem.peek32(handler + HANDLER.work + IRQ_WORK.at.flags);
        if ((flags & IRQ_WORK_BUSY) === 0) return;
        // With interrupts off nothing of this CPU's own list will ever run; another CPU's will.
        const isInterrupt = x.H[x.h + CPU.mode] === MODE.irqWork;
        const hangs = isInterrupt && isHeldHere(x, handler);
        x.row(ROW.sync, handler, hangs ? 1 : 0, 0, 0);
        if (!hangs) return x.stay();
        x.hazard(HAZARD.hang, handler);
        x.hang();
      },
    },
    {
      id: 'free',
      text: 'free what was found',
      cost: 10,
      run(x) {
        kfree(x, x.get(1));
        x.ret(0);
      },
    },
  ],
});

/** The entry of the message handler list with that type, and with that function when given. */
export function findTypeHandler(x: KernelContext, type: number, handler: number | null): number {
  const { mem } = x;
  let at = mem.peek64(x.k + K.mk_msg_type_handlers);
  for (; at !== 0; at = mem.peek64(at + TYPE_HANDLER.next)) {
    if (mem.peek32(at + TYPE_HANDLER.msg_type) !== (type | 0)) continue;
    if (handler === null || mem.peek64(at + TYPE_HANDLER.msg_handler) === handler) return at;
  }
  return 0;
}

/** mk_register_msg_handler (facts 03 §3.3). `handler` is a number of `messageHandlers`, 0 for NULL. */
export const registerMsgHandler = routine<KernelContext>({
  name: 'mk_register_msg_handler',
  source: 'kernel/multikernel/messaging.c',
  locals: ['msg_type', 'handler', 'ctx', 'entry', 'ipi_handler'],
  steps: [
    {
      id: 'look',
      text: 'refuse a type that has a handler, under the lock',
      cost: 14,
      local: false,
      run(x) {
        if (x.get(1) === 0) return x.ret(-ERRNO.EINVAL);
        if (findTypeHandler(x, x.get(0), null) === 0) return;
        x.log('msg.register_exists', x.get(0));
        x.ret(-ERRNO.EEXIST);
      },
    },
    {
      id: 'alloc',
      text: 'allocate and fill the entry; the lock is not held',
      cost: 30,
      run(x) {
        const entry = kmalloc(x, KIND_MSG, MK_MSG_TYPE_HANDLER.size, true);
        if (entry === 0) return x.ret(-ERRNO.ENOMEM);
        x.set(3, entry);
        x.mem.poke32(entry + TYPE_HANDLER.msg_type, x.get(0));
        x.mem.poke64(entry + TYPE_HANDLER.msg_handler, x.get(1));
        x.mem.poke64(entry + TYPE_HANDLER.context, x.get(2));
      },
    },
    {
      id: 'ipi',
      text: 'register an IPI handler; from here on it can be called',
      run(x) {
        x.call(registerHandler, MESSAGE_CALLBACK, x.get(3), x.get(0));
      },
    },
    {
      id: 'keep',
      text: 'remember the IPI handler, or give up',
      run(x) {
        const handler = x.result;
        if (handler === 0) {
          x.log('msg.register_failed', x.get(0));
          kfree(x, x.get(3));
          return x.ret(-ERRNO.ENOMEM);
        }
        x.mem.poke64(x.get(3) + TYPE_HANDLER.ipi_handler, handler);
      },
    },
    {
      id: 'push',
      text: 'put the entry at the head of the list, under the lock',
      cost: 12,
      local: false,
      run(x) {
        const entry = x.get(3);
        const twin = findTypeHandler(x, x.get(0), null);
        if (twin !== 0) x.hazard(HAZARD.registeredTwice, twin, x.get(0));
        x.mem.poke64(entry + TYPE_HANDLER.next, x.mem.peek64(x.k + K.mk_msg_type_handlers));
        x.mem.poke64(x.k + K.mk_msg_type_handlers, entry);
        x.log('msg.registered', x.get(0));
        x.ret(0);
      },
    },
  ],
});

/** mk_unregister_msg_handler (facts 03 §3.4). */
export const unregisterMsgHandler = routine<KernelContext>({
  name: 'mk_unregister_msg_handler',
  source: 'kernel/multikernel/messaging.c',
  locals: ['msg_type', 'handler', 'entry'],
  steps: [
    {
      id: 'unlink',
      text: 'unlink the entry of that type and function, under the lock',
      cost: 14,
      local: false,
      run(x) {
        if (x.get(1) === 0) return x.ret(-ERRNO.EINVAL);
        const entry = findTypeHandler(x, x.get(0), x.get(1));
        if (entry === 0) return x.ret(-ERRNO.ENOENT);
        const { mem } = x;
        let link = x.k + K.mk_msg_type_handlers;
        while (mem.peek64(link) !== entry) link = mem.peek64(link) + TYPE_HANDLER.next;
        mem.poke64(link, mem.peek64(entry + TYPE_HANDLER.next));
        x.set(2, entry);
      },
    },
    {
      id: 'ipi',
      text: 'unregister its IPI handler',
      run(x) {
        x.call(unregisterHandler, x.mem.peek64(x.get(2) + TYPE_HANDLER.ipi_handler));
      },
    },
    {
      id: 'free',
      text: 'free the entry',
      cost: 10,
      run(x) {
        kfree(x, x.get(2));
        x.log('msg.unregistered', x.get(0));
        x.ret(0);
      },
    },
  ],
});

/** mk_messaging_init of v2 14/16: registers nothing. */
export function messagingInit(x: KernelContext): number {
  x.log('msg.initialized');
  return 0;
}

/** mk_messaging_cleanup of v2 14/16 (facts 03 §3.5): every handler goes, newest first. */
export const messagingCleanup = routine<KernelContext>({
  name: 'mk_messaging_cleanup',
  source: 'kernel/multikernel/messaging.c',
  locals: ['entry', 'rest'],
  steps: [
    {
      id: 'detach',
      text: 'take the whole list, under the lock',
      cost: 14,
      local: false,
      run(x) {
        x.set(1, x.mem.peek64(x.k + K.mk_msg_type_handlers));
        x.mem.poke64(x.k + K.mk_msg_type_handlers, 0);
      },
    },
    {
      id: 'ipi',
      text: 'unregister the IPI handler of the next entry',
      run(x) {
        const entry = x.get(1);
        if (entry === 0) {
          x.log('msg.cleaned_up');
          return x.ret(0);
        }
        x.set(0, entry);
        x.set(1, x.mem.peek64(entry + TYPE_HANDLER.next));
        x.call(unregisterHandler, x.mem.peek64(entry + TYPE_HANDLER.ipi_handler));
      },
    },
    {
      id: 'free',
      text: 'free the entry and go on',
      cost: 10,
      run(x) {
        kfree(x, x.get(0));
        x.goto(messagingCleanup.at.ipi!);
      },
    },
  ],
});
