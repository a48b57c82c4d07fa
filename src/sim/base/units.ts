export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
/** Bytes of a page of simulated physical memory. */
export const PAGE_SIZE = 4096;

/** `value` rounded up to a multiple of `step`. Plain arithmetic, so good for addresses. */
export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
/** `value` rounded down to a multiple of `step`. */
export const roundDown = (value: number, step: number): number => Math.floor(value / step) * step;

/**
 * A size with an optional suffix, as people and the kernel's `memparse` write it: `4GiB`, `256M`,
 * `0x1000`, `64KB`. All suffixes are powers of 1024. Undefined when it is not a size.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?$/i.exec(text.trim());
  if (!match) return undefined;
  const power = ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' ');
  const bytes = Number(match[1]) * 1024 ** power;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `256 MiB`, `4 KiB`, `17 B`: the largest unit that divides the size, else one decimal. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit] ?? 'B'}`;
}
