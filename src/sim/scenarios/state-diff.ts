import { hex } from '../base/hex.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { RING } from '../kernel/mailboxes/ring.layout.ts';
import { MK_IPI_DATA } from '../kernel/mk.layout.ts';
import { CPU, MODE_NAMES } from '../machine/cpu.layout.ts';
import { SEGMENT_BYTES } from '../machine/memory.ts';
import { areaFrames, kernelFrames } from '../world/build-frame.ts';
import { vectorsOf } from '../world/cpu-view.ts';
import type { AreaFrame, RegionFrame } from '../world/frame.ts';
import { regionFrames } from '../world/regions.ts';
import type { World } from '../world/world.ts';
import { flightDiffs, type FlightDiff } from './flight-diff.ts';

/** A register of a CPU's local APIC, or what the CPU is about, in both runs. */
export interface RegisterPair {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

/** A CPU that is not the same in both runs. */
export interface CpuDiff {
  readonly cpu: number;
  /** All of its registers, those that are the same too. */
  readonly registers: readonly RegisterPair[];
}

/** Bytes of shared memory of which some are not the same in both runs. */
export interface BytesDiff {
  /** `slot 4 of web`. */
  readonly name: string;
  /** What they are: a slot of a mailbox, the head of a ring, or neither. */
  readonly kind: 'slot' | 'ring' | 'bytes';
  /** Address in each run; -1 where there is no such memory. */
  readonly addrA: number;
  readonly addrB: number;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** Memory outside of what is shared, of which some bytes differ. */
export interface OtherDiff {
  readonly region: string;
  readonly bytes: number;
  readonly pages: number;
}

/** What two machines do not have in common. */
export interface StateDiff {
  readonly cpus: readonly CpuDiff[];
  readonly shared: readonly BytesDiff[];
  readonly others: readonly OtherDiff[];
  /** IPIs under way: no register and no byte has them before they arrive. */
  readonly flights: readonly FlightDiff[];
}

/** Most stretches of shared memory that are listed. */
const SHARED_MAX = 200;

/** Compares all that two worlds are at this moment. */
export function stateDiff(a: World, b: World): StateDiff {
  const shared = sharedDiff(a, b);
  return { cpus: cpuDiffs(a, b), shared, others: otherDiffs(a, b), flights: flightDiffs(a, b) };
}

function cpuDiffs(a: World, b: World): CpuDiff[] {
  const count = Math.max(a.machine.cpus, b.machine.cpus);
  return Array.from({ length: count }, (_, cpu) => ({
    cpu,
    registers: registersOf(a, b, cpu),
  })).filter(({ registers }) => registers.some((each) => each.a !== each.b));
}

const REGISTERS: readonly (readonly [string, (world: World, h: number) => string])[] = [
  ['IRR', ({ machine }, h) => vectors(machine.H, h + CPU.irr)],
  ['ISR', ({ machine }, h) => vectors(machine.H, h + CPU.isr)],
  ['ICR low', ({ machine }, h) => hex(machine.H[h + CPU.icrLow]! >>> 0, 8)],
  ['ICR high', ({ machine }, h) => hex(machine.H[h + CPU.icrHigh]! >>> 0, 8)],
  ['TPR', ({ machine }, h) => hex(machine.H[h + CPU.tpr]! >>> 0, 2)],
  ['SVR', ({ machine }, h) => hex(machine.H[h + CPU.svr]! >>> 0, 3)],
  ['IF', ({ machine }, h) => String(machine.H[h + CPU.interruptsOn]!)],
  ['mode', ({ machine }, h) => MODE_NAMES[machine.H[h + CPU.mode]!] ?? ''],
];

const vectors = (H: Int32Array, set: number): string =>
  vectorsOf(H, set)
    .map((vector) => hex(vector, 2))
    .join(' ') || 'empty';

function registersOf(a: World, b: World, cpu: number): RegisterPair[] {
  const read = (world: World, of: (world: World, h: number) => string): string =>
    cpu < world.machine.cpus ? of(world, cpu * CPU.stride) : 'no such CPU';
  const next = (world: World): string => {
    const { machine } = world;
    const pc = cpu < machine.cpus ? machine.pcOf(cpu) : -1;
    if (pc < 0) return 'none';
    const { routines, routineOf, steps } = machine.program;
    return `${routines[routineOf[pc]!]?.name ?? ''}: ${steps[pc]?.text ?? ''}`;
  };
  return [
    ...REGISTERS.map(([name, of]) => ({ name, a: read(a, of), b: read(b, of) })),
    { name: 'next step', a: next(a), b: next(b) },
  ];
}

/** A stretch of shared memory: where it begins and how long it is. */
interface Part {
  readonly name: string;
  readonly kind: BytesDiff['kind'];
  readonly start: number;
  readonly size: number;
}

/** Mailboxes as slots, one by one, with what a ring has before them. */
function partsOf(world: World): Map<string, Part> {
  const parts = areaFrames(world).flatMap(({ name, start, slots }: AreaFrame): Part[] => {
    const isRing = world.x.roles.slots !== 'cpus';
    const head = start - RING.entries;
    return [
      ...(isRing ? [{ name: `ring of ${name}`, kind: 'ring' as const, start: head, size: 8 }] : []),
      ...Array.from({ length: slots }, (_, slot) => ({
        ...{ name: `slot ${slot} of ${name}`, kind: 'slot' as const },
        ...{ start: start + slot * MK_IPI_DATA.size, size: MK_IPI_DATA.size },
      })),
    ];
  });
  return new Map(parts.map((part) => [part.name, part]));
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Slots and heads of rings of which some bytes differ. */
export function sharedDiff(a: World, b: World): BytesDiff[] {
  const [one, two] = [partsOf(a), partsOf(b)];
  const found: BytesDiff[] = [];
  for (const name of new Set([...one.keys(), ...two.keys()])) {
    const [mine, other] = [one.get(name), two.get(name)];
    const { size, kind } = (mine ?? other)!;
    const bytesA = mine ? a.mem.peek(mine.start, size) : new Uint8Array(size);
    const bytesB = other ? b.mem.peek(other.start, size) : new Uint8Array(size);
    if (isSame(bytesA, bytesB)) continue;
    const [addrA, addrB] = [mine?.start ?? -1, other?.start ?? -1];
    found.push({ name, kind, addrA, addrB, a: bytesA, b: bytesB });
    if (found.length === SHARED_MAX) break;
  }
  return found;
}

/** Pages that differ, by what they belong to in the first run. */
function otherDiffs(a: World, b: World): OtherDiff[] {
  const areas = areaFrames(a);
  const regions = regionFrames(a, kernelFrames(a), areas);
  const tally = new Map<string, { bytes: number; pages: number }>();
  const size = Math.min(a.mem.size, b.mem.size);
  for (let at = 0; at < size; at += SEGMENT_BYTES) {
    if (!a.mem.isBacked(at) && !b.mem.isBacked(at)) continue;
    for (let page = at; page < at + SEGMENT_BYTES; page += PAGE_SIZE) {
      const bytes = differing(a, b, page);
      if (bytes === 0) continue;
      const region = regionAt(regions, page);
      if (region?.kind === 'ipi') continue;
      const name = region?.name ?? 'no memory';
      const known = tally.get(name) ?? { bytes: 0, pages: 0 };
      tally.set(name, { bytes: known.bytes + bytes, pages: known.pages + 1 });
    }
  }
  return [...tally].map(([region, { bytes, pages }]) => ({ region, bytes, pages }));
}

const regionAt = (regions: readonly RegionFrame[], addr: number): RegionFrame | undefined =>
  regions.find(({ start, end }) => addr >= start && addr < end);

/** Bytes of a page that differ. */
function differing(a: World, b: World, page: number): number {
  const [one, two] = [a.mem.word(page), b.mem.word(page)];
  const words = PAGE_SIZE / 4;
  let bytes = 0;
  for (let i = 0; i < words; i++) {
    const x = a.mem.M[one + i]! ^ b.mem.M[two + i]!;
    if (x === 0) continue;
    for (let shift = 0; shift < 32; shift += 8) if (((x >>> shift) & 0xff) !== 0) bytes++;
  }
  return bytes;
}
