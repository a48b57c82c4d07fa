import { ERRNO } from '../../base/errno.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { noteSlot } from '../ipi-hazards.ts';
import { irqWorkQueue } from '../irq-work.ts';
import { K } from '../kernel.layout.ts';
import { MK_IPI_DATA, MK_IPI_HANDLER, MK_MAX_DATA_SIZE, MULTIKERNEL_VECTOR } from '../mk.layout.ts';
import { fillSlot } from './fill.ts';
import {
  drainMax,
  findInstance,
  firstApic,
  hostRing,
  imageRing,
  isEmpty,
  knowSelf,
  noteClaim,
  noteDangling,
  noteSent,
  noteTail,
  ringOf,
  setRing,
} from './ring-shared.ts';
import { RING, RING_N1_BYTES } from './ring.layout.ts';

/** The first ring that came after v2 (specification, mailboxes §3): 64 slots, claimed by the head. */
const SOURCE = 'kernel/multikernel/ipi.c (ring, first)';
const SLOT = MK_IPI_DATA.at;
const HANDLER = MK_IPI_HANDLER.at;
const slotAt = (ring: number, index: number): number =>
  ring + RING.entries + MK_IPI_DATA.size * index;
const next = (x: KernelContext, index: number): number => (index + 1) % x.sys.settings.ringSlots;

const ID = 0;
const DATA = 1;
const SIZE = 2;
const TYPE = 3;
const INSTANCE = 4;
const RING_ = 5;
const HEAD = 6;
const TAIL = 7;
const SLOT_ = 8;
const SERIAL = 9;
const DEST = 10;

/** multikernel_send_ipi_data, rows P1 to P13. -ENOSPC when the ring is full, or looks it. */
export const sendN1 = routine<KernelContext>({
  name: 'multikernel_send_ipi_data (ring-n1)',
  source: SOURCE,
  buffered: true,
  locals: [
    ...['id', 'data', 'size', 'type', 'instance', 'ring', 'head', 'tail', 'slot', 'serial', 'dest'],
  ],
  steps: [
    {
      id: 'P1',
      label: 'find',
      text: 'find the instance under its mutex and take a reference',
      cost: 22,
      run(x) {
        const instance = findInstance(x, x.get(ID));
        if (instance < 0) return;
        if (instance === 0) return x.ret(-ERRNO.EINVAL);
        x.set(INSTANCE, instance);
      },
    },
    {
      id: 'P2',
      label: 'size',
      text: 'refuse more than 256 bytes; the reference stays',
      cost: 1,
      run(x) {
        if (x.get(SIZE) > MK_MAX_DATA_SIZE) x.ret(-ERRNO.EINVAL);
      },
    },
    {
      id: 'P3',
      label: 'ring',
      text: 'the first send remembers the ring of the image',
      cost: 8,
      local: false,
      run(x) {
        const known = ringOf(x, x.get(ID));
        x.set(RING_, known);
        const ring = known === 0 ? imageRing(x, x.get(INSTANCE)) : 0;
        if (ring === 0) {
          x.gotoStep('P4');
          return;
        }
        setRing(x, x.get(ID), ring);
        x.set(RING_, ring);
      },
    },
    {
      id: 'P3b',
      label: 'ring.clear',
      text: 'and clears it: others may have used it in between',
      cost: 900,
      local: false,
      run(x) {
        const ring = x.get(RING_);
        if (!isEmpty(x, ring)) x.hazard(HAZARD.ringCleared, ring);
        x.mem.fill(ring, 0, RING_N1_BYTES);
        x.log('ipi.ring_ready', x.get(ID), ring);
      },
    },
    {
      id: 'P4',
      label: 'none',
      text: 'without a ring there is nowhere to write; the reference stays',
      cost: 2,
      run(x) {
        if (x.get(RING_) === 0) {
          x.log('ipi.no_shared_memory', x.get(ID));
          return x.ret(-ERRNO.ENODEV);
        }
        noteDangling(x, x.get(RING_));
      },
    },
    {
      id: 'P5',
      label: 'head',
      text: 'read the head',
      cost: 3,
      local: false,
      run(x) {
        x.set(HEAD, x.mem.read32(x.get(RING_) + RING.head));
      },
    },
    {
      id: 'P6',
      label: 'tail',
      text: 'read the tail',
      cost: 3,
      local: false,
      run(x) {
        x.set(TAIL, x.mem.read32(x.get(RING_) + RING.tail));
      },
    },
    {
      id: 'P7',
      label: 'full',
      text: 'full when the next head is the tail: -ENOSPC, and the reference stays',
      cost: 2,
      run(x) {
        if (next(x, x.get(HEAD)) !== x.get(TAIL)) return;
        x.log('ipi.ring_full', x.get(ID), x.get(HEAD), x.get(TAIL));
        if (isEmpty(x, x.get(RING_))) x.hazard(HAZARD.falseFull, x.get(RING_), x.get(HEAD));
        x.ret(-ERRNO.ENOSPC);
      },
    },
    {
      id: 'P8',
      label: 'claim',
      text: 'cmpxchg on the head: the slot is this sender’s, and visible at once',
      cost: 18,
      local: false,
      run(x) {
        const [ring, head] = [x.get(RING_), x.get(HEAD)];
        x.mem.fence();
        if (x.mem.read32(ring + RING.head) !== head) {
          x.gotoStep('P5');
          return;
        }
        x.mem.locked32(ring + RING.head, next(x, head));
        noteClaim(x, ring);
        const slot = slotAt(ring, head);
        if (head >= x.sys.settings.ringSlots) x.hazard(HAZARD.slotPastArea, slot, head);
        noteSlot(x, slot, x.mem.note(slot + SLOT.buffer));
        x.set(SLOT_, slot);
        x.set(SERIAL, x.observer.begin(x.now, x.cpu, x.kernel, x.get(ID), slot));
      },
    },
    {
      id: 'P9a',
      label: 'slot.sender',
      text: 'write sender_cpu, the APIC id of this CPU',
      cost: 3,
      local: false,
      run(x) {
        x.mem.write32(x.get(SLOT_) + SLOT.sender_cpu, x.physical);
      },
    },
    {
      id: 'P9b',
      label: 'slot.type',
      text: 'write type, cut to 32 bits',
      cost: 2,
      local: false,
      run(x) {
        x.mem.write32(x.get(SLOT_) + SLOT.type, x.get(TYPE));
      },
    },
    {
      id: 'P9c',
      label: 'slot.size',
      text: 'write data_size, before the data',
      cost: 2,
      local: false,
      run(x) {
        x.mem.write64(x.get(SLOT_) + SLOT.data_size, x.get(SIZE));
      },
    },
    {
      id: 'P10',
      label: 'slot.data',
      text: 'copy the data; what it does not cover is old',
      cost: 8,
      local: false,
      run(x) {
        fillSlot(x, x.get(SLOT_) + SLOT.buffer, x.get(DATA), x.get(SIZE), x.get(SERIAL));
      },
    },
    {
      id: 'P12',
      label: 'dest',
      text: 'the destination is the lowest APIC id of the instance',
      cost: 4,
      run(x) {
        x.set(DEST, firstApic(x, x.get(INSTANCE)));
      },
    },
    {
      id: 'P13',
      label: 'icr',
      text: 'write the ICR, and return 0; the reference stays',
      cost: 36,
      local: false,
      run(x) {
        const given = { type: x.get(TYPE), data: x.get(DATA), size: x.get(SIZE) };
        noteSent(x, x.get(SERIAL), x.get(SLOT_), given);
        x.sendIpi(x.get(DEST), DeliveryMode.fixed, MULTIKERNEL_VECTOR);
        if (x.get(DEST) >= x.sys.settings.nrCpus) x.hazard(HAZARD.ipiToInvalidCpu, 0, x.get(DEST));
        x.ret(0);
      },
    },
  ],
});

const R_RING = 0;
const R_TAIL = 1;
const R_COUNT = 2;
const R_NEXT = 3;

/** multikernel_interrupt_handler, rows C1 to C10: drains, and queues work for each message. */
export const interruptEntryN1 = routine<KernelContext>({
  name: 'multikernel_interrupt_handler (ring-n1)',
  source: SOURCE,
  buffered: true,
  locals: ['ring', 'tail', 'count', 'handler'],
  steps: [
    {
      id: 'eoi',
      text: 'write EOI: from here on 0xea can be pending again',
      cost: 12,
      run(x) {
        x.eoi();
        x.H[x.h + CPU.countCall]!++;
      },
    },
    {
      id: 'C1',
      label: 'ring',
      text: 'the ring of this kernel; that there is a kernel is taken for granted',
      run(x) {
        const ring = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
        x.set(R_RING, ring);
        if (ring !== 0) return;
        x.hazard(HAZARD.diesInInterrupt, 0, x.kernel);
        x.hang();
      },
    },
    {
      id: 'C2',
      label: 'read.tail',
      text: 'read the tail',
      cost: 3,
      local: false,
      run(x) {
        x.set(R_TAIL, x.mem.read32(x.get(R_RING) + RING.tail));
      },
    },
    {
      id: 'C3',
      label: 'read.head',
      text: 'read the head: equal means that nothing is left',
      cost: 3,
      local: false,
      run(x) {
        if (x.mem.read32(x.get(R_RING) + RING.head) === x.get(R_TAIL)) x.ret();
      },
    },
    {
      id: 'C5',
      label: 'read.size',
      text: 'read data_size: a slot of 0 or too many bytes is skipped',
      cost: 5,
      local: false,
      run(x) {
        const slot = slotAt(x.get(R_RING), x.get(R_TAIL));
        const size = x.mem.read64(slot + SLOT.data_size);
        if (size !== 0 && size <= MK_MAX_DATA_SIZE) return;
        x.log('ipi.ring_skipped', x.get(R_TAIL), size);
        if (x.observer.isBeingFilled(slot)) x.hazard(HAZARD.slotSkipped, slot, x.get(R_TAIL));
        x.mem.write32(x.get(R_RING) + RING.tail, next(x, x.get(R_TAIL)));
        x.gotoStep('C2');
      },
    },
    {
      id: 'C6',
      label: 'read.header',
      text: 'read sender_cpu and type for a debug line',
      cost: 8,
      local: false,
      run(x) {
        const slot = slotAt(x.get(R_RING), x.get(R_TAIL));
        const sender = x.mem.read32(slot + SLOT.sender_cpu);
        x.log(
          'ipi.ring_entry',
          x.logical,
          sender,
          x.get(R_TAIL),
          x.mem.read32(slot + SLOT.type) >>> 0,
        );
        x.set(R_NEXT, x.mem.peek64(x.k + K.mk_handlers));
      },
    },
    {
      id: 'C7',
      label: 'match',
      text: 'a handler of that type gets its irq_work queued, with this slot',
      cost: 6,
      local: false,
      run(x) {
        const handler = x.get(R_NEXT);
        x.mem.fence();
        if (handler === 0) return;
        queueFor(x, handler, slotAt(x.get(R_RING), x.get(R_TAIL)));
        x.set(R_NEXT, x.mem.peek64(handler + HANDLER.next));
        x.stay();
      },
    },
    {
      id: 'C8',
      label: 'write.tail',
      text: 'move the tail on: the slot is free before its callback has run',
      cost: 3,
      local: false,
      run(x) {
        noteTail(x, x.get(R_RING), x.get(R_TAIL));
        x.mem.write32(x.get(R_RING) + RING.tail, next(x, x.get(R_TAIL)));
        x.set(R_COUNT, x.get(R_COUNT) + 1);
        if (x.get(R_COUNT) < drainMax(x)) x.gotoStep('C2');
      },
    },
    {
      id: 'C9',
      label: 'enough',
      text: 'leave after 64 messages',
      run(x) {
        x.ret();
      },
    },
  ],
});

/** C7 for one handler. A work that is pending keeps its place and gets the new slot: the old is lost. */
function queueFor(x: KernelContext, handler: number, slot: number): void {
  if (x.mem.peek32(handler + HANDLER.ipi_type) !== x.mem.read32(slot + SLOT.type)) return;
  if (!irqWorkQueue(x, handler)) {
    const isOther = x.mem.peek64(handler + HANDLER.saved_data) !== slot;
    x.hazard(isOther ? HAZARD.savedPointerReplaced : HAZARD.workPending, slot, handler);
  }
  x.mem.poke64(handler + HANDLER.saved_data, slot);
}

export const hostRingN1 = hostRing('mk_ipi_init (ring-n1)', RING_N1_BYTES);

/** A spawned kernel knows itself, and nobody else: the ring of the host is named to it and not read. */
export const spawnedKnowsN1 = routine<KernelContext>({
  name: 'mk_root_instance (ring-n1)',
  source: SOURCE,
  locals: [],
  steps: [
    {
      id: 'self',
      text: 'know itself',
      cost: 60,
      run(x) {
        knowSelf(x);
        x.ret(0);
      },
    },
  ],
});
