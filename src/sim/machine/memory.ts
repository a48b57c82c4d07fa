import { assert } from '../base/assert.ts';
import { PAGE_SIZE } from '../base/units.ts';
import { copyIn, hashMoment, Moments, type MemorySnapshot } from './moments.ts';

/** Bytes of one lazily backed piece of simulated memory. */
export const SEGMENT_BYTES = 262144;
const PER_SEGMENT = 1 / SEGMENT_BYTES;
const OFFSET_MASK = SEGMENT_BYTES - 1;
const SEGMENT_WORDS = SEGMENT_BYTES / 4;
const PAGE_WORDS = PAGE_SIZE / 4;
const SEGMENT_PAGES = SEGMENT_BYTES / PAGE_SIZE;
/** Bytes one note word of the observer stands for. */
export const NOTE_BYTES = 16;

/** First segments of the backing store: what unbacked memory reads as, and what nothing answers for. */
const ZERO = 0;
const ABSENT = SEGMENT_WORDS;
/** Writes where nothing answers end here. */
const SINK = 2 * SEGMENT_WORDS;
const FIRST_PAGE = 3 * SEGMENT_PAGES;

/** Told of every access that another kernel could see: all but the private forms. */
export interface AccessListener {
  access(write: boolean, addr: number, bytes: number): void;
}

/**
 * Physical memory: little-endian bytes, zero at first, backed when first written. Addresses are
 * plain numbers below 2^52. Reading where nothing answers gives bytes 0xff, writing there is
 * dropped, as on a PC bus.
 *
 * All backed memory lies in one array of words, `M`, and stays where it is: {@link word} turns an
 * address into an index. Kernel routines keep the index of their private data and go straight to
 * `M` (a call with an address above 2^31 costs an allocation; a direct access costs 1 ns); what
 * another kernel can see goes through the accessors, which tell the listener.
 *
 * Pages are copy-on-write between snapshots: writes mark their page in `dirty`, and a snapshot
 * copies just those.
 */
export class Memory {
  /** Bytes of RAM the machine has. */
  readonly size: number;
  /** Where the observer's own records begin (no RAM of the machine, but saved and hashed with it). */
  readonly observerBase: number;
  listener: AccessListener | null = null;
  /** The backing store as words, bytes and doubles. Replaced when it grows: never keep them. */
  M = new Int32Array(0);
  U = new Uint8Array(0);
  F = new Float64Array(0);
  /** The observer's notes, one word per {@link NOTE_BYTES}: index is that of `M` divided by 4. */
  N = new Int32Array(0);
  /** Per page of the backing store: 1 when it was written since the last snapshot. */
  dirty = new Uint8Array(0);

  /** Per segment of physical memory: its first word in `M`; {@link ZERO} while unbacked. */
  readonly #map: Int32Array;
  /** Per segment of the backing store: the segment of physical memory it backs, -1 for none. */
  readonly #backs: number[] = [-1, -1, -1];
  /** The observer's last page: what it keeps there follows from the rest and is no part of the hash. */
  readonly #tally: number;
  readonly #moments = new Moments();

  /** `more` bytes lie behind the observer's: those of {@link BufferedMemory}. */
  constructor(size: number, observerBytes: number, more = 0) {
    assert(size % SEGMENT_BYTES === 0 && observerBytes % SEGMENT_BYTES === 0, 'whole segments');
    this.size = size;
    this.observerBase = size;
    this.#map = new Int32Array((size + observerBytes + more) / SEGMENT_BYTES);
    this.#tally = (size + observerBytes) / PAGE_SIZE - 1;
    this.#grow(64); // 16 MiB: two small kernels and the observer
    this.U.fill(0xff, ABSENT * 4, SINK * 4);
  }

  /** Room for `segments` segments in all; keeps what is there. */
  #grow(segments: number): void {
    const M = new Int32Array(segments * SEGMENT_WORDS);
    const N = new Int32Array(M.length / 4);
    const dirty = new Uint8Array(M.length / PAGE_WORDS);
    M.set(this.M);
    N.set(this.N);
    dirty.set(this.dirty);
    this.M = M;
    this.N = N;
    this.dirty = dirty;
    this.U = new Uint8Array(M.buffer);
    this.F = new Float64Array(M.buffer);
  }

  /**
   * Backs a range with words that follow each other, and returns the index of the first. The range
   * starts at a multiple of {@link SEGMENT_BYTES}; longer than that, it must be untouched.
   */
  reserve(addr: number, bytes: number): number {
    assert(addr % SEGMENT_BYTES === 0, 'a reserved range starts a segment');
    const first = addr / SEGMENT_BYTES;
    if (bytes <= SEGMENT_BYTES && this.#map[first] !== ZERO) return this.#map[first]!;
    for (let segment = first; segment * SEGMENT_BYTES < addr + bytes; segment++) {
      assert(this.#map[segment] === ZERO, 'a long reserved range must be untouched');
      this.#back(segment);
    }
    return this.#map[first]!;
  }

  #back(segment: number): number {
    const at = this.#backs.length;
    if ((at + 1) * SEGMENT_WORDS > this.M.length) this.#grow(2 * at);
    this.#backs.push(segment);
    this.#map[segment] = at * SEGMENT_WORDS;
    return at * SEGMENT_WORDS;
  }

  /** Whether memory lies behind the segment of an address: what was never written has none. */
  isBacked(addr: number): boolean {
    return this.#map[Math.floor(addr * PER_SEGMENT)]! !== ZERO;
  }

  /** Index in `M` of the word at an address, for reading only: unbacked memory shares one segment. */
  word(addr: number): number {
    const map = this.#map;
    const segment = addr * PER_SEGMENT;
    const word = (addr & OFFSET_MASK) >>> 2;
    // Compared before it is cut to 32 bits, which would bring addresses of 2^50 and more back to RAM.
    return segment >= 0 && segment < map.length ? map[segment >>> 0]! + word : ABSENT + word;
  }

  /** Index in `M` of the word at an address that is about to be written, and marks its page. */
  own(addr: number): number {
    const map = this.#map;
    const segment = addr * PER_SEGMENT;
    let word = (addr & OFFSET_MASK) >>> 2;
    if (!(segment >= 0 && segment < map.length)) return SINK + word;
    const base = map[segment >>> 0]!;
    word += base === ZERO ? this.#back(segment >>> 0) : base;
    this.dirty[word >>> 10] = 1;
    return word;
  }

  /** Index in `M` of a range that lies in one backed segment, -1 for any other. */
  solid(addr: number, bytes: number): number {
    const map = this.#map;
    const segment = addr * PER_SEGMENT;
    const byte = addr & OFFSET_MASK;
    if (!(segment >= 0 && segment < map.length)) return -1;
    if (byte + bytes > SEGMENT_BYTES || (byte & 3) !== 0) return -1;
    const base = map[segment >>> 0]!;
    return base === ZERO ? -1 : base + (byte >>> 2);
  }

  /** Private write of a word by its index in `M`. */
  put(word: number, value: number): void {
    this.M[word] = value;
    this.dirty[word >>> 10] = 1;
  }

  /** Private write of a 64-bit number (below 2^53) by the index of its low word. */
  put64(word: number, value: number): void {
    this.M[word] = value;
    this.M[word + 1] = value < 4294967296 ? 0 : Math.floor(value / 4294967296);
    this.dirty[word >>> 10] = 1;
  }

  /** 64-bit number by the index of its low word; exact below 2^53. */
  get64(word: number): number {
    const high = this.M[word + 1]!;
    const low = this.M[word]! >>> 0;
    return high === 0 ? low : (high >>> 0) * 4294967296 + low;
  }

  /** Signed 32-bit read; the address is a multiple of 4. */
  read32(addr: number): number {
    if (this.listener !== null) this.listener.access(false, addr, 4);
    return this.M[this.word(addr)]!;
  }

  /** Write of the low 32 bits; the address is a multiple of 4. */
  write32(addr: number, value: number): void {
    if (this.listener !== null) this.listener.access(true, addr, 4);
    this.M[this.own(addr)] = value;
  }

  /** Unsigned 64-bit read as a number: exact below 2^53. The address is a multiple of 8. */
  read64(addr: number): number {
    if (this.listener !== null) this.listener.access(false, addr, 8);
    return this.get64(this.word(addr));
  }

  /** 64-bit write of a number below 2^53. The address is a multiple of 8. */
  write64(addr: number, value: number): void {
    if (this.listener !== null) this.listener.access(true, addr, 8);
    this.put64(this.own(addr), value);
  }

  /** `memset` with a byte. One access for the listener. */
  fill(addr: number, value: number, bytes: number): void {
    if (this.listener !== null) this.listener.access(true, addr, bytes);
    this.#set(addr, value, bytes);
  }

  /** As {@link fill}, told to nobody. */
  #set(addr: number, value: number, bytes: number): void {
    const word = this.own(addr);
    if (((addr | bytes) & 3) === 0 && (word & (PAGE_WORDS - 1)) + (bytes >>> 2) <= PAGE_WORDS) {
      // A plain loop beats `fill` for the few dozen words of a slot, two words at a time if it can.
      const end = word + (bytes >>> 2);
      const each = value * 0x01010101;
      if (each === 0 && ((word | end) & 1) === 0) this.clear(word >>> 1, end >>> 1);
      else for (let i = word; i < end; i++) this.M[i] = each;
      return;
    }
    for (let done = 0; done < bytes;) {
      const at = addr + done;
      const run = Math.min(bytes - done, PAGE_SIZE - (at % PAGE_SIZE));
      const byte = this.own(at) * 4 + (at % 4);
      this.U.fill(value, byte, byte + run);
      done += run;
    }
  }

  /** Zeroes the doubles `[from, to)` of the store: four at a time, as V8 does not do it by itself. */
  clear(from: number, to: number): void {
    const { F } = this;
    let i = from;
    for (; i + 3 < to; i += 4) {
      F[i] = 0;
      F[i + 1] = 0;
      F[i + 2] = 0;
      F[i + 3] = 0;
    }
    for (; i < to; i++) F[i] = 0;
  }

  /** Zeroes a range, touching only what is backed: the rest is zero already. */
  zero(addr: number, bytes: number): void {
    // One access, whatever is backed by now: a replay must see what the first run saw.
    if (this.listener !== null) this.listener.access(true, addr, bytes);
    for (let at = addr; at < addr + bytes;) {
      const run = Math.min(addr + bytes - at, SEGMENT_BYTES - (at % SEGMENT_BYTES));
      if (this.#map[Math.floor(at / SEGMENT_BYTES)] !== ZERO) this.#set(at, 0, run);
      at += run;
    }
  }

  /** `memcpy` from private into shared memory: a write of the target. No overlap. */
  copy(target: number, source: number, bytes: number): void {
    if (this.listener !== null) this.listener.access(true, target, bytes);
    this.move(target, source, bytes);
  }

  /** As {@link copy}, private. */
  move(target: number, source: number, bytes: number): void {
    const to = this.own(target);
    const from = this.word(source);
    const words = bytes >>> 2;
    if (
      ((target | source | bytes) & 3) === 0 &&
      (to & (PAGE_WORDS - 1)) + words <= PAGE_WORDS &&
      (from & (PAGE_WORDS - 1)) + words <= PAGE_WORDS
    ) {
      const { M } = this;
      let i = 0;
      for (; i + 3 < words; i += 4) {
        M[to + i] = M[from + i]!;
        M[to + i + 1] = M[from + i + 1]!;
        M[to + i + 2] = M[from + i + 2]!;
        M[to + i + 3] = M[from + i + 3]!;
      }
      for (; i < words; i++) M[to + i] = M[from + i]!;
      return;
    }
    this.poke(target, this.peek(source, bytes));
  }

  /** A copy of `bytes` bytes. */
  readBytes(addr: number, bytes: number): Uint8Array {
    if (this.listener !== null) this.listener.access(false, addr, bytes);
    return this.peek(addr, bytes);
  }

  writeBytes(addr: number, data: Uint8Array): void {
    if (this.listener !== null) this.listener.access(true, addr, data.length);
    this.poke(addr, data);
  }

  /** As {@link readBytes}, private: nobody is told. */
  peek(addr: number, bytes: number): Uint8Array {
    const out = new Uint8Array(bytes);
    for (let done = 0; done < bytes;) {
      const at = addr + done;
      const run = Math.min(bytes - done, SEGMENT_BYTES - (at % SEGMENT_BYTES));
      const byte = this.word(at) * 4 + (at % 4);
      out.set(this.U.subarray(byte, byte + run), done);
      done += run;
    }
    return out;
  }

  /** As {@link writeBytes}, private. */
  poke(addr: number, data: Uint8Array): void {
    for (let done = 0; done < data.length;) {
      const at = addr + done;
      const run = Math.min(data.length - done, PAGE_SIZE - (at % PAGE_SIZE));
      const byte = this.own(at) * 4 + (at % 4);
      this.U.set(data.subarray(done, done + run), byte);
      done += run;
    }
  }

  /** As {@link read32}, private. */
  peek32(addr: number): number {
    return this.M[this.word(addr)]!;
  }

  /** As {@link write32}, private. */
  poke32(addr: number, value: number): void {
    this.M[this.own(addr)] = value;
  }

  /** As {@link read64}, private. */
  peek64(addr: number): number {
    return this.get64(this.word(addr));
  }

  /** As {@link write64}, private. */
  poke64(addr: number, value: number): void {
    this.put64(this.own(addr), value);
  }

  /**
   * The bytes of one page in place, to be written by code that fills buffers (the libfdt writer).
   * Borrowed: use it at once, never keep it.
   */
  borrowPage(addr: number): Uint8Array {
    assert(addr % PAGE_SIZE === 0, 'a page starts at a multiple of its size');
    const byte = this.own(addr) * 4;
    return this.U.subarray(byte, byte + PAGE_SIZE);
  }

  /** The observer's note on the {@link NOTE_BYTES} bytes around an address; 0 at first. */
  note(addr: number): number {
    return this.N[this.word(addr) >>> 2]!;
  }

  setNote(addr: number, value: number): void {
    this.N[this.own(addr) >>> 2] = value;
  }

  /** Notes whose a message's header at an address is, and the payload behind it; -1 leaves one as it is. */
  sign(addr: number, head: number, body: number): void {
    const note = this.own(addr) >>> 2;
    if (head >= 0) this.N[note] = head;
    if (body >= 0) this.N[note + 1] = body;
  }

  /** The running CPU's earlier stores are visible before it goes on. Without store buffers they are. */
  fence(): void {
    return undefined;
  }

  /** As {@link write32}, by a locked instruction: after all earlier stores, and visible at once. */
  locked32(addr: number, value: number): void {
    this.fence();
    this.write32(addr, value);
    this.fence();
  }

  /** Whether all of a range is RAM. */
  covers(addr: number, bytes: number): boolean {
    return addr >= 0 && addr + bytes <= this.size;
  }

  /** Pages of the backing store that stand for some of physical memory end before this one. */
  get #pages(): number {
    return this.#backs.length * SEGMENT_PAGES;
  }

  /** This moment, sharing every page that was not written since the last one. */
  snapshot(): MemorySnapshot {
    return this.#moments.save(this, FIRST_PAGE, this.#pages);
  }

  /** Back (or forward) to a moment of this memory. Copies only pages that differ from now. */
  restore(to: MemorySnapshot): void {
    this.#moments.restore(this, FIRST_PAGE, this.#pages, to);
  }

  /** Whether no page of a range was written between two moments, as far as their copies tell. */
  isSame(a: MemorySnapshot, b: MemorySnapshot, addr: number, bytes: number): boolean {
    for (let at = addr - (addr % PAGE_SIZE); at < addr + bytes; at += PAGE_SIZE) {
      const page = Math.floor(this.word(at) / PAGE_WORDS);
      if (page >= FIRST_PAGE && copyIn(a, page) !== copyIn(b, page)) return false;
    }
    return true;
  }

  /** Counts every page as written, for code that has cleared `dirty` behind the snapshots' back. */
  markAll(): void {
    this.dirty.fill(1, FIRST_PAGE, this.#pages);
  }

  /**
   * Mixes the content of every page that is not all zero, in order of address, into two lanes; all
   * but the observer's last page.
   */
  hashInto(lanes: Int32Array): void {
    hashMoment(lanes, this.snapshot(), this.#backs, SEGMENT_PAGES, this.#tally);
  }
}
