import { CPU } from './cpu.layout.ts';

/**
 * The local APIC: IRR and ISR are 256-bit sets in the CPU's words, so a vector is pending or not,
 * never counted. `h` is always the index of the CPU's first word in `H`.
 * Intel SDM vol. 3A, "Interrupt Acceptance for Fixed Interrupts" and following.
 */

/** Sets a vector's IRR bit. False when it was set already: the two interrupts are now one. */
export function requestVector(H: Int32Array, h: number, vector: number): boolean {
  const word = h + CPU.irr + (vector >>> 5);
  const bit = 1 << (vector & 31);
  if ((H[word]! & bit) !== 0) return false;
  H[word]! |= bit;
  H[h + CPU.pending] = 1;
  return true;
}

/** Highest vector in the 256-bit set that starts at `H[set]`, or -1. */
export function highestVector(H: Int32Array, set: number): number {
  for (let word = 7; word >= 0; word--) {
    const bits = H[set + word]!;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits);
  }
  return -1;
}

export function hasVector(H: Int32Array, set: number, vector: number): boolean {
  return (H[set + (vector >>> 5)]! & (1 << (vector & 31))) !== 0;
}

/**
 * The vector the core would be given now, or -1: the highest pending one, if the class (upper four
 * bits) is above that of what is in service and of TPR.
 */
export function deliverable(H: Int32Array, h: number): number {
  if (H[h + CPU.pending] === 0) return -1;
  const vector = highestVector(H, h + CPU.irr);
  if (vector < 0) return -1;
  const inService = highestVector(H, h + CPU.isr);
  const floor = Math.max(inService >> 4, H[h + CPU.tpr]! >> 4);
  return vector >> 4 > floor ? vector : -1;
}

/** Moves a vector from IRR to ISR. */
export function acceptVector(H: Int32Array, h: number, vector: number): void {
  const word = vector >>> 5;
  const bit = 1 << (vector & 31);
  H[h + CPU.irr + word]! &= ~bit;
  H[h + CPU.isr + word]! |= bit;
  H[h + CPU.pending] = highestVector(H, h + CPU.irr) < 0 ? 0 : 1;
}

/** End of interrupt: clears the highest ISR bit and returns its vector, or -1. */
export function endOfInterrupt(H: Int32Array, h: number): number {
  const vector = highestVector(H, h + CPU.isr);
  if (vector >= 0) H[h + CPU.isr + (vector >>> 5)]! &= ~(1 << (vector & 31));
  return vector;
}

/** What INIT does to a local APIC: nothing pending, nothing in service, software-disabled. */
export function resetLapic(H: Int32Array, h: number): void {
  for (let i = 0; i < 8; i++) {
    H[h + CPU.irr + i] = 0;
    H[h + CPU.isr + i] = 0;
  }
  H[h + CPU.pending] = 0;
  H[h + CPU.tpr] = 0;
  H[h + CPU.icrLow] = 0;
  H[h + CPU.icrHigh] = 0;
  H[h + CPU.svr] = 0xff;
}
