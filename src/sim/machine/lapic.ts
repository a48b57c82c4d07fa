import { CPU } from './cpu.layout.ts';

/** Taken out of the tables once: V8 makes a constant of each, but looks a table's field up at every use. */
const {
  pending: PENDING,
  serving: SERVING,
  irr: IRR,
  isr: ISR,
  icrLow: ICR_LOW,
  icrHigh: ICR_HIGH,
  tpr: TPR,
  svr: SVR,
} = CPU;

/**
 * The local APIC: IRR and ISR are 256-bit sets in the CPU's words, so a vector is pending or not,
 * never counted. `h` is always the index of the CPU's first word in `H`.
 * Intel SDM vol. 3A, "Interrupt Acceptance for Fixed Interrupts" and following.
 *
 * Model: there are no local timer, no LVT entries, no I/O APIC and no NMI; an IPI goes to one APIC by
 * its physical id.
 */

/** Sets a vector's IRR bit. False when it was set already: the two interrupts are now one. */
export function requestVector(H: Int32Array, h: number, vector: number): boolean {
  const word = vector >>> 5;
  const bit = 1 << (vector & 31);
  const bits = H[h + IRR + word]!;
  if ((bits & bit) !== 0) return false;
  H[h + IRR + word] = bits | bit;
  H[h + PENDING]! |= 1 << word;
  return true;
}

/**
 * Highest vector in the 256-bit set that starts at `H[set]`, or -1. `words` says which of its words
 * are not 0: looking through all eight takes most of the time an interrupt costs.
 */
function highestVector(H: Int32Array, set: number, words: number): number {
  if (words === 0) return -1;
  const word = 31 - Math.clz32(words);
  return word * 32 + 31 - Math.clz32(H[set + word]!);
}

/** The highest vector that waits in IRR, or -1. */
export const highestPending = (H: Int32Array, h: number): number =>
  highestVector(H, h + IRR, H[h + PENDING]!);

/** The highest vector in service, or -1. */
export const highestInService = (H: Int32Array, h: number): number =>
  highestVector(H, h + ISR, H[h + SERVING]!);

export function hasVector(H: Int32Array, set: number, vector: number): boolean {
  return (H[set + (vector >>> 5)]! & (1 << (vector & 31))) !== 0;
}

/**
 * The vector the core would be given now, or -1: the highest pending one, if the class (upper four
 * bits) is above that of what is in service and of TPR.
 */
export function deliverable(H: Int32Array, h: number): number {
  const vector = highestPending(H, h);
  if (vector < 0) return -1;
  const inService = highestInService(H, h);
  const floor = Math.max(inService >> 4, H[h + TPR]! >> 4);
  return vector >> 4 > floor ? vector : -1;
}

/** Moves a vector from IRR to ISR. */
export function acceptVector(H: Int32Array, h: number, vector: number): void {
  const word = vector >>> 5;
  const bit = 1 << (vector & 31);
  const left = H[h + IRR + word]! & ~bit;
  H[h + IRR + word] = left;
  if (left === 0) H[h + PENDING]! &= ~(1 << word);
  H[h + ISR + word]! |= bit;
  H[h + SERVING]! |= 1 << word;
}

/** End of interrupt: clears the highest ISR bit and returns its vector, or -1. */
export function endOfInterrupt(H: Int32Array, h: number): number {
  const vector = highestInService(H, h);
  if (vector < 0) return -1;
  const word = vector >>> 5;
  const left = H[h + ISR + word]! & ~(1 << (vector & 31));
  H[h + ISR + word] = left;
  if (left === 0) H[h + SERVING]! &= ~(1 << word);
  return vector;
}

/** What INIT does to a local APIC: nothing pending, nothing in service, software-disabled. */
export function resetLapic(H: Int32Array, h: number): void {
  for (let i = 0; i < 8; i++) {
    H[h + IRR + i] = 0;
    H[h + ISR + i] = 0;
  }
  H[h + PENDING] = 0;
  H[h + SERVING] = 0;
  H[h + TPR] = 0;
  H[h + ICR_LOW] = 0;
  H[h + ICR_HIGH] = 0;
  H[h + SVR] = 0xff;
}
