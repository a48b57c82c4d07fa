import { layout } from '../../base/layout.ts';

/** Slots of a ring; one stays empty, so that a full ring is no empty one. */
export const MK_IPI_RING_SIZE = 64;

/** Offsets in a ring of either kind; `entries` begin right behind. */
export const RING = { head: 0, tail: 4, entries: 8 } as const;

/** Bytes of the ring of N1: entries are the slots of v2, one behind the other. */
export const RING_N1_BYTES = 17416;

/** A slot of N3. `data_size` is what publishes it: 0 means that it is not filled yet. */
export const MK_IPI_DATA_N3 = layout('mk_ipi_data (n3)', 4120, [
  ['sender_cpu', 0, 8, 'uint'],
  ['type', 8, 4, 'hex'],
  ['data_size', 16, 8, 'uint'],
  ['buffer', 24, 4096, 'bytes'],
]);

/** Bytes an instance's area of N3 has: the ring, and the marker of a forced halt behind it. */
export const RING_N3_BYTES = 263696;
/** Bytes a slot of N3 holds, and where the slot with an index lies. */
export const MAX_DATA_N3 = 4096;
export const slotAtN3 = (ring: number, index: number): number =>
  ring + RING.entries + MK_IPI_DATA_N3.size * index;
