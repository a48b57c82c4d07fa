import { formatSize, PAGE_SIZE } from '../../sim/base/units.ts';
import type { RegionFrame } from '../../sim/world/frame.ts';

/** One stretch of the strip. */
export interface Stretch {
  readonly region: RegionFrame;
  readonly x: number;
  readonly width: number;
  /** What fits: the longest of its names that does, '' when none. */
  readonly label: string;
  /** Its size, '' where there is no room for it. */
  readonly size: string;
}

/** Px of a character of a label, generously. */
const CHARACTER_PX = 7.2;
const PADDING_PX = 12;
/** Narrowest stretch by kind: what the lessons speak of keeps its name whatever its size. */
const LEAST_PX: Readonly<Record<RegionFrame['kind'], number>> = {
  ...{ ipi: 40, kho: 44, kernel: 56, host: 60, instance: 52, pool: 48 },
  ...{ image: 22, free: 22 },
};
/** Regions more than this are drawn without regard to their names. */
const NAMED_MAX = 28;

const NAMES: Readonly<Record<RegionFrame['kind'], readonly string[]>> = {
  host: ['host kernel', 'host'],
  free: ['host memory', 'free'],
  pool: ['memory pool', 'pool'],
  instance: ['instance memory', 'memory', 'mem'],
  ipi: ['IPI area', 'IPI'],
  kho: ['hand-over', 'KHO'],
  image: ['image segment', 'image', 'img'],
  kernel: ['kernel data', 'kernel'],
};

/**
 * Memory from 0 to its end on a scale that grows with the logarithm of the size: 4 KiB can be
 * clicked beside 2 GiB, and the order of addresses stays.
 */
export function layOutMemory(regions: readonly RegionFrame[], width: number): readonly Stretch[] {
  if (regions.length === 0 || width <= 0) return [];
  const named = regions.length <= NAMED_MAX;
  const weights = regions.map(({ start, end }) => 1 + Math.log2(1 + (end - start) / PAGE_SIZE));
  const leasts = regions.map(({ kind }) => (named ? LEAST_PX[kind] : 2));
  const least = sum(leasts);
  const squeeze = Math.min(1, (0.8 * width) / least);
  const perWeight = (width - least * squeeze) / sum(weights);
  let x = 0;
  return regions.map((region, i) => {
    const wide = leasts[i]! * squeeze + weights[i]! * perWeight;
    const fits = (text: string) => text.length * CHARACTER_PX + PADDING_PX <= wide;
    const size = formatSize(region.end - region.start);
    const stretch: Stretch = {
      ...{ region, x, width: wide },
      label: namesOf(region).find(fits) ?? '',
      size: fits(size) ? size : '',
    };
    x += wide;
    return stretch;
  });
}

/** Who a stretch belongs to, in one word. */
const namesOf = ({ kind, name }: RegionFrame): readonly string[] =>
  kind === 'image' ? [name, ...NAMES.image] : NAMES[kind];

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** `0x8000_0000`: hexadecimal in groups of four, as long addresses are read. */
export function formatAddress(address: number): string {
  const digits = address.toString(16).padStart(8, '0');
  return `0x${digits.replace(/\B(?=(.{4})+$)/g, '_')}`;
}
