import { ERRNO } from '../base/errno.ts';
import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import {
  findTypeHandler,
  registerHandler,
  registerMsgHandler,
  unregisterHandler,
  unregisterMsgHandler,
} from './handlers.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { K } from './kernel.layout.ts';
import { MESSAGE_HANDLER } from './message-handlers.ts';
import { sendMessage } from './messaging.ts';
import { PFN_CALLBACK } from './irq-work.ts';
import { MK_IPI_HANDLER, MK_MSG_TYPE_HANDLER, MK_PFN_IPI_TYPE } from './mk.layout.ts';

const KIND_BUFFER = heapKind('buffer');
/** What a handler that keeps a pointer needs: the pointer, and whose payload it was. */
const KEPT_BYTES = 16;

/** What the console's `mk send` runs: copies the payload in and calls mk_send_message. */
export const userSend = routine<KernelContext>({
  name: 'mk_user_send',
  source: 'glue',
  locals: ['id', 'msg_type', 'subtype', 'handed', 'length', 'payload'],
  steps: [
    {
      id: 'copy',
      text: 'copy the payload from the caller',
      cost: 60,
      run(x) {
        const number = x.get(3);
        if (number < 0) return;
        const bytes = x.sys.bytes(number);
        if (bytes.length === 0) return;
        const at = kmalloc(x, KIND_BUFFER, Math.max(x.get(4), bytes.length), true);
        if (at === 0) return x.ret(-ERRNO.ENOMEM);
        x.mem.poke(at, bytes);
        x.set(5, at);
      },
    },
    {
      id: 'send',
      text: 'call mk_send_message',
      run(x) {
        x.call(sendMessage, x.get(0), x.get(1), x.get(2), x.get(5), x.get(4));
      },
    },
    {
      id: 'return',
      text: 'free the copy, return the result',
      cost: 10,
      run(x) {
        kfree(x, x.get(5));
        x.ret(x.result);
      },
    },
  ],
});

/** What `mk raw` runs: multikernel_send_ipi_data with the caller's own bytes, past the messages. */
export const userRaw = routine<KernelContext>({
  name: 'mk_user_raw',
  source: 'glue',
  locals: ['id', 'type', 'handed', 'length', 'data'],
  steps: [
    {
      id: 'copy',
      text: 'copy the bytes from the caller',
      cost: 60,
      run(x) {
        const bytes = x.sys.bytes(x.get(2));
        if (bytes.length === 0) return;
        const at = kmalloc(x, KIND_BUFFER, bytes.length, true);
        if (at === 0) return x.ret(-ERRNO.ENOMEM);
        x.mem.poke(at, bytes);
        x.set(4, at);
      },
    },
    {
      id: 'send',
      text: 'call multikernel_send_ipi_data',
      run(x) {
        x.call(x.roles.sendIpiData, x.get(0), x.get(4), x.get(3), x.get(1));
      },
    },
    {
      id: 'return',
      text: 'free the copy, return the result',
      cost: 10,
      run(x) {
        kfree(x, x.get(4));
        x.ret(x.result);
      },
    },
  ],
});

/** Waiting between two messages of a flood goes in steps of this many nanoseconds. */
const PACE_NS = 1000;

/**
 * What `mk flood` runs: `count` messages without a payload, subtypes from `first` on, with `gap`
 * nanoseconds before each, in whole steps of {@link PACE_NS}. Returns how many were sent, or the
 * error when none was.
 */
export const userFlood = routine<KernelContext>({
  name: 'mk_user_flood',
  source: 'glue',
  locals: ['id', 'msg_type', 'first', 'count', 'gap', 'wait', 'done', 'sent', 'error'],
  steps: [
    {
      id: 'pace',
      text: 'wait for the moment of the next message',
      cost: PACE_NS,
      run(x) {
        x.set(5, x.get(5) + PACE_NS);
        if (x.get(5) < x.get(4)) x.stay();
      },
    },
    {
      id: 'send',
      text: 'call mk_send_message',
      run(x) {
        x.set(5, 0);
        x.call(sendMessage, x.get(0), x.get(1), (x.get(2) + x.get(6)) >>> 0, 0, 0);
      },
    },
    {
      id: 'next',
      text: 'count it',
      run(x) {
        const { result } = x;
        if (result < 0) x.set(8, result);
        else x.set(7, x.get(7) + 1);
        x.set(6, x.get(6) + 1);
        if (x.get(6) < x.get(3)) x.goto(userFlood.at.pace!);
        else x.ret(x.get(7) > 0 ? x.get(7) : x.get(8));
      },
    },
  ],
});

/**
 * What `mk listen` runs: registers a handler for a message type, or for PFN IPIs. `handler` is a
 * number of {@link MESSAGE_HANDLER}; `ctx` is what the handler gets, for `keep` memory of its own.
 */
export const userListen = routine<KernelContext>({
  name: 'mk_user_listen',
  source: 'glue',
  locals: ['type', 'handler', 'ctx'],
  steps: [
    {
      id: 'register',
      text: 'register the handler',
      run(x) {
        const type = x.get(0);
        if (x.get(1) === MESSAGE_HANDLER.keep) x.set(2, kmalloc(x, KIND_BUFFER, KEPT_BYTES, true));
        if (type === MK_PFN_IPI_TYPE && x.get(1) === 0)
          x.call(registerHandler, PFN_CALLBACK, 0, type);
        else x.call(registerMsgHandler, type, x.get(1) || MESSAGE_HANDLER.listen, x.get(2));
      },
    },
    {
      id: 'return',
      text: 'return the result',
      run(x) {
        const raw = x.get(0) === MK_PFN_IPI_TYPE && x.get(1) === 0;
        const { result } = x;
        if (result < 0 && x.get(1) === MESSAGE_HANDLER.keep) kfree(x, x.get(2));
        x.ret(raw ? (result === 0 ? -ERRNO.ENOMEM : 0) : result);
      },
    },
  ],
});

/** The PFN handler that was registered last, 0 for none. */
function findPfnHandler(x: KernelContext): number {
  const { at } = MK_IPI_HANDLER;
  let handler = x.mem.peek64(x.k + K.mk_handlers);
  while (handler !== 0 && x.mem.peek64(handler + at.callback) !== PFN_CALLBACK)
    handler = x.mem.peek64(handler + at.next);
  return handler;
}

/** What `mk unlisten` runs: removes the handler of a type, whichever it is. */
export const userUnlisten = routine<KernelContext>({
  name: 'mk_user_unlisten',
  source: 'glue',
  locals: ['type'],
  steps: [
    {
      id: 'unregister',
      text: 'unregister the handler',
      run(x) {
        const type = x.get(0);
        const entry = findTypeHandler(x, type, null);
        const raw = entry === 0 && type === MK_PFN_IPI_TYPE ? findPfnHandler(x) : 0;
        if (raw !== 0) return x.call(unregisterHandler, raw);
        const own = entry === 0 ? 0 : x.mem.peek64(entry + MK_MSG_TYPE_HANDLER.at.msg_handler);
        x.call(unregisterMsgHandler, type, own || MESSAGE_HANDLER.listen);
      },
    },
    {
      id: 'return',
      text: 'return the result',
      run(x) {
        x.ret(x.result);
      },
    },
  ],
});

/** `sleep` of a console command: nothing, for that many nanoseconds. */
export const userSleep = routine<KernelContext>({
  name: 'mk_user_sleep',
  source: 'glue',
  locals: ['until'],
  steps: [
    {
      id: 'wait',
      text: 'wait',
      cost: 1000,
      run(x) {
        if (x.get(0) <= 0) return x.ret(0);
        x.set(0, x.get(0) - 1000);
        x.stay();
      },
    },
  ],
});
