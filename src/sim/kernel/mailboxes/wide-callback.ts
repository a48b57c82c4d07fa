import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { messageHandlers } from '../message-handlers.ts';
import { MK_MESSAGE, MK_MSG_TYPE_HANDLER } from '../mk.layout.ts';
import { MK_IPI_DATA_N3 } from './ring.layout.ts';

const SLOT = MK_IPI_DATA_N3.at;
const MSG = MK_MESSAGE.at;
const HEADER = MK_MESSAGE.size;
const HANDLER = MK_MSG_TYPE_HANDLER.at;

const DATA = 0;
const CONTEXT = 1;
const TYPE = 2;
const SUBTYPE = 3;
const LENGTH = 4;
const PAYLOAD = 5;
const SERIAL = 6;

/**
 * mk_message_type_ipi_callback on the wide slots of ring-n3: the same checks at other offsets. It
 * still works on the live slot and still reads payload_len twice (hazard T11).
 */
export const wideMessageCallback = routine<KernelContext>({
  name: 'mk_message_type_ipi_callback (wide)',
  source: 'kernel/multikernel/messaging.c',
  locals: ['data', 'ctx', 'msg_type', 'msg_subtype', 'payload_len', 'payload', 'serial'],
  steps: [
    {
      id: 'C2',
      label: 'check.type',
      text: 'read type: it must be the registered one',
      local: false,
      run(x) {
        const expected = x.mem.peek32(x.get(CONTEXT) + HANDLER.msg_type);
        const got = x.mem.read32(x.get(DATA) + SLOT.type);
        if (got === expected) return;
        x.log('msg.type_mismatch', expected >>> 0, got >>> 0);
        x.ret();
      },
    },
    {
      id: 'C3',
      label: 'check.length',
      text: 'read data_size and payload_len: header and payload must fit',
      cost: 6,
      local: false,
      run(x) {
        const size = x.mem.read64(x.get(DATA) + SLOT.data_size);
        const length = x.mem.read32(x.get(DATA) + SLOT.buffer + MSG.payload_len) >>> 0;
        if (size >= HEADER && length <= size - HEADER) return;
        if (size < HEADER) x.log('msg.too_small', size);
        else x.log('msg.bad_payload_len', length, size - HEADER);
        x.hazard(HAZARD.notAMessage, x.get(DATA), size);
        x.ret();
      },
    },
    {
      id: 'C5',
      label: 'read.header',
      text: 'read the header inside the buffer',
      cost: 5,
      local: false,
      run(x) {
        const message = x.get(DATA) + SLOT.buffer;
        x.mem.listener?.access(false, message, HEADER);
        const length = x.mem.peek32(message + MSG.payload_len) >>> 0;
        x.set(TYPE, x.mem.peek32(message + MSG.msg_type) >>> 0);
        x.set(SUBTYPE, x.mem.peek32(message + MSG.msg_subtype) >>> 0);
        x.set(LENGTH, length);
        x.set(PAYLOAD, length > 0 ? message + MSG.payload : 0);
        x.set(SERIAL, x.mem.note(message));
      },
    },
    {
      id: 'C6',
      label: 'log',
      text: 'log what came',
      cost: 12,
      run(x) {
        const sender = x.mem.peek64(x.get(DATA) + SLOT.sender_cpu);
        x.log('msg.received', x.get(TYPE), x.get(SUBTYPE), x.get(LENGTH), sender);
      },
    },
    {
      id: 'C7',
      label: 'call',
      text: 'call the message handler with a pointer into the slot',
      run(x) {
        const to = messageHandlers[x.mem.peek64(x.get(CONTEXT) + HANDLER.msg_handler)];
        const context = x.mem.peek64(x.get(CONTEXT) + HANDLER.context);
        const [type, subtype, payload] = [x.get(TYPE), x.get(SUBTYPE), x.get(PAYLOAD)];
        if (to) x.call(to, type, subtype, payload, x.get(LENGTH), context, x.get(SERIAL));
      },
    },
    {
      id: 'C8',
      label: 'return',
      text: 'return',
      run(x) {
        x.ret();
      },
    },
  ],
});
