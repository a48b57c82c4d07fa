import { firstCpu } from '../kernel/instance-table.ts';
import { K } from '../kernel/kernel.layout.ts';
import { RING } from '../kernel/mailboxes/ring.layout.ts';
import type { RoleTable } from '../kernel/system.ts';
import type { World } from './world.ts';

/** Slots that messages to somebody go to: where they begin, how many, and which is next. */
export interface Slots {
  readonly start: number;
  readonly count: number;
  readonly target: number;
  readonly layout: RoleTable['slot'];
}

/** A slot with something in it. */
export interface UsedSlot {
  readonly slot: number;
  readonly bytes: Uint8Array;
}

const isRing = (world: World): boolean => world.x.roles.slots !== 'cpus';

/** The slots at an address: one a CPU, `first` being the next, or a ring, whose head says which. */
function slotsAt(world: World, start: number, first: number): Slots | undefined {
  const { slots, slot: layout } = world.x.roles;
  const { nrCpus, ringSlots } = world.sys.settings;
  if (start === 0) return undefined;
  if (slots === 'cpus') return { start, count: nrCpus, target: first, layout };
  const head = world.mem.peek32(start - RING.entries + RING.head);
  return { start, count: ringSlots, target: head & (ringSlots - 1), layout };
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

/** Bytes by which a slot that was ever written to is known: its own fields and a message's. */
const KNOWN_BY = 64;
/** Bytes of a slot that are shown; a wide one has more. */
const SHOWN_MAX = 320;

/** Those that were written to, with their first bytes. */
export function usedSlots(world: World, { start, count, layout: { size } }: Slots): UsedSlot[] {
  const used: UsedSlot[] = [];
  for (let slot = 0; slot < count; slot++) {
    const at = start + slot * size;
    // All of a slot of v2: what a torn message leaves behind may lie anywhere in it.
    const looked = size <= SHOWN_MAX ? size : KNOWN_BY;
    if (world.mem.peek(at, looked).every((byte) => byte === 0)) continue;
    used.push({ slot, bytes: world.mem.peek(at, Math.min(size, SHOWN_MAX)) });
  }
  return used;
}
