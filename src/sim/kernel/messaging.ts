import { ERRNO } from '../base/errno.ts';
import { fusedRoutine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { heapKind, isLive, kfree, kmalloc } from './heap.ts';
import { logEventNumber } from './log-events.ts';
import { MK_IPI_DATA, MK_MAX_DATA_SIZE, MK_MESSAGE, MK_MSG_TYPE_HANDLER } from './mk.layout.ts';
import { messageHandlers } from './message-handlers.ts';

const SOURCE = 'kernel/multikernel/messaging.c';
const MSG = MK_MESSAGE.at;
const {
  sender_cpu: SENDER_CPU,
  type: SLOT_TYPE,
  data_size: DATA_SIZE,
  buffer: BUFFER,
} = MK_IPI_DATA.at;
const HEADER = MK_MESSAGE.size;
/** Offsets in words, for what only this kernel sees. */
const MSG_TYPE_ = MSG.msg_type / 4;
const MSG_SUBTYPE_ = MSG.msg_subtype / 4;
const MSG_LENGTH_ = MSG.payload_len / 4;
const MSG_TYPE = MK_MSG_TYPE_HANDLER.at.msg_type / 4;
const MSG_HANDLER = MK_MSG_TYPE_HANDLER.at.msg_handler / 4;
const CONTEXT = MK_MSG_TYPE_HANDLER.at.context / 4;
const PAYLOAD_AT = MSG.payload;
const PAYLOAD_LEN = MSG.payload_len;
const KIND_MESSAGE = heapKind('mk_message');
const TOO_LARGE = logEventNumber('msg.too_large');
const SEND_FAILED = logEventNumber('msg.send_failed');
const SENT = logEventNumber('msg.sent');
const RECEIVED = logEventNumber('msg.received');

const ID = 0;
const TYPE = 1;
const SUBTYPE = 2;
const PAYLOAD = 3;
const LENGTH = 4;
const MESSAGE = 5;

/**
 * mk_send_message of v2 14/16, rows of facts 03 §3.1. `payload` is the address of the caller's
 * bytes or 0. Returns what the IPI layer returns, -EMSGSIZE above 232 bytes, -ENOMEM.
 */
export const sendMessage = fusedRoutine<KernelContext>({
  name: 'mk_send_message',
  source: SOURCE,
  locals: ['id', 'msg_type', 'subtype', 'payload', 'payload_len', 'msg', 'ret'],
  steps: [
    { id: 'M2', label: 'check', text: 'header and payload must fit into 256 bytes', cost: 2 },
    { id: 'M3', label: 'alloc', text: 'allocate the message', cost: 20 },
    { id: 'M4', label: 'fill', text: 'fill the header; msg_id is always 0' },
    { id: 'M5', label: 'payload', text: 'copy the payload behind the header' },
    {
      id: 'M6',
      label: 'send',
      text: 'hand it to the IPI layer, with the category as type',
      cost: 2,
    },
    { id: 'M7', label: 'free', text: 'free the message and report', cost: 18 },
  ],
  fused(x) {
    const { mem, D, f } = x;
    switch (x.step) {
      case 0: {
        const total = HEADER + D[f + LENGTH]!;
        if (total > MK_MAX_DATA_SIZE && total > x.roles.maxData) {
          x.logAt(TOO_LARGE, total, x.roles.maxData);
          return x.leave(0, -ERRNO.EMSGSIZE);
        }
        if (x.tick(0)) return;
      }
      // falls through
      case 1: {
        const msg = kmalloc(x, KIND_MESSAGE, HEADER + D[f + LENGTH]!, true);
        if (msg === 0) return x.leave(1, -ERRNO.ENOMEM);
        D[f + MESSAGE] = msg;
        if (x.tick(1)) return;
      }
      // falls through
      case 2: {
        const word = x.at(D[f + MESSAGE]!);
        mem.put(word + MSG_TYPE_, D[f + TYPE]!);
        mem.put(word + MSG_SUBTYPE_, D[f + SUBTYPE]!);
        mem.put(word + MSG_LENGTH_, D[f + LENGTH]!);
        if (x.tick(2)) return;
      }
      // falls through
      case 3: {
        const payload = D[f + PAYLOAD]!;
        const length = D[f + LENGTH]!;
        if (payload !== 0 && length > 0) mem.move(D[f + MESSAGE]! + PAYLOAD_AT, payload, length);
        if (x.tick(3)) return;
      }
      // falls through
      case 4: {
        x.pass(0, D[f + ID]!);
        x.pass(1, D[f + MESSAGE]!);
        x.pass(2, HEADER + D[f + LENGTH]!);
        x.pass(3, D[f + TYPE]!);
        if (x.calls(4, x.roles.sendIpiData, 4)) return;
      }
      // falls through
      default: {
        const ret = x.result;
        kfree(x, D[f + MESSAGE]!);
        if (ret < 0) x.logAt(SEND_FAILED, ret);
        else x.logAt(SENT, D[f + TYPE], D[f + SUBTYPE], D[f + LENGTH], D[f + ID]);
        x.leave(5, ret);
      }
    }
  },
});

const C_SLOT = 0;
const C_HANDLER = 1;
const C_TYPE = 3;
const C_SUBTYPE = 4;
const C_LENGTH = 5;
const C_PAYLOAD = 6;
const C_SERIAL = 7;

/**
 * mk_message_type_ipi_callback of v2 14/16, rows of facts 03 §3.2. Runs in irq_work on the live
 * slot: every row that reads it may see another message than the row before.
 */
export const messageCallback = fusedRoutine<KernelContext>({
  name: 'mk_message_type_ipi_callback',
  source: SOURCE,
  locals: ['data', 'ctx', 'work', 'msg_type', 'msg_subtype', 'payload_len', 'payload', 'serial'],
  steps: [
    { id: 'C1', label: 'handler', text: 'there must be a handler', cost: 1 },
    {
      id: 'C2',
      label: 'check.type',
      text: 'read type: it must be the registered one',
      cost: 3,
      local: false,
    },
    {
      id: 'C3',
      label: 'check.size',
      text: 'read data_size: at least a header',
      cost: 3,
      local: false,
    },
    {
      id: 'C4',
      label: 'check.length',
      text: 'read payload_len and data_size: the payload must fit',
      cost: 4,
      local: false,
    },
    {
      id: 'C5',
      label: 'read.header',
      text: 'read the header inside the buffer',
      cost: 5,
      local: false,
    },
    { id: 'C6', label: 'log', text: 'log what came', cost: 12 },
    {
      id: 'C7',
      label: 'call',
      text: 'call the message handler with a pointer into the slot',
      cost: 3,
    },
    { id: 'C8', label: 'return', text: 'return; the slot stays as it is', cost: 2 },
  ],
  fused(x) {
    const { mem, D, f } = x;
    switch (x.step) {
      case 0: {
        const handler = D[f + C_HANDLER]!;
        if (handler !== 0 && !isLive(x, handler)) x.hazard(HAZARD.useAfterFree, handler);
        if (handler === 0 || mem.M[x.at(handler) + MSG_HANDLER] === 0) {
          x.log('msg.no_handler');
          return x.leave(0);
        }
        if (x.tick(0)) return;
      }
      // falls through
      case 1: {
        const expected = mem.M[x.at(D[f + C_HANDLER]!) + MSG_TYPE]!;
        const got = mem.read32(D[f + C_SLOT]! + SLOT_TYPE);
        if (got !== expected) {
          x.log('msg.type_mismatch', expected >>> 0, got >>> 0);
          if (x.roles.filtersTypes) x.hazard(HAZARD.typeChanged, D[f + C_SLOT], got);
          return x.leave(1);
        }
        if (x.tick(1)) return;
      }
      // falls through
      case 2: {
        const size = mem.read64(D[f + C_SLOT]! + DATA_SIZE);
        if (size < HEADER) {
          x.log('msg.too_small', size);
          noteMisfit(x, D[f + C_SLOT]!, size);
          return x.leave(2);
        }
        if (x.tick(2)) return;
      }
      // falls through
      case 3:
        if (!lengthFits(x, D[f + C_SLOT]!)) return x.leave(3);
        if (x.tick(3)) return;
      // falls through
      case 4:
        readHeader(x, D[f + C_SLOT]! + BUFFER);
        if (D[f + C_TYPE] !== mem.M[x.at(D[f + C_HANDLER]!) + MSG_TYPE]! >>> 0) noteInner(x);
        if (x.tick(4)) return;
      // falls through
      case 5: {
        const sender = mem.peek32(D[f + C_SLOT]! + SENDER_CPU);
        x.logAt(RECEIVED, D[f + C_TYPE], D[f + C_SUBTYPE], D[f + C_LENGTH], sender);
        if (x.tick(5)) return;
      }
      // falls through
      case 6:
        if (callHandler(x, x.at(D[f + C_HANDLER]!))) return;
      // falls through
      default:
        x.leave(7);
    }
  },
});

/** C4. The subtraction is of size_t: a size that became 0 meanwhile wraps, and anything fits. */
function lengthFits(x: KernelContext, slot: number): boolean {
  const size = x.mem.read64(slot + DATA_SIZE);
  const length = x.mem.read32(slot + BUFFER + PAYLOAD_LEN) >>> 0;
  if (size < HEADER) x.hazard(HAZARD.doubleFetch, slot, size);
  if (size < HEADER || length <= size - HEADER) return true;
  x.log('msg.bad_payload_len', length, size - HEADER);
  noteMisfit(x, slot, length);
  return false;
}

/** C3 or C4 refuse the slot: it was right when it was sent, or never. */
function noteMisfit(x: KernelContext, slot: number, detail: number): void {
  const hasChanged = x.observer.isBeingFilled(slot);
  x.hazard(hasChanged ? HAZARD.doubleFetch : HAZARD.notAMessage, slot, detail);
}

/** C5 read another type than the message was routed by; a header of zeros is nobody's. */
function noteInner(x: KernelContext): void {
  const type = x.get(C_TYPE);
  if (type !== 0) x.hazard(HAZARD.innerTypeDiffers, x.get(C_SLOT), type | 0);
}

/** C5, with the observer's note of whose header it is. */
function readHeader(x: KernelContext, message: number): void {
  const { mem } = x;
  if (mem.listener !== null) mem.listener.access(false, message, HEADER);
  const word = mem.word(message);
  const length = mem.M[word + MSG_LENGTH_]! >>> 0;
  x.set(C_TYPE, mem.M[word + MSG_TYPE_]! >>> 0);
  x.set(C_SUBTYPE, mem.M[word + MSG_SUBTYPE_]! >>> 0);
  x.set(C_LENGTH, length);
  x.set(C_PAYLOAD, length > 0 ? message + PAYLOAD_AT : 0);
  x.set(C_SERIAL, mem.N[word >>> 2]!);
}

/** C7. True when the routine must return. */
function callHandler(x: KernelContext, handler: number): boolean {
  const to = messageHandlers[x.mem.M[handler + MSG_HANDLER]!];
  if (to === undefined) return x.tick(6);
  x.pass(0, x.get(C_TYPE));
  x.pass(1, x.get(C_SUBTYPE));
  x.pass(2, x.get(C_PAYLOAD));
  x.pass(3, x.get(C_LENGTH));
  x.pass(4, x.mem.get64(handler + CONTEXT));
  x.pass(5, x.get(C_SERIAL));
  return x.calls(6, to, 6);
}
