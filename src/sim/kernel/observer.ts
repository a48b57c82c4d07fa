import { MIB, PAGE_SIZE } from '../base/units.ts';
import type { Memory } from '../machine/memory.ts';

/** Messages the observer remembers one by one; older ones only count. A power of two. */
export const MESSAGES_KEPT = 32768;

/** Counters, as offsets from the start of the observer's memory (32 bits each). */
export const STAT = {
  sent: 0,
  handled: 4,
  whole: 8,
  torn: 12,
  phantom: 16,
  duplicated: 20,
  merged: 24,
  serial: 28,
} as const;
const RING = 0x1000;
/** Messages that can be under way at once, as far as {@link Observer.isBeingFilled} looks back. */
const RECENT = 8;

/** One remembered message, as offsets. */
export const MESSAGE = {
  serial: 0,
  flags: 4,
  type: 8,
  subtype: 12,
  cpu: 16,
  instance: 20,
  bytes: 24,
  calls: 28,
  time: 32,
  slot: 40,
  kernel: 48,
  /** First eight bytes of the payload. */
  payload: 56,
  size: 64,
} as const;
export const MESSAGE_SENT = 1;
export const MESSAGE_WHOLE = 2;

/** The same in words, in doubles for the last two. */
const FLAGS = MESSAGE.flags / 4;
const TYPE = MESSAGE.type / 4;
const SUBTYPE = MESSAGE.subtype / 4;
const CPU_ = MESSAGE.cpu / 4;
const INSTANCE = MESSAGE.instance / 4;
const LENGTH = MESSAGE.bytes / 4;
const CALLS = MESSAGE.calls / 4;
const KERNEL = MESSAGE.kernel / 4;
const PAYLOAD = MESSAGE.payload / 4;
const RECORD_WORDS = MESSAGE.size / 4;
const SERIAL = STAT.serial / 4;
const TIME = MESSAGE.time / 8;
const SLOT = MESSAGE.slot / 8;

/** Bytes of memory the observer needs behind the machine's own. */
export const OBSERVER_BYTES = 3 * MIB;

/**
 * Hazards so far, in the observer's last page: all, then a count for each. They follow from the rest
 * of a state, so that page is no part of its hash ({@link Memory.hashInto}).
 */
const TALLY = OBSERVER_BYTES - PAGE_SIZE;
const HAZARDS_MAX = 256;

/**
 * Who watches the run: what was sent, what arrived whole. Its records lie behind the machine's RAM,
 * so that they are saved, rewound and hashed with it, and no kernel can see them.
 */
export class Observer {
  readonly #mem: Memory;
  /** Index in `M` of the observer's first word. */
  readonly #base: number;

  constructor(mem: Memory) {
    this.#mem = mem;
    this.#base = mem.reserve(mem.observerBase, OBSERVER_BYTES);
  }

  stat(which: number): number {
    return this.#mem.M[this.#base + which / 4]!;
  }

  count(which: number): void {
    const at = this.#base + (which >>> 2);
    this.#mem.put(at, this.#mem.M[at]! + 1);
  }

  hazard(id: number): void {
    this.count(TALLY);
    if (id < HAZARDS_MAX) this.count(TALLY + 4 * id);
  }

  /** How often a hazard has happened; 0 for all of them together. */
  hazardCount(id: number): number {
    return this.stat(TALLY + 4 * id);
  }

  /** Index in `M` of the record of a message; the ring keeps the last {@link MESSAGES_KEPT}. */
  recordOf(serial: number): number {
    return this.#base + RING / 4 + (serial & (MESSAGES_KEPT - 1)) * RECORD_WORDS;
  }

  /** A message is being written into a slot. Returns its serial, from 1. */
  begin(time: number, cpu: number, kernel: number, instance: number, slot: number): number {
    const mem = this.#mem;
    const { M, F } = mem;
    const serial = M[this.#base + SERIAL]! + 1;
    mem.put(this.#base + SERIAL, serial);
    const at = this.recordOf(serial);
    mem.put(at, serial);
    M[at + FLAGS] = 0;
    M[at + CPU_] = cpu;
    M[at + KERNEL] = kernel;
    M[at + INSTANCE] = instance;
    M[at + CALLS] = 0;
    F[(at >>> 1) + TIME] = time;
    F[(at >>> 1) + SLOT] = slot;
    return serial;
  }

  /** The message's bytes and its interrupt are out; `data` is the word they begin at, 0 for none. */
  sent(serial: number, type: number, subtype: number, bytes: number, data: number): void {
    const mem = this.#mem;
    const at = this.recordOf(serial);
    mem.put(at + FLAGS, mem.M[at + FLAGS]! | MESSAGE_SENT);
    mem.M[at + TYPE] = type;
    mem.M[at + SUBTYPE] = subtype;
    mem.M[at + LENGTH] = bytes;
    mem.M[at + PAYLOAD] = data === 0 ? 0 : mem.M[data + 5]!;
    mem.M[at + PAYLOAD + 1] = data === 0 ? 0 : mem.M[data + 6]!;
    this.count(STAT.sent);
  }

  /** Flags of a message; those of one that is forgotten say that nothing is wrong with it. */
  #flags(serial: number): number {
    const at = this.recordOf(serial);
    const { M } = this.#mem;
    return M[at] === serial ? M[at + FLAGS]! : MESSAGE_SENT | MESSAGE_WHOLE;
  }

  isWhole(serial: number): boolean {
    return (this.#flags(serial) & MESSAGE_WHOLE) !== 0;
  }

  isSent(serial: number): boolean {
    return (this.#flags(serial) & MESSAGE_SENT) !== 0;
  }

  /** When a message was begun, in ns. */
  timeOf(serial: number): number {
    return this.#mem.F[(this.recordOf(serial) >>> 1) + TIME]!;
  }

  /** Index of the kernel that sent a message. */
  senderOf(serial: number): number {
    return this.#mem.M[this.recordOf(serial) + KERNEL]!;
  }

  /** Whether one of the last few messages is still being written into that slot. */
  isBeingFilled(slot: number): boolean {
    const last = this.stat(STAT.serial);
    for (let serial = last; serial > 0 && serial > last - RECENT; serial--)
      if (!this.isSent(serial) && this.#mem.F[(this.recordOf(serial) >>> 1) + SLOT] === slot)
        return true;
    return false;
  }

  /** As {@link whole}, counted as handled too, and nothing done unless it is the first time. */
  arrives(serial: number): boolean {
    const mem = this.#mem;
    const { M } = mem;
    const at = this.recordOf(serial);
    const flags = M[at + FLAGS]!;
    if (M[at] !== serial || (flags & MESSAGE_WHOLE) !== 0) return false;
    M[at + CALLS]!++;
    mem.put(at + FLAGS, flags | MESSAGE_WHOLE);
    this.count(STAT.handled);
    this.count(STAT.whole);
    return true;
  }

  /** A handler had header and payload of the message. False when it had them before. */
  whole(serial: number): boolean {
    const mem = this.#mem;
    const { M } = mem;
    const at = this.recordOf(serial);
    const known = M[at] === serial;
    mem.put(at + CALLS, M[at + CALLS]! + 1);
    const flags = M[at + FLAGS]!;
    if (!known || (flags & MESSAGE_WHOLE) !== 0) return false;
    mem.put(at + FLAGS, flags | MESSAGE_WHOLE);
    this.count(STAT.whole);
    return true;
  }
}
