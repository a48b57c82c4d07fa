import { ERRNO } from '../../base/errno.ts';
import { DeliveryMode } from '../../machine/lapic.regs.ts';
import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { instancePut } from '../instance-object.ts';
import { noteSlot } from '../ipi-hazards.ts';
import { MULTIKERNEL_VECTOR } from '../mk.layout.ts';
import { fillSlot } from './fill.ts';
import {
  findInstance,
  firstApic,
  imageRing,
  isEmpty,
  maskOf,
  noteClaim,
  noteDangling,
  noteSent,
  pending,
  ringOf,
  setRing,
} from './ring-shared.ts';
import { MAX_DATA_N3, MK_IPI_DATA_N3, RING, slotAtN3 } from './ring.layout.ts';

/** The ring that publishes last and drains in the interrupt (specification, mailboxes §4). */
const SOURCE = 'kernel/multikernel/ipi.c (ring, third)';
const SLOT = MK_IPI_DATA_N3.at;

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

/**
 * Ends a send: unlike in the versions before, every way out gives the reference back. That is a locked
 * instruction, but behind the ICR write: no fence for the IPI.
 */
function done(x: KernelContext, code: number): void {
  instancePut(x, x.get(INSTANCE));
  x.ret(code);
}

/** multikernel_send_ipi_data, rows P1 to P12. */
export const sendN3 = routine<KernelContext>({
  name: 'multikernel_send_ipi_data (ring-n3)',
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
      text: 'refuse more than 4096 bytes',
      cost: 1,
      run(x) {
        if (x.get(SIZE) > MAX_DATA_N3) done(x, -ERRNO.EINVAL);
      },
    },
    {
      id: 'P3',
      label: 'dest',
      text: 'the destination is the first CPU of the instance; without one, -ENODEV',
      cost: 4,
      run(x) {
        const apic = firstApic(x, x.get(INSTANCE));
        x.set(DEST, apic);
        if (apic < x.sys.settings.nrCpus) return;
        x.log('ipi.ring_no_cpu', x.get(ID));
        done(x, -ERRNO.ENODEV);
      },
    },
    {
      id: 'P4',
      label: 'ring',
      text: 'the ring; the first send remembers it with one atomic step',
      cost: 10,
      local: false,
      run(x) {
        const known = ringOf(x, x.get(ID));
        const ring = known === 0 ? imageRing(x, x.get(INSTANCE)) : known;
        if (ring === 0) {
          x.log('ipi.ring_none', x.get(ID));
          return done(x, -ERRNO.ENODEV);
        }
        if (known === 0) {
          setRing(x, x.get(ID), ring);
          x.log('ipi.ring_ready', x.get(ID), ring);
        }
        noteDangling(x, ring);
        x.set(RING_, ring);
      },
    },
    {
      id: 'P5',
      label: 'head',
      text: 'read the head, cut to six bits',
      cost: 3,
      local: false,
      run(x) {
        x.set(HEAD, x.mem.read32(x.get(RING_) + RING.head) & maskOf(x));
      },
    },
    {
      id: 'P6',
      label: 'tail',
      text: 'read the tail, cut to six bits',
      cost: 3,
      local: false,
      run(x) {
        x.set(TAIL, x.mem.read32(x.get(RING_) + RING.tail) & maskOf(x));
      },
    },
    {
      id: 'P7',
      label: 'full',
      text: 'full when the next head is the tail: -ENOSPC',
      cost: 2,
      run(x) {
        if (((x.get(HEAD) + 1) & maskOf(x)) !== x.get(TAIL)) return;
        x.log('ipi.ring_full', x.get(ID), x.get(HEAD), x.get(TAIL));
        if (isEmpty(x, x.get(RING_))) x.hazard(HAZARD.falseFull, x.get(RING_), x.get(HEAD));
        done(x, -ERRNO.ENOSPC);
      },
    },
    {
      id: 'P8',
      label: 'claim',
      text: 'cmpxchg on the head: the slot is this sender’s',
      cost: 18,
      local: false,
      run(x) {
        claim(x);
      },
    },
    {
      id: 'P9a',
      label: 'slot.sender',
      text: 'write sender_cpu, the APIC id of this CPU',
      cost: 3,
      local: false,
      run(x) {
        x.mem.write64(x.get(SLOT_) + SLOT.sender_cpu, x.physical);
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
      id: 'P11',
      label: 'publish',
      text: 'publish: store data_size last, with release',
      cost: 3,
      local: false,
      run(x) {
        const [slot, ring] = [x.get(SLOT_), x.get(RING_)];
        if (!pending(x, ring).some((index) => slotAtN3(ring, index) === slot))
          x.hazard(HAZARD.ghostMessage, slot, x.get(SERIAL));
        x.mem.write64(slot + SLOT.data_size, x.get(SIZE));
      },
    },
    {
      id: 'P12',
      label: 'icr',
      text: 'write the ICR, give the reference back, return 0',
      cost: 40,
      local: false,
      run(x) {
        const given = { type: x.get(TYPE), data: x.get(DATA), size: x.get(SIZE) };
        noteSent(x, x.get(SERIAL), x.get(SLOT_), given);
        x.sendIpi(x.get(DEST), DeliveryMode.fixed, MULTIKERNEL_VECTOR);
        done(x, 0);
      },
    },
  ],
});

/** P8. The comparison is of the whole word: a head beyond the ring never matches (hazard T9). */
function claim(x: KernelContext): void {
  const [ring, head] = [x.get(RING_), x.get(HEAD)];
  x.mem.fence();
  const now = x.mem.read32(ring + RING.head);
  if (now !== head) {
    if (now <= maskOf(x) && now >= 0) return x.gotoStep('P5');
    x.hazard(HAZARD.hang, ring, now);
    return x.hang();
  }
  x.mem.locked32(ring + RING.head, (head + 1) & maskOf(x));
  noteClaim(x, ring);
  const slot = slotAtN3(ring, head);
  noteSlot(x, slot, x.mem.note(slot + SLOT.buffer));
  x.set(SLOT_, slot);
  x.set(SERIAL, x.observer.begin(x.now, x.cpu, x.kernel, x.get(ID), slot));
}
