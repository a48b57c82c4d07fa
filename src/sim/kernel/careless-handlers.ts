import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { unregisterMsgHandler } from './handlers.ts';
import { HAZARD } from './hazards.ts';
import { listenHandler, MESSAGE_HANDLER } from './message-handlers.ts';
import { sendMessage } from './messaging.ts';
import {
  MK_CPU_RESOURCE_PAYLOAD,
  MK_IO_IRQ_PAYLOAD,
  MK_MEM_RESOURCE_PAYLOAD,
  MK_MSG,
  MK_SUBTYPES,
} from './mk.layout.ts';

/**
 * Handlers as somebody would write them who knows the interface and not its hazards. Each reads its
 * message as {@link listenHandler} does, and then does one thing more.
 */
const LOCALS = ['msg_type', 'subtype', 'payload', 'payload_len', 'ctx', 'serial'];
const TYPE = 0;
const SUBTYPE = 1;
const PAYLOAD = 2;
const LENGTH = 3;
const CONTEXT = 4;
const SERIAL = 5;

const listenFirst = {
  id: 'listen',
  text: 'read the message',
  run(x: KernelContext): void {
    const [type, subtype, payload] = [x.get(TYPE), x.get(SUBTYPE), x.get(PAYLOAD)];
    x.call(listenHandler, type, subtype, payload, x.get(LENGTH), x.get(CONTEXT), x.get(SERIAL));
  },
} as const;
const done = {
  id: 'return',
  text: 'return',
  run(x: KernelContext): void {
    x.ret(0);
  },
} as const;

/** Wants one message and removes itself: waits for the very work it runs in (hazard H19c). */
export const onceHandler = routine<KernelContext>({
  name: 'mk_once_handler',
  source: 'glue',
  locals: LOCALS,
  steps: [
    listenFirst,
    {
      id: 'unregister',
      text: 'remove itself: one message was all it wanted',
      run(x) {
        x.call(unregisterMsgHandler, x.get(TYPE), MESSAGE_HANDLER.once);
      },
    },
    done,
  ],
});

/** Answers with a message to the instance that its context names: a mutex in an interrupt (H12). */
export const replyHandler = routine<KernelContext>({
  name: 'mk_reply_handler',
  source: 'glue',
  locals: LOCALS,
  steps: [
    listenFirst,
    {
      id: 'reply',
      text: 'send an answer, from within the interrupt',
      run(x) {
        x.call(sendMessage, x.get(CONTEXT), MK_MSG.USER, x.get(SUBTYPE), 0, 0);
      },
    },
    done,
  ],
});

/** Keeps the pointer to its payload for later, in the 16 bytes its context points to (hazard M16). */
export const keepHandler = routine<KernelContext>({
  name: 'mk_keep_handler',
  source: 'glue',
  locals: LOCALS,
  steps: [
    {
      id: 'kept',
      text: 'look at the payload it kept the time before',
      local: false,
      run(x) {
        const kept = x.mem.peek64(x.get(CONTEXT));
        if (kept === 0) return;
        x.mem.read32(kept);
        const serial = x.mem.peek32(x.get(CONTEXT) + 8);
        if (x.mem.note(kept) !== serial) x.hazard(HAZARD.payloadChanged, kept, serial);
      },
    },
    listenFirst,
    {
      id: 'keep',
      text: 'keep the pointer',
      run(x) {
        x.mem.poke64(x.get(CONTEXT), x.get(PAYLOAD));
        x.mem.poke32(x.get(CONTEXT) + 8, x.get(SERIAL));
        x.ret(0);
      },
    },
  ],
});

/** Bytes of the struct that a subtype promises; 0 for those without one. */
const promised = (subtype: number): number => {
  if (subtype === MK_SUBTYPES['irq-forward']) return MK_IO_IRQ_PAYLOAD.size;
  if (subtype === MK_SUBTYPES['cpu-add'] || subtype === MK_SUBTYPES['cpu-remove'])
    return MK_CPU_RESOURCE_PAYLOAD.size;
  if (subtype === MK_SUBTYPES['mem-add'] || subtype === MK_SUBTYPES['mem-remove'])
    return MK_MEM_RESOURCE_PAYLOAD.size;
  return 0;
};

/** Takes its payload for the struct of the subtype, however short it is (hazard M9). */
export const trustHandler = routine<KernelContext>({
  name: 'mk_trust_handler',
  source: 'glue',
  locals: LOCALS,
  steps: [
    listenFirst,
    {
      id: 'struct',
      text: 'read the payload as the struct of its subtype',
      local: false,
      run(x) {
        const bytes = promised(x.get(SUBTYPE));
        if (x.get(LENGTH) < bytes) x.hazard(HAZARD.payloadTooShort, x.get(PAYLOAD), x.get(LENGTH));
        if (x.get(PAYLOAD) !== 0 && bytes > 0) x.mem.readBytes(x.get(PAYLOAD), bytes);
        x.ret(0);
      },
    },
  ],
});
