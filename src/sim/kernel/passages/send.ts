import { sendOff } from '../../machine/bus.ts';
import { CPU, localsAt, MODE } from '../../machine/cpu.layout.ts';
import { costOf } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { heapKind, usedForAMoment, wordForAMoment } from '../heap.ts';
import { firstCpu, idrFind } from '../instance-table.ts';
import { areaOf } from '../ipi-area.ts';
import { sendIpiData } from '../ipi.ts';
import { K } from '../kernel.layout.ts';
import { logEventNumber } from '../log-events.ts';
import { sendMessage } from '../messaging.ts';
import {
  MK_INSTANCE,
  MK_IPI_DATA,
  MK_MAX_DATA_SIZE,
  MK_MESSAGE,
  MULTIKERNEL_VECTOR,
} from '../mk.layout.ts';
import { isOwnData } from './own-data.ts';
import { PASSAGE } from './known.ts';

const { mode: MODE_ } = CPU;
const HEADER = MK_MESSAGE.size;
const SLOT_BYTES = MK_IPI_DATA.size;
/** Offsets in words. */
const HEADER_WORDS = HEADER / 4;
const LENGTH_IN_MESSAGE = MK_MESSAGE.at.payload_len / 4;
const PAYLOAD_IN_MESSAGE = MK_MESSAGE.at.payload / 4;
const SLOT_WORDS = SLOT_BYTES / 4;
const SENDER_CPU = MK_IPI_DATA.at.sender_cpu / 4;
const SLOT_TYPE = MK_IPI_DATA.at.type / 4;
const DATA_SIZE = MK_IPI_DATA.at.data_size / 4;
const BUFFER = MK_IPI_DATA.at.buffer / 4;
const REFCOUNT = MK_INSTANCE.at.refcount / 4;
const MUTEX = K.mk_instance_mutex / 4;
const CPU_IDS = K.nr_cpu_ids / 4;
const APIC_IDS = K.cpu_to_apicid / 4;
const SENT = K.sent / 4;
const LOG_COUNT = K.log_count / 4;
const LOG_SENT = logEventNumber('msg.sent');
const KIND_MESSAGE = heapKind('mk_message');

/** Locals of mk_send_message. */
const ID = 0;
const TYPE = 1;
const SUBTYPE = 2;
const PAYLOAD = 3;
const LENGTH = 4;

/** When steps begin, in ns from the first one on, and when all is over. */
const AT_CALL = costOf(sendMessage, 'M7');
const AT_CLEAR = AT_CALL + costOf(sendIpiData, 'S6');
const AT_RING = AT_CALL + costOf(sendIpiData, 'S11');
const AT_FREE = AT_CALL + costOf(sendIpiData);
const COST = AT_FREE + costOf(sendMessage) - AT_CALL;
const STEPS = sendMessage.steps.length + sendIpiData.steps.length;

/**
 * M2 to M7 with S1 to S12: a task sends a message to another CPU that has no trouble with it. `f` is
 * where the locals of mk_send_message begin in `D`.
 */
export function sendPassage(x: KernelContext, f: number, now: number): number {
  if (x.left <= STEPS || now + COST > x.limit || !isPlain(x, f)) return 0;
  const { D, mem, machine, observer } = x;
  const id = D[f + ID]! | 0;
  const instance = idrFind(x, id);
  if (instance === 0) return 0;
  const cpu = firstCpu(x, instance) | 0;
  const target = targetOf(x, cpu);
  const area = areaOf(x, id);
  if (target < 0 || area === 0) return 0;
  const address = area + SLOT_BYTES * cpu;
  const slot = slotFor(x, address);
  if (slot < 0) return 0;
  const message = messageOf(x, f);
  if (message < 0) return 0;

  const { M } = mem;
  const length = D[f + LENGTH]! | 0;
  const type = D[f + TYPE]! | 0;
  const subtype = D[f + SUBTYPE]! | 0;
  const size = HEADER + length;
  const references = x.at(instance) + REFCOUNT;
  mem.put(references, M[references]! + 1);
  const serial = observer.begin(now + AT_CLEAR, x.cpu, x.kernel, id, address);
  M[slot + SENDER_CPU] = x.physical;
  M[slot + SLOT_TYPE] = type;
  M[slot + DATA_SIZE] = size;
  M[slot + DATA_SIZE + 1] = 0;
  fillBuffer(x, slot + BUFFER, message, size >>> 2);
  M[slot + BUFFER] = type;
  M[slot + BUFFER + 1] = subtype;
  mem.N[(slot + BUFFER) >>> 2] = serial;
  mem.N[((slot + BUFFER) >>> 2) + 1] = serial;
  mem.dirty[slot >>> 10] = 1;
  mem.dirty[(slot + SLOT_WORDS - 1) >>> 10] = 1;
  observer.sent(serial, type, subtype, size, message);
  mem.put(x.kw + SENT, M[x.kw + SENT]! + 1);
  const arrival = sendOff(machine, now + AT_RING, x.cpu, target, MULTIKERNEL_VECTOR);
  const log = M[x.kw + LOG_COUNT]!;
  x.logWhen(now + AT_FREE, LOG_SENT, type, subtype, length, id);
  const { whole } = x;
  if (whole !== null) {
    const { flightSerial } = machine;
    const { send } = PASSAGE;
    // prettier-ignore
    whole.passage(send, now, x.cpu, address, arrival, serial, flightSerial, log, size, M[x.kw + APIC_IDS + cpu]!, type, subtype, x.kernel);
  }
  x.left -= STEPS;
  return COST;
}

/** Whether the call is one that no check refuses, from code that may wait for the mutex, which is free. */
function isPlain(x: KernelContext, f: number): boolean {
  const { D, H, mem, machine } = x;
  const id = D[f + ID]!;
  const type = D[f + TYPE]!;
  const subtype = D[f + SUBTYPE]!;
  const length = D[f + LENGTH]!;
  return (
    x.roles.sendIpiData === sendIpiData &&
    // The rows say how deep the stack is.
    f === localsAt(x.cpu, 1) &&
    H[x.h + MODE_] === MODE.task &&
    mem.M[x.kw + MUTEX] === 0 &&
    // The interrupt is on its way until the message is freed.
    !machine.instant &&
    machine.timing.ipi > COST - AT_RING &&
    id === (id | 0) &&
    type === (type | 0) &&
    subtype === (subtype | 0) &&
    length >= 0 &&
    length <= MK_MAX_DATA_SIZE - HEADER &&
    (length & 3) === 0
  );
}

/**
 * S3 and S11: the CPU of the machine that a number of the sender's stands for; -1 where that is none,
 * the sender itself, or one that shares its number with another.
 */
function targetOf(x: KernelContext, cpu: number): number {
  const { M } = x.mem;
  if (cpu >= M[x.kw + CPU_IDS]! || M[x.kw + APIC_IDS + cpu] !== cpu) return -1;
  if (x.observer.hazardCount(HAZARD.cpuTakenTwice) > 0) return -1;
  const target = x.machine.cpuOfApic[cpu] ?? -1;
  return target === x.cpu ? -1 : target;
}

/** S6: the word where a slot begins whose last message was handled; -1 for any other. */
function slotFor(x: KernelContext, address: number): number {
  const slot = x.mem.solid(address, SLOT_BYTES);
  if (slot < 0 || (slot & 1) !== 0 || isOwnData(x, address)) return -1;
  const last = x.mem.N[(slot + BUFFER) >>> 2]!;
  return last !== 0 && x.observer.isWhole(last) ? slot : -1;
}

/** M3 to M5, and M7: the word where the message lies, which is free again; -1 without such a place. */
function messageOf(x: KernelContext, f: number): number {
  const { D, mem } = x;
  const payload = D[f + PAYLOAD]!;
  const length = D[f + LENGTH]! | 0;
  const size = HEADER + length;
  const words = ((size + 7) >>> 3) << 1;
  const count = payload === 0 ? 0 : length >>> 2;
  const from = count === 0 ? 0 : mem.solid(payload, length);
  const message = wordForAMoment(x, size);
  if (from < 0 || message < 0) return -1;
  // A payload may lie anywhere: among the counters of the heap, in memory that was freed.
  if (count > 0 && payload >= x.k && payload < x.k + K.heap) return -1;
  if (count > 0 && from < message + words && from + count > message) return -1;
  usedForAMoment(x, message, KIND_MESSAGE, size);
  // The first two words link the free objects of a class: before, and again after.
  const { M } = mem;
  mem.clear((message + 2) >>> 1, (message + words) >>> 1);
  M[message + LENGTH_IN_MESSAGE] = length;
  for (let i = 0; i < count; i++) M[message + PAYLOAD_IN_MESSAGE + i] = M[from + i]!;
  return message;
}

/** S6 and S10, but for the two words of the message that are its link by now. */
function fillBuffer(x: KernelContext, buffer: number, message: number, words: number): void {
  const { mem } = x;
  const { M } = mem;
  mem.clear((buffer + HEADER_WORDS) >>> 1, (buffer - BUFFER + SLOT_WORDS) >>> 1);
  for (let i = 2; i < words; i++) M[buffer + i] = M[message + i]!;
}
