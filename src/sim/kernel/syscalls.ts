import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { registerHandler, registerMsgHandler, unregisterMsgHandler } from './handlers.ts';
import { heapKind, kfree, kmalloc } from './heap.ts';
import { LISTEN_HANDLER } from './message-handlers.ts';
import { sendMessage } from './messaging.ts';
import { PFN_CALLBACK } from './irq-work.ts';
import { MK_PFN_IPI_TYPE } from './mk.layout.ts';

const KIND_BUFFER = heapKind('buffer');

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
        if (at === 0) return x.ret(-12);
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

/** What `mk listen` runs: registers the listening handler for a message type, or for PFN IPIs. */
export const userListen = routine<KernelContext>({
  name: 'mk_user_listen',
  source: 'glue',
  locals: ['type'],
  steps: [
    {
      id: 'register',
      text: 'register the handler',
      run(x) {
        const type = x.get(0);
        if (type === MK_PFN_IPI_TYPE) x.call(registerHandler, PFN_CALLBACK, 0, type);
        else x.call(registerMsgHandler, type, LISTEN_HANDLER, 0);
      },
    },
    {
      id: 'return',
      text: 'return the result',
      run(x) {
        const raw = x.get(0) === MK_PFN_IPI_TYPE;
        x.ret(raw ? (x.result === 0 ? -12 : 0) : x.result);
      },
    },
  ],
});

/** What `mk unlisten` runs. */
export const userUnlisten = routine<KernelContext>({
  name: 'mk_user_unlisten',
  source: 'glue',
  locals: ['type'],
  steps: [
    {
      id: 'unregister',
      text: 'unregister the handler',
      run(x) {
        x.call(unregisterMsgHandler, x.get(0), LISTEN_HANDLER);
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
