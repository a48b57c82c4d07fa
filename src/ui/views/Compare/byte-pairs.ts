import { hex } from '../../../sim/base/hex.ts';
import type { BytesDiff } from '../../../sim/scenarios/state-diff.ts';
import { readStruct } from '../../inspector/struct-view.ts';

const ROW_BYTES = 16;

/** A byte of both runs. */
export interface BytePair {
  readonly a: string;
  readonly b: string;
  readonly differs: boolean;
}

/** Sixteen bytes of both runs. */
export interface ByteRow {
  readonly offset: string;
  readonly bytes: readonly BytePair[];
}

/** A field that does not say the same in both runs. */
export interface FieldPair {
  readonly name: string;
  readonly offset: string;
  readonly a: string;
  readonly b: string;
}

/** The rows of sixteen bytes in which any differ. */
export function byteRows({ a, b }: BytesDiff): ByteRow[] {
  const rows: ByteRow[] = [];
  for (let from = 0; from < a.length; from += ROW_BYTES) {
    const bytes = [...a.subarray(from, from + ROW_BYTES)].map((byte, i) => {
      const other = b[from + i] ?? 0;
      return { a: two(byte), b: two(other), differs: byte !== other };
    });
    if (bytes.some(({ differs }) => differs)) rows.push({ offset: `+${hex(from, 2)}`, bytes });
  }
  return rows;
}

const two = (byte: number): string => byte.toString(16).padStart(2, '0');

/** The fields that differ, by name; what no layout names is left to the bytes. */
export function fieldPairs({ kind, a, b }: BytesDiff): FieldPair[] {
  if (kind === 'ring') return ringPairs(a, b);
  if (kind === 'bytes') return [];
  const [one, other] = [fieldsOf(a), fieldsOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [mine, theirs] = [one.get(name), other.get(name)];
    const [x, y] = [mine?.value ?? 'not there', theirs?.value ?? 'not there'];
    const offset = mine?.offset ?? theirs?.offset ?? '';
    return x === y ? [] : [{ name, offset, a: x, b: y }];
  });
}

function fieldsOf(bytes: Uint8Array): Map<string, { value: string; offset: string }> {
  const view = readStruct({ addr: 0, bytes }, 0, 'mk_ipi_data');
  // The buffer is told by what it holds.
  const fields = view?.fields.filter(({ name }) => name !== 'buffer') ?? [];
  return new Map(
    fields.map(({ name, addr, value, meaning }) => [
      name,
      { value: meaning === '' ? value : `${value} ${meaning}`, offset: `+${hex(addr, 2)}` },
    ]),
  );
}

function ringPairs(a: Uint8Array, b: Uint8Array): FieldPair[] {
  const at = (bytes: Uint8Array, offset: number): string =>
    String(new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true));
  return [
    { name: 'head', offset: '+0x00', a: at(a, 0), b: at(b, 0) },
    { name: 'tail', offset: '+0x04', a: at(a, 4), b: at(b, 4) },
  ].filter((field) => field.a !== field.b);
}
