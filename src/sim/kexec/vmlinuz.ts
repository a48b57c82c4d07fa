import { KIB, MIB } from '../base/units.ts';

/** Offsets of struct setup_header in a bzImage (Documentation/arch/x86/boot.rst). */
const BOOT_FLAG = 0x1fe;
const HEADER_MAGIC = 0x202;
const INIT_SIZE = 0x260;

/** Bytes of the image we make, and of memory it asks for. */
const IMAGE_BYTES = 96 * KIB;
const VMLINUZ_INIT_SIZE = 2 * MIB;

/**
 * The kernel image /boot/vmlinuz: a bzImage header that a loader accepts, and a recognisable filler
 * instead of code. Model: what a spawned kernel does is the simulator's, not these bytes'.
 */
export function makeVmlinuz(): Uint8Array {
  const bytes = new Uint8Array(IMAGE_BYTES);
  const view = new DataView(bytes.buffer);
  let x = 0x5eed;
  for (let i = 0x400; i < bytes.length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    bytes[i] = x >>> 16;
  }
  view.setUint16(BOOT_FLAG, 0xaa55, true);
  view.setUint32(HEADER_MAGIC, 0x53726448, true); // "HdrS"
  view.setUint32(INIT_SIZE, VMLINUZ_INIT_SIZE, true);
  return bytes;
}

/** Memory the image asks for, or undefined when it is no bzImage. */
export function initSizeOf(image: Uint8Array): number | undefined {
  if (image.length < 0x400) return undefined;
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (view.getUint16(BOOT_FLAG, true) !== 0xaa55) return undefined;
  if (view.getUint32(HEADER_MAGIC, true) !== 0x53726448) return undefined;
  return Math.max(view.getUint32(INIT_SIZE, true), image.length);
}
