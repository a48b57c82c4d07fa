import { assert } from './assert.ts';

/** Bit range `[hi, lo]`, inclusive, written the way processor manuals write it. */
export type BitRange = readonly [hi: number, lo: number];

/** A 32-bit register: named bit fields over a raw word. Data the inspector can draw. */
export interface Register<Field extends string> {
  readonly name: string;
  readonly fields: Readonly<Record<Field, BitRange>>;
  get(raw: number, field: Field): number;
  set(raw: number, field: Field, value: number): number;
}

/** The mask of `hi:lo`, unsigned: a plain `<<` would turn bit 31 negative. */
const maskOf = ([hi, lo]: BitRange): number => ((2 ** (hi - lo + 1) - 1) << lo) >>> 0;

/** Makes a register from its fields; refuses fields that overlap or lie outside 32 bits. */
export function register<Field extends string>(
  name: string,
  fields: Readonly<Record<Field, BitRange>>,
): Register<Field> {
  let claimed = 0;
  for (const [field, range] of Object.entries<BitRange>(fields)) {
    const [hi, lo] = range;
    assert(31 >= hi && hi >= lo && lo >= 0, `${name}.${field}: no such bits ${hi}:${lo}`);
    assert((claimed & maskOf(range)) === 0, `${name}.${field}: overlaps another field`);
    claimed |= maskOf(range);
  }
  return {
    name,
    fields,
    get: (raw, field) => (raw & maskOf(fields[field])) >>> fields[field][1],
    set(raw, field, value) {
      const mask = maskOf(fields[field]);
      const shift = fields[field][1];
      assert(value >= 0 && value <= mask >>> shift, `${name}.${field}: ${value} does not fit`);
      return ((raw & ~mask) | (value << shift)) >>> 0;
    },
  };
}
