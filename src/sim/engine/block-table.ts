import { mixWords } from './mix.ts';

const FREE = -1;
const SLOTS_FIRST = 1024;
const WORDS_FIRST = 8192;

/**
 * Blocks of words by number: equal blocks have one number, in the order they first came. With it a
 * state is a handful of numbers however many words its parts have.
 */
export class BlockTable {
  /** Words of all blocks, one behind the other. Replaced when it grows: never keep it. */
  words = new Int32Array(WORDS_FIRST);
  /** Blocks known so far. */
  count = 0;
  #end = 0;
  #starts = new Int32Array(256);
  #hashes = new Int32Array(256);
  #slots = new Int32Array(SLOTS_FIRST).fill(FREE);

  /** Where a block begins in {@link words}. */
  at(block: number): number {
    return this.#starts[block]!;
  }

  lengthOf(block: number): number {
    return this.#starts[block + 1]! - this.#starts[block]!;
  }

  /** A hash of what a block holds, whatever its number. */
  hashOf(block: number): number {
    return this.#hashes[block]!;
  }

  /** The number of the block of `length` words at `source[from]`. */
  intern(source: Int32Array, from: number, length: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = mixWords(source, from, length);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const block = slots[slot]!;
      if (block === FREE) return this.#add(slot, hash, source, from, length);
      if (this.#hashes[block] === hash && this.#equal(block, source, from, length)) return block;
    }
  }

  #equal(block: number, source: Int32Array, from: number, length: number): boolean {
    const start = this.#starts[block]!;
    if (this.#starts[block + 1]! - start !== length) return false;
    const { words } = this;
    for (let i = 0; i < length; i++) if (words[start + i] !== source[from + i]) return false;
    return true;
  }

  #add(slot: number, hash: number, source: Int32Array, from: number, length: number): number {
    const block = this.count++;
    if (this.#end + length > this.words.length) this.words = grown(this.words, this.#end + length);
    if (block + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, block + 2);
      this.#hashes = grown(this.#hashes, block + 2);
    }
    this.#hashes[block] = hash;
    for (let i = 0; i < length; i++) this.words[this.#end + i] = source[from + i]!;
    this.#end += length;
    this.#starts[block + 1] = this.#end;
    this.#slots[slot] = block;
    if (2 * this.count > this.#slots.length) this.#rehash();
    return block;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    const mask = slots.length - 1;
    for (let block = 0; block < this.count; block++) {
      let slot = this.#hashes[block]! & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = block;
    }
    this.#slots = slots;
  }

  /** Bytes held. */
  get bytes(): number {
    return 4 * (this.words.length + 2 * this.#starts.length + this.#slots.length);
  }
}

/** A copy with room for at least `length` words, doubled. */
export function grown(words: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(length, 2 * words.length));
  copy.set(words);
  return copy;
}
