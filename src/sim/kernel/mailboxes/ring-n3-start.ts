import { routine } from '../../machine/routine.ts';
import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';
import { K } from '../kernel.layout.ts';
import { kimageAt } from '../kimage.ts';
import { hostRing, knowHost, knowSelf, maskOf, pending, setRing } from './ring-shared.ts';
import { MK_IPI_DATA_N3, RING, RING_N3_BYTES, slotAtN3 } from './ring.layout.ts';

const SOURCE = 'kernel/multikernel/ipi.c (ring, third)';
const SLOT = MK_IPI_DATA_N3.at;

/**
 * Before an image is started: its ring is cleared, and what waits in the ring of the host is dropped,
 * whoever it is from. No lock is held.
 */
export const resetRingsN3 = routine<KernelContext>({
  name: 'mk_ipi_reset (ring-n3)',
  source: SOURCE,
  locals: ['image', 'ring', 'head', 'count'],
  steps: [
    {
      id: 'clear',
      label: 'ring.clear',
      text: 'clear the ring of the instance and remember it',
      cost: 9000,
      local: false,
      run(x) {
        const image = kimageAt(x, x.get(0));
        const own = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
        x.set(1, own);
        if (image?.ipi === undefined) return;
        x.mem.fill(image.ipi, 0, RING_N3_BYTES);
        setRing(x, image.mkId, image.ipi);
      },
    },
    {
      id: 'head',
      label: 'drop.head',
      text: 'read the head of the host’s ring',
      cost: 3,
      local: false,
      run(x) {
        if (x.get(1) === 0) return x.ret(0);
        x.set(2, x.mem.read32(x.get(1) + RING.head) & maskOf(x));
      },
    },
    {
      id: 'sizes',
      label: 'drop.sizes',
      text: 'clear the sizes of all that waits up to there',
      cost: 60,
      local: false,
      run(x) {
        const ring = x.get(1);
        for (const index of pending(x, ring)) {
          if (index === x.get(2)) break;
          const slot = slotAtN3(ring, index);
          const serial = x.mem.note(slot + SLOT.buffer);
          const isOwed = x.mem.peek64(slot + SLOT.data_size) !== 0;
          if (isOwed && serial > 0 && !x.observer.isWhole(serial))
            x.hazard(HAZARD.droppedAtExec, slot, serial);
          x.mem.write64(slot + SLOT.data_size, 0);
          x.set(3, x.get(3) + 1);
        }
      },
    },
    {
      id: 'tail',
      label: 'drop.tail',
      text: 'move the tail there',
      cost: 3,
      local: false,
      run(x) {
        x.mem.write32(x.get(1) + RING.tail, x.get(2));
        if (x.get(3) > 0) x.log('ipi.ring_dropped', x.get(3));
        x.ret(0);
      },
    },
  ],
});

export const hostRingN3 = hostRing('mk_ipi_init (ring-n3)', RING_N3_BYTES);

/** A spawned kernel knows itself and the host, whose ring it was named. */
export const spawnedKnowsN3 = routine<KernelContext>({
  name: 'mk_self (ring-n3)',
  source: SOURCE,
  locals: [],
  steps: [
    {
      id: 'self',
      text: 'know itself, and the host as id 0',
      cost: 80,
      run(x) {
        knowSelf(x);
        const ring = x.mem.peek64(x.machine.kernelBase[0]! + K.mk_this_kernel_ipi_data);
        if (ring !== 0) knowHost(x, ring);
        x.ret(0);
      },
    },
  ],
});
