import { hex } from '../../sim/base/hex.ts';
import { MK_MESSAGE } from '../../sim/kernel/mk.layout.ts';
import type { Frame } from '../../sim/world/frame.ts';
import { slotLayout } from '../scenes/slot.ts';

/** Field of a layout that a byte belongs to. */
function fieldAt(at: Readonly<Record<string, number>>, offset: number): string {
  const before = Object.entries(at).filter(([, start]) => start <= offset);
  return before.reduce((best, one) => (one[1] >= best[1] ? one : best), ['', 0])[0];
}

/**
 * Bytes of memory in words: a field of a slot (`slot 4 of web: data_size`), a slot, or a part of
 * memory that has a name; else the address.
 */
export function placeName(
  addr: number,
  bytes: number,
  { areas, regions }: Pick<Frame, 'areas' | 'regions'>,
): string {
  const area = areas.find(
    ({ start, slots, slotBytes }) => start <= addr && addr < start + slots * slotBytes,
  );
  if (area) {
    const { slotBytes } = area;
    const { at } = slotLayout(area);
    const slot = Math.floor((addr - area.start) / slotBytes);
    const offset = (addr - area.start) % slotBytes;
    const name = `slot ${slot} of ${area.name}`;
    if (bytes >= slotBytes) return name;
    if (offset < at.buffer) return `${name}: ${fieldAt(at, offset)}`;
    return `${name}: ${fieldAt(MK_MESSAGE.at, offset - at.buffer)}${
      bytes >= MK_MESSAGE.size ? ' and what follows' : ''
    }`;
  }
  const inside = regions.filter(({ start, end }) => start <= addr && addr < end);
  const region = inside.reduce<(typeof inside)[0] | undefined>(
    (best, one) => (best && best.end - best.start <= one.end - one.start ? best : one),
    undefined,
  );
  return region ? `${hex(addr)} in ${region.name}` : hex(addr);
}
