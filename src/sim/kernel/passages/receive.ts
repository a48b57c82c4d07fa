import { CPU } from '../../machine/cpu.layout.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import { costOf } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { isLive } from '../heap.ts';
import { interruptEntry } from '../ipi.ts';
import { irqWorkEntry, MESSAGE_CALLBACK } from '../irq-work.ts';
import { K } from '../kernel.layout.ts';
import { logEventNumber } from '../log-events.ts';
import { listenHandler, MESSAGE_HANDLER } from '../message-handlers.ts';
import { messageCallback } from '../messaging.ts';
import {
  IRQ_WORK,
  IRQ_WORK_BUSY,
  IRQ_WORK_PENDING,
  IRQ_WORK_VECTOR,
  MK_IPI_DATA,
  MK_IPI_HANDLER,
  MK_MAX_DATA_SIZE,
  MK_MESSAGE,
  MK_MSG_TYPE_HANDLER,
  MULTIKERNEL_VECTOR,
} from '../mk.layout.ts';
import { isOwnData } from './own-data.ts';
import { PASSAGE } from './known.ts';

const {
  depth: DEPTH,
  logical: LOGICAL,
  pending: PENDING,
  serving: SERVING,
  irr: IRR,
  icrLow: ICR_LOW,
  icrHigh: ICR_HIGH,
  countCall: COUNT_CALL,
  countIrqWork: COUNT_IRQ_WORK,
} = CPU;
const HEADER = MK_MESSAGE.size;
const SLOT_BYTES = MK_IPI_DATA.size;
/** Offsets in words. */
const SENDER_CPU = MK_IPI_DATA.at.sender_cpu / 4;
const SLOT_TYPE = MK_IPI_DATA.at.type / 4;
const DATA_SIZE = MK_IPI_DATA.at.data_size / 4;
const BUFFER = MK_IPI_DATA.at.buffer / 4;
const LENGTH = BUFFER + MK_MESSAGE.at.payload_len / 4;
const PAYLOAD = BUFFER + MK_MESSAGE.at.payload / 4;
const THIS_AREA = K.mk_this_kernel_ipi_data / 4;
const HANDLERS = K.mk_handlers / 4;
const LISTS = K.irq_work_list / 4;
const HANDLED = K.handled / 4;
const LOG_COUNT = K.log_count / 4;
const IPI_TYPE = MK_IPI_HANDLER.at.ipi_type / 4;
const CALLBACK = MK_IPI_HANDLER.at.callback / 4;
const CONTEXT = MK_IPI_HANDLER.at.context / 4;
const SAVED_DATA = MK_IPI_HANDLER.at.saved_data / 4;
const NEXT_HANDLER = MK_IPI_HANDLER.at.next / 4;
const FLAGS = (MK_IPI_HANDLER.at.work + IRQ_WORK.at.flags) / 4;
const NEXT_WORK = (MK_IPI_HANDLER.at.work + IRQ_WORK.at.llist) / 4;
const MSG_TYPE = MK_MSG_TYPE_HANDLER.at.msg_type / 4;
const MSG_HANDLER = MK_MSG_TYPE_HANDLER.at.msg_handler / 4;
const LOG_INTERRUPT = logEventNumber('ipi.received');
const LOG_MESSAGE = logEventNumber('msg.received');
/** Where vector 0xea is in a 256-bit set. */
const VECTOR_WORD = MULTIKERNEL_VECTOR >>> 5;
const VECTOR_BIT = 1 << (MULTIKERNEL_VECTOR & 31);

/** When steps begin, in ns from the first of them on, the two acceptances left out. */
const AT_HEADER = costOf(interruptEntry, 'R5');
const AT_LOG = costOf(interruptEntry) + costOf(irqWorkEntry, 'W3') + costOf(messageCallback, 'C6');
/** W1 comes twice: the second time it finds the end of the list. */
const COST =
  costOf(interruptEntry) +
  costOf(irqWorkEntry) +
  (costOf(irqWorkEntry, 'W2') - costOf(irqWorkEntry, 'W1')) +
  costOf(messageCallback) +
  costOf(listenHandler);
const STEPS =
  1 +
  interruptEntry.steps.length +
  1 +
  (irqWorkEntry.steps.length + 1) +
  messageCallback.steps.length +
  listenHandler.steps.length;

/**
 * From the acceptance of 0xea to the end of 0xf6: an idle CPU handles a message it has no trouble
 * with, on a kernel that has one handler for IPIs, and that one for this message.
 */
export function receivePassage(x: KernelContext, _f: number, now: number): number {
  const { H, h, mem, machine, observer } = x;
  const { take } = machine.timing;
  const cost = COST + 2 * take;
  if (x.left <= STEPS || now + cost > x.limit || !isAlone(x)) return 0;
  const address = mem.get64(x.kw + THIS_AREA) + SLOT_BYTES * x.physical;
  const slot = slotWith(x, address);
  if (slot < 0) return 0;
  const { M } = mem;
  const type = M[slot + SLOT_TYPE]!;
  const handlerAt = mem.get64(x.kw + HANDLERS);
  const handler = handlerFor(x, handlerAt, type);
  const serial = mem.N[(slot + BUFFER) >>> 2]!;
  if (handler < 0 || !observer.arrives(serial)) return 0;

  const subtype = M[slot + BUFFER + 1]!;
  const length = M[slot + LENGTH]!;
  const sender = M[slot + SENDER_CPU]!;
  const log = M[x.kw + LOG_COUNT]!;
  H[h + IRR + VECTOR_WORD] = 0;
  H[h + PENDING] = 0;
  H[h + COUNT_CALL]!++;
  x.logWhen(now + take + AT_HEADER, LOG_INTERRUPT, x.logical, x.physical, sender, type);
  mem.put64(handler + SAVED_DATA, address);
  mem.put64(handler + NEXT_WORK, 0);
  mem.put(handler + FLAGS, M[handler + FLAGS]! & ~(IRQ_WORK_PENDING | IRQ_WORK_BUSY));
  machine.flightSerial++;
  H[h + ICR_HIGH] = x.physical;
  H[h + ICR_LOW] = (DeliveryMode.fixed << 8) | IRQ_WORK_VECTOR;
  H[h + COUNT_IRQ_WORK]!++;
  x.logWhen(now + 2 * take + AT_LOG, LOG_MESSAGE, type, subtype, length, sender);
  mem.put(x.kw + HANDLED, M[x.kw + HANDLED]! + 1);
  const { whole } = x;
  if (whole !== null) {
    const { flightSerial } = machine;
    const rows = length === 0 ? PASSAGE.receiveEmpty : PASSAGE.receive;
    // prettier-ignore
    whole.passage(rows, now, x.cpu, address, handlerAt, serial, flightSerial, log, length, x.physical, type, subtype, x.kernel);
  }
  x.left -= STEPS;
  return cost;
}

/** Whether 0xea is all there is to do on this CPU, which is in a kernel that has handled messages before. */
function isAlone(x: KernelContext): boolean {
  const { H, h, mem } = x;
  const { M } = mem;
  const list = x.kw + LISTS + 2 * H[h + LOGICAL]!;
  return (
    !x.machine.instant &&
    H[h + DEPTH] === 0 &&
    H[h + PENDING] === 1 << VECTOR_WORD &&
    H[h + IRR + VECTOR_WORD] === VECTOR_BIT &&
    H[h + SERVING] === 0 &&
    mem.get64(x.kw + THIS_AREA) !== 0 &&
    x.physical < x.sys.settings.nrCpus &&
    M[x.kw + HANDLED] !== 0 &&
    M[list] === 0 &&
    M[list + 1] === 0
  );
}

/** R4, C3 to C5: the word of a slot in which one whole message lies; -1 for any other. */
function slotWith(x: KernelContext, address: number): number {
  const { mem } = x;
  const slot = mem.solid(address, SLOT_BYTES);
  if (slot < 0 || isOwnData(x, address)) return -1;
  const { M, N } = mem;
  const size = M[slot + DATA_SIZE]!;
  const type = M[slot + SLOT_TYPE]!;
  const length = M[slot + LENGTH]!;
  const serial = N[(slot + BUFFER) >>> 2]!;
  const fits =
    M[slot + DATA_SIZE + 1] === 0 &&
    size >= HEADER &&
    size <= MK_MAX_DATA_SIZE &&
    length >= 0 &&
    length <= size - HEADER;
  const isOne = serial !== 0 && (length === 0 || N[(slot + PAYLOAD) >>> 2] === serial);
  // Numbers with the highest bit set are negative here, and not in a log.
  const isPlain = type > 0 && M[slot + BUFFER] === type && M[slot + BUFFER + 1]! >= 0;
  return fits && isOne && isPlain ? slot : -1;
}

/** R7, W2, C1, C2, C7: the word of the only handler, which calls `mk listen` for this type; else -1. */
function handlerFor(x: KernelContext, address: number, type: number): number {
  const { mem } = x;
  const { M } = mem;
  if (address === 0 || !isLive(x, address)) return -1;
  const handler = x.at(address);
  const contextAt = mem.get64(handler + CONTEXT);
  if (contextAt === 0 || !isLive(x, contextAt)) return -1;
  const context = x.at(contextAt);
  const isFor =
    M[handler + IPI_TYPE] === type &&
    (M[handler + FLAGS]! & IRQ_WORK_PENDING) === 0 &&
    M[handler + NEXT_HANDLER] === 0 &&
    M[handler + NEXT_HANDLER + 1] === 0 &&
    M[handler + CALLBACK] === MESSAGE_CALLBACK &&
    M[context + MSG_TYPE] === type &&
    M[context + MSG_HANDLER] === MESSAGE_HANDLER.listen;
  return isFor ? handler : -1;
}
