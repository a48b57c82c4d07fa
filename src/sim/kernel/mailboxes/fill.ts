import type { KernelContext } from '../context.ts';
import { HAZARD } from '../hazards.ts';

/** Bytes behind the data that are looked at for something old. */
const LOOKED_AT = 256;

/**
 * Copies data into a slot that was not cleared, with the observer's notes of which message its bytes
 * belong to. What the data does not cover stays from the message before (hazard V3).
 */
export function fillSlot(
  x: KernelContext,
  buffer: number,
  data: number,
  size: number,
  serial: number,
): void {
  const covered = data === 0 ? 0 : size;
  const behind = x.mem.peek(buffer + covered, Math.max(0, LOOKED_AT - covered));
  if (covered > 0) {
    x.mem.copy(buffer, data, size);
    x.mem.sign(buffer, serial, serial);
  }
  if (behind.some((byte) => byte !== 0)) x.hazard(HAZARD.leftovers, buffer + covered, serial);
}
