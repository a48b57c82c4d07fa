import { firstCpu } from '../kernel/instance-table.ts';
import { K } from '../kernel/kernel.layout.ts';
import { RING } from '../kernel/mailboxes/ring.layout.ts';
import { MK_IPI_DATA } from '../kernel/mk.layout.ts';
import type { World } from './world.ts';

/** Slots that messages to somebody go to: where they begin, how many, and which is next. */
export interface Slots {
  readonly start: number;
  readonly count: number;
  readonly target: number;
}

/** A slot with something in it. */
export interface UsedSlot {
  readonly slot: number;
  readonly bytes: Uint8Array;
}

const isRing = (world: World): boolean => world.x.roles.slots !== 'cpus';

/** The slots at an address: one a CPU, `first` being the next, or a ring, whose head says which. */
function slotsAt(world: World, start: number, first: number): Slots | undefined {
  const { slots } = world.x.roles;
  if (start === 0 || slots === 0) return undefined;
  if (slots === 'cpus') return { start, count: world.sys.settings.nrCpus, target: first };
  const head = world.mem.peek32(start - RING.entries + RING.head);
  return { start, count: slots, target: head & (slots - 1) };
}

/** Where messages to an instance go, as a kernel knows it; `addr` is the instance object. */
export function slotsOf(world: World, kernel: number, id: number, addr: number): Slots | undefined {
  const x = world.lookAt(kernel);
  return slotsAt(world, x.roles.slotsOf(x, id), addr === 0 ? 0 : firstCpu(x, addr));
}

/** Where a kernel itself receives. */
export function ownSlots(world: World, kernel: number, first: number): Slots | undefined {
  const x = world.lookAt(kernel);
  const own = x.mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  return own === 0 ? undefined : slotsAt(world, isRing(world) ? own + RING.entries : own, first);
}

/** Those that are not all zero, with their bytes. */
export function usedSlots(world: World, { start, count }: Slots): UsedSlot[] {
  return Array.from({ length: count }, (_, slot) => ({
    slot,
    bytes: world.mem.peek(start + slot * MK_IPI_DATA.size, MK_IPI_DATA.size),
  })).filter(({ bytes }) => bytes.some((byte) => byte !== 0));
}
