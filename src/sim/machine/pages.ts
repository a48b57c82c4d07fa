/** A page as it was at a snapshot. Never changed; its hash is remembered once asked for. */
export interface PageCopy {
  readonly words: Int32Array;
  readonly notes: Int32Array;
  hash: { readonly low: number; readonly high: number; readonly zero: boolean } | null;
}

/** Two independent 32-bit mixing steps: together a 64-bit identity. */
export function mix(lanes: Int32Array, word: number): void {
  lanes[0] = Math.imul((lanes[0]! ^ word) + 0x7f4a7c15, 0x85ebca6b);
  lanes[0] ^= lanes[0] >>> 15;
  lanes[1] = Math.imul((lanes[1]! + word) ^ 0x2545f491, 0xc2b2ae35);
  lanes[1] ^= lanes[1] >>> 13;
}

/** Mixes a number of any size: an address, a time, a local of a frame. */
export function mixNumber(lanes: Int32Array, value: number): void {
  F64[0] = value;
  mix(lanes, WORDS[0]!);
  mix(lanes, WORDS[1]!);
}
const F64 = new Float64Array(1);
const WORDS = new Int32Array(F64.buffer);

/** Mixes a page that is not all zero; a zero page counts as one never written. */
export function hashPage(lanes: Int32Array, page: number, copy: PageCopy): void {
  copy.hash ??= hashWords(copy.words);
  if (copy.hash.zero) return;
  mix(lanes, page);
  mix(lanes, copy.hash.low);
  mix(lanes, copy.hash.high);
}

function hashWords(words: Int32Array): NonNullable<PageCopy['hash']> {
  const lanes = new Int32Array(2);
  let any = 0;
  for (const word of words) {
    any |= word;
    mix(lanes, word);
  }
  return { low: lanes[0]!, high: lanes[1]!, zero: any === 0 };
}

/** 16 lower-case hex digits of the two lanes. */
export function lanesToHex(lanes: Int32Array): string {
  const part = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');
  return part(lanes[1]!) + part(lanes[0]!);
}

/** Tables of page copies, as snapshots share them. */
type Tables = readonly (readonly (PageCopy | null)[])[];

const NO_TABLE: Tables[number] = [];

/** Bytes of the copies in `tables` that are not in `others`. Plain loops: asked of every checkpoint. */
export function bytesApart(tables: Tables, others: Tables): number {
  let bytes = 0;
  for (let n = 0; n < tables.length; n++) {
    const table = tables[n]!;
    const other = others[n] ?? NO_TABLE;
    if (table === other) continue;
    for (let i = 0; i < table.length; i++) {
      const copy = table[i];
      if (copy && (i >= other.length || copy !== other[i]))
        bytes += copy.words.byteLength + copy.notes.byteLength;
    }
  }
  return bytes;
}
