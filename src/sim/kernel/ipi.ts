import { ERRNO } from '../base/errno.ts';
import { ROW } from '../base/record.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { DeliveryMode } from '../machine/lapic.regs.ts';
import { fusedRoutine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { firstCpu, hasMask, instanceGet } from './instance-table.ts';
import { areaOf } from './ipi-area.ts';
import { irqWorkQueue } from './irq-work.ts';
import { noteMissingArea, noteNoArea, noteNoData, noteRing, noteSlot } from './ipi-hazards.ts';
import { K } from './kernel.layout.ts';
import { logEventNumber } from './log-events.ts';
import { MK_IPI_DATA, MK_IPI_HANDLER, MK_MAX_DATA_SIZE, MULTIKERNEL_VECTOR } from './mk.layout.ts';

const { countCall: COUNT_CALL, mode: MODE_ } = CPU;
const U32_MAX = 0xffff_ffff;

const SOURCE = 'kernel/multikernel/ipi.c';
/** A slot, and its fields: constants of their own, as a table's field is looked up at every use. */
const SLOT_BYTES = MK_IPI_DATA.size;
const {
  sender_cpu: SENDER_CPU,
  type: SLOT_TYPE,
  data_size: DATA_SIZE,
  buffer: BUFFER,
} = MK_IPI_DATA.at;
/** Offsets in words, for what only this kernel sees. */
const IPI_TYPE = MK_IPI_HANDLER.at.ipi_type / 4;
const SAVED_DATA = MK_IPI_HANDLER.at.saved_data / 4;
const NEXT = MK_IPI_HANDLER.at.next / 4;
const MUTEX = K.mk_instance_mutex / 4;
const CPU_IDS = K.nr_cpu_ids / 4;
const APIC_IDS = K.cpu_to_apicid / 4;
const THIS_AREA = K.mk_this_kernel_ipi_data / 4;
const HANDLERS = K.mk_handlers / 4;
const SENT = K.sent / 4;
const NO_AREA = logEventNumber('ipi.no_shared_memory');
const NO_DATA = logEventNumber('ipi.no_valid_data');
const RECEIVED = logEventNumber('ipi.received');

const ID = 0;
const DATA = 1;
const SIZE = 2;
const TYPE = 3;
const INSTANCE = 4;
const TARGET = 5;
const SLOT_ = 6;
const SERIAL = 7;

/**
 * multikernel_send_ipi_data of v2 13/16, row by row as in facts 02 §3.6. Returns 0 once the slot is
 * written and the interrupt is out, -EINVAL for an unknown id or more than 256 bytes, -ENODEV for an
 * instance without an area. No path gives the reference of S1 back.
 */
export const sendIpiData = fusedRoutine<KernelContext>({
  name: 'multikernel_send_ipi_data',
  source: SOURCE,
  buffered: true,
  locals: ['id', 'data', 'size', 'type', 'instance', 'cpu', 'slot', 'serial'],
  steps: [
    {
      id: 'S1',
      label: 'find',
      text: 'find the instance under its mutex and take a reference',
      lock: 'mk_instance_mutex',
      cost: 22,
    },
    { id: 'S2', label: 'size', text: 'refuse more than 256 bytes', cost: 1 },
    {
      id: 'S3',
      label: 'target',
      text: 'the target is the first CPU of the instance, by host number',
    },
    { id: 'S4', label: 'area', text: 'look up the shared area of the instance', cost: 10 },
    {
      id: 'S5',
      label: 'slot',
      text: 'the slot has the number of that CPU; nobody checks it',
      cost: 1,
    },
    { id: 'S6', label: 'slot.clear', text: 'clear the slot: 272 bytes', cost: 14, local: false },
    { id: 'S7', label: 'slot.size', text: 'write data_size', cost: 2, local: false },
    {
      id: 'S8',
      label: 'slot.sender',
      text: 'write sender_cpu, the APIC id of this CPU',
      cost: 3,
      local: false,
    },
    { id: 'S9', label: 'slot.type', text: 'write type, cut to 32 bits', cost: 2, local: false },
    { id: 'S10', label: 'slot.data', text: 'copy the data into the buffer', cost: 8, local: false },
    {
      id: 'S11',
      label: 'icr',
      text: 'write the ICR: vector 0xea to that CPU',
      cost: 40,
      local: false,
    },
    { id: 'S12', label: 'sent', text: 'return 0; whether anyone listens is not known', cost: 2 },
  ],
  fused(x) {
    const { mem, D, f } = x;
    switch (x.step) {
      case 0: {
        if (!mayTakeMutex(x)) return;
        const instance = instanceGet(x, D[f + ID]!);
        if (instance === 0) {
          if (x.kernel > 0 && !x.roles.spawnedReady) x.hazard(HAZARD.muteKernel, 0, D[f + ID]);
          return x.leave(0, -ERRNO.EINVAL);
        }
        D[f + INSTANCE] = instance;
        if (x.tick(0)) return;
      }
      // falls through
      case 1:
        if (D[f + SIZE]! > MK_MAX_DATA_SIZE) return x.leave(1, -ERRNO.EINVAL);
        if (x.tick(1)) return;
      // falls through
      case 2:
        if (!hasMask(x, D[f + INSTANCE]!)) {
          // Model: the oops kills the task; the reference stays.
          x.hazard(HAZARD.nullMask, 0, D[f + ID]);
          return x.leave(2, -ERRNO.EFAULT);
        }
        D[f + TARGET] = firstCpu(x, D[f + INSTANCE]!);
        if (x.tick(2)) return;
      // falls through
      case 3: {
        const area = areaOf(x, D[f + ID]!);
        if (area === 0) {
          x.logAt(NO_AREA, D[f + ID]);
          noteMissingArea(x, D[f + ID]!);
          return x.leave(3, -ERRNO.ENODEV);
        }
        D[f + SLOT_] = area;
        if (x.tick(3)) return;
      }
      // falls through
      case 4: {
        const cpu = D[f + TARGET]!;
        D[f + SLOT_] = D[f + SLOT_]! + SLOT_BYTES * cpu;
        if (cpu >= x.sys.settings.nrCpus) x.hazard(HAZARD.slotPastArea, D[f + SLOT_], cpu);
        if (x.tick(4)) return;
      }
      // falls through
      case 5:
        clearSlot(x, D[f + SLOT_]!);
        if (x.tick(5)) return;
      // falls through
      case 6:
        mem.write64(D[f + SLOT_]! + DATA_SIZE, D[f + SIZE]!);
        if (x.tick(6)) return;
      // falls through
      case 7:
        mem.write32(D[f + SLOT_]! + SENDER_CPU, x.physical);
        if (x.tick(7)) return;
      // falls through
      case 8:
        mem.write32(D[f + SLOT_]! + SLOT_TYPE, D[f + TYPE]!);
        if (D[f + TYPE]! > U32_MAX) x.hazard(HAZARD.typeTruncated, D[f + SLOT_], D[f + TYPE]! | 0);
        if (x.tick(8)) return;
      // falls through
      case 9:
        fillBuffer(x, D[f + SLOT_]! + BUFFER, D[f + DATA]!, D[f + SIZE]!);
        if (x.tick(9)) return;
      // falls through
      case 10:
        // The x2APIC driver fences before it writes the ICR.
        mem.fence();
        ring(x, D[f + TARGET]!);
        if (x.tick(10)) return;
      // falls through
      default:
        x.leave(11);
    }
  },
});

/** S6, and the observer's: from here on the slot holds nothing of the message before. */
export function clearSlot(x: KernelContext, slot: number): void {
  x.mem.fill(slot, 0, SLOT_BYTES);
  noteSlot(x, slot, x.mem.note(slot + BUFFER));
  x.mem.sign(slot + BUFFER, 0, 0);
  x.set(SERIAL, x.observer.begin(x.now, x.cpu, x.kernel, x.get(ID), slot));
}

/** S10, and the observer's: header and payload in the buffer are this message's. */
export function fillBuffer(x: KernelContext, buffer: number, data: number, size: number): void {
  if (data === 0 || size === 0) return;
  x.mem.copy(buffer, data, size);
  x.mem.sign(buffer, x.get(SERIAL), x.get(SERIAL));
}

/** S11: `__apic_send_IPI` with a logical CPU of the sending kernel. */
export function ring(x: KernelContext, cpu: number): void {
  const { M } = x.mem;
  const data = x.get(DATA);
  const word = data === 0 ? 0 : x.at(data);
  const subtype = data === 0 ? 0 : M[word + 1]!;
  const serial = x.get(SERIAL);
  x.observer.sent(serial, x.get(TYPE) | 0, subtype, x.get(SIZE), word);
  x.mem.put(x.kw + SENT, M[x.kw + SENT]! + 1);
  if (x.recorder !== null) x.row(ROW.sent, x.get(SLOT_), x.get(TYPE), subtype, serial);
  const isCpu = cpu < M[x.kw + CPU_IDS]!;
  const apic = isCpu ? M[x.kw + APIC_IDS + cpu]! : -1;
  x.sendIpi(apic, DeliveryMode.fixed, MULTIKERNEL_VECTOR);
  if (!isCpu) x.hazard(HAZARD.ipiToInvalidCpu, 0, cpu);
  noteRing(x, x.get(ID), x.get(SLOT_), cpu, apic, x.get(SIZE));
}

/**
 * S1 takes a mutex, which sleeps if it must: no interrupt may. True when the mutex is free; a CPU
 * that waits for itself never gets it.
 */
function mayTakeMutex(x: KernelContext): boolean {
  x.mem.fence();
  const mode = x.H[x.h + MODE_]!;
  const isInterrupt = mode === MODE.irqWork || mode === MODE.interrupt;
  if (isInterrupt) x.hazard(HAZARD.sleepsInInterrupt, 0, x.get(ID));
  const holder = x.mem.M[x.kw + MUTEX]!;
  if (holder === 0) return true;
  x.again(0);
  if (isInterrupt && holder === x.cpu + 1) {
    x.hazard(HAZARD.hang, 0, x.get(ID));
    x.setMode(MODE.hung);
  }
  return false;
}

const R_SLOT = 0;
const R_NEXT = 1;
const R_MATCHED = 2;

/**
 * multikernel_interrupt_handler of v2 13/16 with the entry of 04/16 in front: EOI, the CAL counter,
 * then rows R1 to R8 of facts 02 §3.7.
 */
export const interruptEntry = fusedRoutine<KernelContext>({
  name: 'multikernel_interrupt_handler',
  source: SOURCE,
  locals: ['slot', 'handler', 'matched'],
  steps: [
    { id: 'eoi', text: 'write EOI: from here on 0xea can be pending again', cost: 12 },
    {
      id: 'R2',
      label: 'area',
      text: 'without a receive area there is nothing to do and nothing to say',
    },
    {
      id: 'R3',
      label: 'slot',
      text: 'the slot has the number of this APIC; nobody checks it',
      cost: 2,
    },
    {
      id: 'R4',
      label: 'read.size',
      text: 'read data_size: 0 or more than 256 means no message',
      cost: 4,
      local: false,
    },
    {
      id: 'R5',
      label: 'read.header',
      text: 'read sender_cpu and type, and log them',
      cost: 30,
      local: false,
    },
    { id: 'R6', label: 'lock', text: 'take the lock of the handler list', cost: 4 },
    {
      id: 'R7',
      label: 'match',
      text: 'read type again; a handler of that type gets its irq_work queued',
      cost: 6,
      local: false,
    },
    {
      id: 'R8',
      label: 'unlock',
      text: 'release the lock and return; the slot stays as it is',
      cost: 6,
    },
  ],
  fused(x) {
    const { mem, D, f } = x;
    switch (x.step) {
      case 0:
        x.eoi();
        x.H[x.h + COUNT_CALL]!++;
        if (x.tick(0)) return;
      // falls through
      case 1: {
        const area = mem.get64(x.kw + THIS_AREA);
        if (area === 0) {
          noteNoArea(x);
          return x.leave(1);
        }
        D[f + R_SLOT] = area;
        if (x.tick(1)) return;
      }
      // falls through
      case 2: {
        const apic = x.physical;
        D[f + R_SLOT] = D[f + R_SLOT]! + SLOT_BYTES * apic;
        if (apic >= x.sys.settings.nrCpus)
          x.hazard(HAZARD.slotIndexOutOfRange, D[f + R_SLOT], apic);
        if (x.tick(2)) return;
      }
      // falls through
      case 3: {
        const size = mem.read64(D[f + R_SLOT]! + DATA_SIZE);
        if (size === 0 || size > MK_MAX_DATA_SIZE) {
          x.logAt(NO_DATA, x.logical);
          noteNoData(x, D[f + R_SLOT]!, size);
          return x.leave(3);
        }
        if (x.tick(3)) return;
      }
      // falls through
      case 4: {
        const slot = D[f + R_SLOT]!;
        const sender = mem.read32(slot + SENDER_CPU);
        x.logAt(RECEIVED, x.logical, x.physical, sender, mem.read32(slot + SLOT_TYPE) >>> 0);
        if (x.tick(4)) return;
      }
      // falls through
      case 5: {
        const first = mem.get64(x.kw + HANDLERS);
        D[f + R_NEXT] = first;
        D[f + R_MATCHED] = 0;
        if (x.tick(5)) return;
      }
      // falls through
      case 6:
        while (D[f + R_NEXT] !== 0) {
          match(x, D[f + R_SLOT]!, D[f + R_NEXT]!);
          if (D[f + R_NEXT] === 0 ? x.tick(6) : x.again(6)) return;
        }
      // falls through
      default:
        if (D[f + R_MATCHED] === 0) x.hazard(HAZARD.nobodyListens, D[f + R_SLOT]);
        x.leave(7);
    }
  },
});

/** R7 for one handler: compares, queues, moves on to the next. */
function match(x: KernelContext, slot: number, handler: number): void {
  const { mem } = x;
  const word = x.at(handler);
  if (mem.M[word + IPI_TYPE] === mem.read32(slot + SLOT_TYPE)) {
    x.set(R_MATCHED, 1);
    const fresh = irqWorkQueue(x, handler);
    if (!fresh) {
      const isOther = mem.get64(word + SAVED_DATA) !== slot;
      x.hazard(isOther ? HAZARD.savedPointerReplaced : HAZARD.workPending, slot, handler);
    }
    mem.put64(word + SAVED_DATA, slot);
  }
  x.set(R_NEXT, mem.get64(word + NEXT));
}
