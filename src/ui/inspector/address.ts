import { hex } from '../../sim/base/hex.ts';
import { parseSize } from '../../sim/base/units.ts';

/** An address, or one sentence that says why what was typed is none. */
export type ParsedAddress =
  { readonly ok: true; readonly addr: number } | { readonly ok: false; readonly why: string };

const refuse = (why: string): ParsedAddress => ({ ok: false, why });

/** Reads `0x80000440`, `0x8000_0440`, `8192`, `2GiB`, or two of them with a plus between. */
export function parseAddress(text: string, memoryEnd: number): ParsedAddress {
  const typed = text.trim().replaceAll('_', '');
  if (typed === '') return refuse('Type an address, such as 0x80000000 or 2GiB.');
  let addr = 0;
  for (const part of typed.split('+')) {
    const value = parseSize(part);
    if (value === undefined) {
      const bare = /^[0-9a-f]+$/i.test(part.trim());
      return bare
        ? refuse(`“${part.trim()}” looks like hexadecimal: write 0x${part.trim()}.`)
        : refuse(`“${part.trim()}” is no address: write 0x and hexadecimal digits, or 2GiB.`);
    }
    addr += value;
  }
  if (addr >= memoryEnd) return refuse(`Memory ends at ${hex(memoryEnd)}; ${hex(addr)} is beyond.`);
  return { ok: true, addr };
}

/** `0x8000_0440`: eight digits at least, in groups of four, because people read them aloud. */
export function formatAddress(addr: number): string {
  const digits = addr.toString(16).padStart(8, '0');
  return `0x${digits.replace(/\B(?=(.{4})+$)/g, '_')}`;
}
