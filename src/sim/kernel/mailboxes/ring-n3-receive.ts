import { CPU } from '../../machine/cpu.layout.ts';
import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { MESSAGE_CALLBACK } from '../irq-work.ts';
import { K } from '../kernel.layout.ts';
import { MK_IPI_HANDLER } from '../mk.layout.ts';
import { wideMessageCallback } from './wide-callback.ts';
import { drainMax, maskOf, noteTail, pending } from './ring-shared.ts';
import { MAX_DATA_N3, MK_IPI_DATA_N3, RING, slotAtN3 } from './ring.layout.ts';

const SOURCE = 'kernel/multikernel/ipi.c (ring, third)';
const SLOT = MK_IPI_DATA_N3.at;
const HANDLER = MK_IPI_HANDLER.at;

const R_RING = 0;
const R_TAIL = 1;
const R_COUNT = 2;
const R_SIZE = 3;

/** multikernel_interrupt_handler, rows C1 to C10: drains in order, each callback in the interrupt. */
export const interruptEntryN3 = routine<KernelContext>({
  name: 'multikernel_interrupt_handler (ring-n3)',
  source: SOURCE,
  buffered: true,
  locals: ['ring', 'tail', 'count', 'size'],
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
      text: 'without a ring there is nothing to do and nothing to say',
      run(x) {
        const ring = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
        x.set(R_RING, ring);
        if (ring !== 0) return;
        x.hazard(HAZARD.tooEarly, 0, x.kernel);
        x.ret();
      },
    },
    {
      id: 'C2',
      label: 'read.tail',
      text: 'read the tail',
      cost: 3,
      local: false,
      run(x) {
        x.set(R_TAIL, x.mem.read32(x.get(R_RING) + RING.tail) & maskOf(x));
      },
    },
    {
      id: 'C3',
      label: 'read.head',
      text: 'read the head: equal means that nothing is left',
      cost: 3,
      local: false,
      run(x) {
        if ((x.mem.read32(x.get(R_RING) + RING.head) & maskOf(x)) === x.get(R_TAIL)) x.ret();
      },
    },
    {
      id: 'C4',
      label: 'read.size',
      text: 'load data_size with acquire: 0 means not published, and everything behind it waits',
      cost: 4,
      local: false,
      run(x) {
        const ring = x.get(R_RING);
        const size = x.mem.read64(slotAtN3(ring, x.get(R_TAIL)) + SLOT.data_size);
        x.set(R_SIZE, size);
        if (size !== 0) return;
        noteWaiting(x, ring);
        x.ret();
      },
    },
    {
      id: 'C6',
      label: 'check.size',
      text: 'a size beyond the slot is skipped',
      cost: 2,
      local: false,
      run(x) {
        if (x.get(R_SIZE) <= MAX_DATA_N3) return;
        x.log('ipi.ring_bad_size', x.get(R_TAIL), x.get(R_SIZE));
        x.mem.write64(slotAtN3(x.get(R_RING), x.get(R_TAIL)) + SLOT.data_size, 0);
        x.mem.write32(x.get(R_RING) + RING.tail, (x.get(R_TAIL) + 1) & maskOf(x));
        x.gotoStep('C2');
      },
    },
    {
      id: 'C7',
      label: 'call',
      text: 'the newest handler of that type is called, in the interrupt, on the live slot',
      cost: 8,
      local: false,
      run(x) {
        x.mem.fence();
        const slot = slotAtN3(x.get(R_RING), x.get(R_TAIL));
        const handler = handlerOf(x, x.mem.read32(slot + SLOT.type));
        if (handler === 0) return x.hazard(HAZARD.nobodyListens, slot);
        const context = x.mem.peek64(handler + HANDLER.context);
        // Page numbers are no part of this version: a raw handler of ours has nothing to do here.
        if (x.mem.peek64(handler + HANDLER.callback) === MESSAGE_CALLBACK)
          x.call(wideMessageCallback, slot, context);
      },
    },
    {
      id: 'C8',
      label: 'clear.size',
      text: 'clear data_size: the slot is not published any more',
      cost: 3,
      local: false,
      run(x) {
        x.mem.write64(slotAtN3(x.get(R_RING), x.get(R_TAIL)) + SLOT.data_size, 0);
      },
    },
    {
      id: 'C9',
      label: 'write.tail',
      text: 'move the tail on: only now can a sender claim the slot',
      cost: 3,
      local: false,
      run(x) {
        noteTail(x, x.get(R_RING), x.get(R_TAIL));
        x.mem.write32(x.get(R_RING) + RING.tail, (x.get(R_TAIL) + 1) & maskOf(x));
        x.set(R_COUNT, x.get(R_COUNT) + 1);
        if (x.get(R_COUNT) < drainMax(x)) x.gotoStep('C2');
      },
    },
    {
      id: 'C10',
      label: 'enough',
      text: 'leave after 64 messages',
      run(x) {
        x.ret();
      },
    },
  ],
});

/** C5 leaves: published messages behind the slot have to wait for its sender. */
function noteWaiting(x: KernelContext, ring: number): void {
  const [, ...behind] = pending(x, ring);
  const waits = behind.some((index) => x.mem.peek64(slotAtN3(ring, index) + SLOT.data_size) !== 0);
  if (waits) x.hazard(HAZARD.headOfLine, slotAtN3(ring, x.get(R_TAIL)), behind.length);
}

/** The first handler in the list, the newest, with that type; 0 for none. */
function handlerOf(x: KernelContext, type: number): number {
  let at = x.mem.peek64(x.k + K.mk_handlers);
  while (at !== 0 && x.mem.peek32(at + HANDLER.ipi_type) !== type)
    at = x.mem.peek64(at + HANDLER.next);
  return at;
}
