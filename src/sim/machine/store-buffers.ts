import { ROW } from '../base/record.ts';
import { roundUp } from '../base/units.ts';
import type { Core } from './core.ts';
import { STORE_DRAIN } from './flights.ts';
import type { Machine } from './machine.ts';
import { Memory, SEGMENT_BYTES } from './memory.ts';

/** Stores a CPU's buffer holds; one more has to wait until the oldest has left. */
export const STORES_MAX = 16;
/** Nanoseconds a store stays in the buffer when time decides. */
export const DRAIN_NS = 40;

/** Bytes of one CPU's buffer: how many stores there are, a page later the stores, oldest first. */
const BUFFER_BYTES = 65536;
const FIRST = 4096;
const ENTRY_BYTES = 2048;
/** Offsets in an entry: where to, how many bytes, the byte of a fill (-1: bytes follow), when it is due. */
const ADDR = 0;
const BYTES = 8;
const FILL = 12;
const DUE = 16;
/** The observer's notes that go with it: where (0 for none), header, payload (-1 leaves one as it is). */
const NOTE_AT = 24;
const NOTE_HEAD = 32;
const NOTE_BODY = 36;
const DATA = 64;
const DATA_MAX = ENTRY_BYTES - DATA;

/**
 * Memory of a machine with x86-TSO: each CPU has a buffer of {@link STORES_MAX} stores, first in, first
 * out. A CPU reads its own newest store; others see a store once it has left the buffer. It leaves by
 * itself: after {@link DRAIN_NS} when time decides, else when a schedule or the explorer says so
 * ({@link Machine.drain}). {@link fence} empties the buffer: locked instructions, mfence, the acceptance
 * of an interrupt and IRET do so (Intel SDM vol. 3A, "Store Buffer").
 *
 * The buffers lie in memory behind the observer's, so that they are saved, rewound, compared and hashed
 * with all the rest.
 *
 * Model: the local APIC is an x2APIC, whose ICR is written by WRMSR, which neither serialises nor waits
 * for stores; only a send that has a fence of its own before it keeps stores before the IPI. Only sends
 * and what 0xea leads to are buffered: all other code takes locks and allocates all the time, which
 * empties the buffer. What is one step is one store, a copy or a clearing as well; one of more than
 * 1,984 bytes waits for the buffer to be empty and then is visible at once.
 */
export class BufferedMemory extends Memory {
  readonly #base: number;
  readonly #cpus: number;
  #machine: Machine<Core> | null = null;

  constructor(size: number, observerBytes: number, cpus: number) {
    super(size, observerBytes, roundUp(cpus * BUFFER_BYTES, SEGMENT_BYTES));
    this.#base = size + observerBytes;
    this.#cpus = cpus;
  }

  /** Puts the buffers between the machine's CPUs and their memory. */
  attach<X extends Core>(machine: Machine<X>): void {
    this.#machine = machine as unknown as Machine<Core>; // the core is only asked, never given away
    this.#machine.stores = this;
  }

  /** Stores in the buffer of a CPU. */
  count(cpu: number): number {
    return this.peek32(this.#base + cpu * BUFFER_BYTES);
  }

  #entry(cpu: number, index: number): number {
    return this.#base + cpu * BUFFER_BYTES + FIRST + index * ENTRY_BYTES;
  }

  /** Whether the step that runs now has its stores buffered. */
  #buffers(): boolean {
    const machine = this.#machine;
    return machine?.program.routineAt[machine.core.start]?.buffered ?? false;
  }

  /** The CPU whose step runs now. */
  get #cpu(): number {
    return this.#machine?.core.cpu ?? 0;
  }

  /** Takes a store into the buffer; answers where its bytes go. 0: it is to be visible at once. */
  #store(addr: number, bytes: number, fill: number): number {
    if (!this.#buffers() || (fill < 0 && bytes > DATA_MAX)) {
      this.fence();
      return 0;
    }
    const cpu = this.#cpu;
    if (this.count(cpu) === STORES_MAX) this.drainOne(cpu, false);
    const count = this.count(cpu);
    const entry = this.#entry(cpu, count);
    const word = this.own(entry);
    this.put64(word, addr);
    this.M[word + BYTES / 4] = bytes;
    this.M[word + FILL / 4] = fill;
    this.F[(word + DUE / 4) >>> 1] = this.#dueOf(cpu);
    this.poke32(this.#base + cpu * BUFFER_BYTES, count + 1);
    return entry + DATA;
  }

  /** When a store of now leaves by itself; 0 where somebody chooses. */
  #dueOf(cpu: number): number {
    const machine = this.#machine!;
    if (machine.instant) return 0;
    const { now } = machine;
    const due = now + DRAIN_NS;
    machine.flights.push(due, cpu, STORE_DRAIN, 0, cpu, 0, now);
    machine.core.due(due);
    return due;
  }

  override write32(addr: number, value: number): void {
    if (this.listener !== null) this.listener.access(true, addr, 4);
    this.poke32(this.#store(addr, 4, -1) || addr, value);
  }

  override write64(addr: number, value: number): void {
    if (this.listener !== null) this.listener.access(true, addr, 8);
    this.poke64(this.#store(addr, 8, -1) || addr, value);
  }

  override fill(addr: number, value: number, bytes: number): void {
    if (this.listener !== null) this.listener.access(true, addr, bytes);
    if (this.#store(addr, bytes, value) === 0) this.poke(addr, new Uint8Array(bytes).fill(value));
  }

  override zero(addr: number, bytes: number): void {
    this.fence();
    super.zero(addr, bytes);
  }

  override copy(target: number, source: number, bytes: number): void {
    if (this.listener !== null) this.listener.access(true, target, bytes);
    this.move(this.#store(target, bytes, -1) || target, source, bytes);
  }

  override writeBytes(addr: number, data: Uint8Array): void {
    if (this.listener !== null) this.listener.access(true, addr, data.length);
    this.poke(this.#store(addr, data.length, -1) || addr, data);
  }

  override read32(addr: number): number {
    if (this.listener !== null) this.listener.access(false, addr, 4);
    const seen = this.#forward(addr, 4);
    return seen ? new DataView(seen.buffer).getInt32(0, true) : this.peek32(addr);
  }

  override read64(addr: number): number {
    if (this.listener !== null) this.listener.access(false, addr, 8);
    const seen = this.#forward(addr, 8);
    return seen ? Number(new DataView(seen.buffer).getBigUint64(0, true)) : this.peek64(addr);
  }

  override readBytes(addr: number, bytes: number): Uint8Array {
    if (this.listener !== null) this.listener.access(false, addr, bytes);
    return this.#forward(addr, bytes) ?? this.peek(addr, bytes);
  }

  /** What the running CPU reads where stores of its own wait; undefined where none does. */
  #forward(addr: number, bytes: number): Uint8Array | undefined {
    const cpu = this.#cpu;
    const count = this.count(cpu);
    let seen: Uint8Array | undefined;
    for (let i = 0; i < count; i++) {
      const entry = this.#entry(cpu, i);
      const from = this.peek64(entry + ADDR);
      const first = Math.max(addr, from);
      const end = Math.min(addr + bytes, from + this.peek32(entry + BYTES));
      if (first >= end) continue;
      seen ??= this.peek(addr, bytes);
      const fill = this.peek32(entry + FILL);
      if (fill >= 0) seen.fill(fill, first - addr, end - addr);
      else seen.set(this.peek(entry + DATA + first - from, end - first), first - addr);
    }
    return seen;
  }

  override sign(addr: number, head: number, body: number): void {
    const cpu = this.#cpu;
    const count = this.#buffers() ? this.count(cpu) : 0;
    if (count === 0) return super.sign(addr, head, body);
    const entry = this.#entry(cpu, count - 1);
    this.poke64(entry + NOTE_AT, addr);
    this.poke32(entry + NOTE_HEAD, head);
    this.poke32(entry + NOTE_BODY, body);
  }

  override fence(): void {
    const cpu = this.#cpu;
    while (this.count(cpu) > 0) this.drainOne(cpu, false);
  }

  /** Everything in all buffers becomes visible. */
  drainAll(): void {
    for (let cpu = 0; cpu < this.#cpus; cpu++)
      while (this.count(cpu) > 0) this.drainOne(cpu, false);
  }

  /** Time has come to `now`: what was due leaves the buffer. */
  drainDue(cpu: number, now: number): void {
    while (this.count(cpu) > 0 && this.F[this.word(this.#entry(cpu, 0) + DUE) >>> 1]! <= now)
      this.drainOne(cpu, false);
  }

  /** The oldest store leaves the buffer and is visible; `isStep` when somebody chose that. */
  drainOne(cpu: number, isStep: boolean): void {
    const entry = this.#entry(cpu, 0);
    const addr = this.peek64(entry + ADDR);
    const bytes = this.peek32(entry + BYTES);
    const fill = this.peek32(entry + FILL);
    this.poke(addr, fill < 0 ? this.peek(entry + DATA, bytes) : new Uint8Array(bytes).fill(fill));
    const noteAt = this.peek64(entry + NOTE_AT);
    if (noteAt !== 0)
      super.sign(noteAt, this.peek32(entry + NOTE_HEAD), this.peek32(entry + NOTE_BODY));
    this.#shift(cpu);
    const { core, now } = this.#machine!;
    core.rowAt(ROW.drain, now, cpu, addr, bytes, isStep ? 1 : 0, 0);
  }

  /** The others move up: equal buffers have equal bytes, however they came to be. */
  #shift(cpu: number): void {
    const count = this.count(cpu) - 1;
    for (let i = 0; i <= count; i++) {
      const to = this.#entry(cpu, i);
      const used = i < count ? this.#used(this.#entry(cpu, i + 1)) : 0;
      const before = this.#used(to);
      const bytes = used === 0 ? new Uint8Array(0) : this.peek(this.#entry(cpu, i + 1), used);
      const all = new Uint8Array(Math.max(before, used));
      all.set(bytes);
      this.poke(to, all);
    }
    this.poke32(this.#base + cpu * BUFFER_BYTES, count);
  }

  /** Bytes of an entry that are not 0 for certain. */
  #used(entry: number): number {
    return DATA + (this.peek32(entry + FILL) < 0 ? this.peek32(entry + BYTES) : 0);
  }
}
