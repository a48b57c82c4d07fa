import { layout } from '../base/layout.ts';

/** setup_data type of the KHO node (arch/x86/include/uapi/asm/setup_data.h). */
const SETUP_KEXEC_KHO = 10;

/** struct setup_data followed by struct kho_data, as setup_kho() of v2 16/16 leaves them. */
export const SETUP_DATA_KHO = layout('setup_data + kho_data', 48, [
  ['next', 0, 8, 'pointer'],
  ['type', 8, 4, 'uint'],
  ['len', 12, 4, 'uint'],
  ['fdt_addr', 16, 8, 'pointer'],
  ['fdt_size', 24, 8, 'uint'],
  ['scratch_addr', 32, 8, 'pointer'],
  ['scratch_size', 40, 8, 'uint'],
]);

/** Where the segment of boot parameters keeps what: offsets into it, in bytes. */
export const BOOT_PARAMS = {
  /** hdr.cmd_line_ptr and hdr.setup_data of struct boot_params. */
  cmd_line_ptr: 0x228,
  setup_data: 0x250,
  /** Model: our loader puts the setup_data node and the command line at offsets of its own. */
  node: 0x1000,
  cmdline: 0x1100,
  size: 0x2000,
} as const;

/** Bytes a command line may have, its NUL included. */
export const COMMAND_LINE_SIZE = BOOT_PARAMS.size - BOOT_PARAMS.cmdline;

/** The carrier of a KHO tree: what setup_kho() writes for a multikernel image (facts 04 §1.1). */
export function khoNode(fdtAddr: number, fdtSize: number): Uint8Array {
  const bytes = new Uint8Array(SETUP_DATA_KHO.size);
  const view = new DataView(bytes.buffer);
  const at = SETUP_DATA_KHO.at;
  view.setUint32(at.type, SETUP_KEXEC_KHO, true);
  view.setUint32(at.len, SETUP_DATA_KHO.size - at.fdt_addr, true);
  view.setBigUint64(at.fdt_addr, BigInt(fdtAddr), true);
  view.setBigUint64(at.fdt_size, BigInt(fdtSize), true);
  return bytes;
}
