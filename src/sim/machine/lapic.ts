import { CPU } from './cpu.layout.ts';

/** Taken out of the tables once: V8 makes a constant of each, but looks a table's field up at every use. */
const {
  pending: PENDING,
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
 */

/** Sets a vector's IRR bit. False when it was set already: the two interrupts are now one. */
export function requestVector(H: Int32Array, h: number, vector: number): boolean {
  const word = h + IRR + (vector >>> 5);
  const bit = 1 << (vector & 31);
  if ((H[word]! & bit) !== 0) return false;
  H[word]! |= bit;
  H[h + PENDING] = 1;
  return true;
}

/** Whether the 256-bit set that starts at `H[set]` has none. Written out: a loop takes four times as long. */
function isEmpty(H: Int32Array, set: number): boolean {
  const low = H[set]! | H[set + 1]! | H[set + 2]! | H[set + 3]!;
  return (low | H[set + 4]! | H[set + 5]! | H[set + 6]! | H[set + 7]!) === 0;
}

/** Highest vector in the 256-bit set that starts at `H[set]`, or -1. */
export function highestVector(H: Int32Array, set: number): number {
  if (isEmpty(H, set)) return -1;
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
  if (H[h + PENDING] === 0) return -1;
  const vector = highestVector(H, h + IRR);
  if (vector < 0) return -1;
  const inService = highestVector(H, h + ISR);
  const floor = Math.max(inService >> 4, H[h + TPR]! >> 4);
  return vector >> 4 > floor ? vector : -1;
}

/** Moves a vector from IRR to ISR. */
export function acceptVector(H: Int32Array, h: number, vector: number): void {
  const word = vector >>> 5;
  const bit = 1 << (vector & 31);
  H[h + IRR + word]! &= ~bit;
  H[h + ISR + word]! |= bit;
  H[h + PENDING] = isEmpty(H, h + IRR) ? 0 : 1;
}

/** End of interrupt: clears the highest ISR bit and returns its vector, or -1. */
export function endOfInterrupt(H: Int32Array, h: number): number {
  const vector = highestVector(H, h + ISR);
  if (vector >= 0) H[h + ISR + (vector >>> 5)]! &= ~(1 << (vector & 31));
  return vector;
}

/** What INIT does to a local APIC: nothing pending, nothing in service, software-disabled. */
export function resetLapic(H: Int32Array, h: number): void {
  for (let i = 0; i < 8; i++) {
    H[h + IRR + i] = 0;
    H[h + ISR + i] = 0;
  }
  H[h + PENDING] = 0;
  H[h + TPR] = 0;
  H[h + ICR_LOW] = 0;
  H[h + ICR_HIGH] = 0;
  H[h + SVR] = 0xff;
}
