import { ERRNO } from '../base/errno.ts';
import type { KernelContext } from './context.ts';
import { areaBytes, areaOf, canMap } from './ipi-area.ts';
import { K } from './kernel.layout.ts';
import { MK_INSTANCE } from './mk.layout.ts';
import { parameter } from './parameter.ts';

const NUMBER = /^(?:0x([0-9a-f]+)|0([0-7]*)|([1-9]\d*))/i;
const SUFFIXES = 'KMGTPE';
const U64_MAX = 2n ** 64n - 1n;

/**
 * memparse(): a number as C writes it and one suffix of powers of 1024; what follows is ignored,
 * what is no number is 0.
 */
export function memparse(text: string): bigint {
  const found = NUMBER.exec(text);
  if (!found) return 0n;
  const [all, hex, octal, decimal] = found;
  const digits = hex === undefined ? (octal === undefined ? decimal! : `0o${octal || '0'}`) : all;
  const suffix = text.charAt(all.length).toUpperCase();
  const power = suffix === '' ? -1 : SUFFIXES.indexOf(suffix);
  const value = BigInt(digits) > U64_MAX ? U64_MAX : BigInt(digits);
  return BigInt.asUintN(64, value << BigInt(10 * (power + 1)));
}

/** mk_ipi_shared_setup (facts 02 §3.11): the early parameter `mk_ipi_shared=`. */
export function ipiSharedSetup(x: KernelContext, text: string | undefined): number {
  if (text === undefined) return -ERRNO.EINVAL;
  const addr = memparse(text);
  x.mem.poke32(x.k + K.mk_ipi_shared_phys_addr, Number(BigInt.asIntN(32, addr)));
  x.mem.poke32(x.k + K.mk_ipi_shared_phys_addr + 4, Number(BigInt.asIntN(32, addr >> 32n)));
  if (addr === 0n) {
    x.log('ipi.bad_shared_param', text);
    return -ERRNO.EINVAL;
  }
  x.log('ipi.shared_param', Number(addr));
  return 0;
}

/** The same for the running kernel's command line, if that has the parameter. */
export function ipiSharedParam(x: KernelContext): void {
  const text = parameter(x, 'mk_ipi_shared');
  if (text !== undefined) ipiSharedSetup(x, text);
}

/** Glue `ipi-param`: the word that tells an image where the area of its instance is. */
export function announceArea(x: KernelContext, instance: number): string {
  const id = x.mem.peek32(instance + MK_INSTANCE.at.id);
  const area = areaOf(x, id);
  if (!x.sys.settings.glue.has('ipi-param') || area === 0) return '';
  return `mk_ipi_shared=0x${area.toString(16)}`;
}

/** multikernel_ipi_init (facts 02 §3.11): maps the receive area that was announced, if any. */
export function ipiInit(x: KernelContext): number {
  const addr = x.mem.peek64(x.k + K.mk_ipi_shared_phys_addr);
  if (addr === 0) return 0;
  if (!canMap(x, addr, areaBytes(x))) {
    x.log('ipi.shared_map_failed', addr);
    return -ERRNO.ENOMEM;
  }
  x.mem.poke64(x.k + K.mk_this_kernel_ipi_data, addr);
  x.log('ipi.initialized', addr);
  return 0;
}
