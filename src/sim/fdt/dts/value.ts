import type { Marker, MarkerKind } from '../tree.ts';

const FIRST_SIZE = 1 << 16;

/**
 * Collects the bytes of one property value after another in one growing buffer, so that a cell
 * costs four stores and no object.
 */
export class ValueBuilder {
  bytes = new Uint8Array(FIRST_SIZE);
  length = 0;
  #markers: Marker[] | undefined;

  /** Begins an empty value. */
  clear(): void {
    this.length = 0;
    this.#markers = undefined;
  }

  /** Makes room for `more` bytes behind `length`. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  mark(kind: MarkerKind, ref?: string): void {
    (this.#markers ??= []).push({ kind, offset: this.length, ref });
  }

  push(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  pushByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Big-endian, the low `bits` of it. */
  pushInteger(value: bigint, bits: number): void {
    for (let shift = bits - 8; shift >= 0; shift -= 8)
      this.pushByte(Number((value >> BigInt(shift)) & 255n));
  }

  pushCell(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  /** The value collected since {@link ValueBuilder.clear}. */
  finish(): { value: Uint8Array; markers: Marker[] | undefined } {
    return { value: this.bytes.slice(0, this.length), markers: this.#markers };
  }
}
