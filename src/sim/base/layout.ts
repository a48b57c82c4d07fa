import { assert } from './assert.ts';

/** How a field's bytes are read by people: signed, unsigned, hexadecimal, address, text or raw. */
export type FieldKind = 'int' | 'uint' | 'hex' | 'pointer' | 'text' | 'bytes' | 'struct';

/** One field of a C struct as a compiler lays it out on x86-64. Sizes and offsets in bytes. */
export interface LayoutField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly kind: FieldKind;
}

/** A C struct: data that routines, the inspector and the tests share. */
export interface Layout<Name extends string> {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly LayoutField[];
  /** Offset of each field. */
  readonly at: Readonly<Record<Name, number>>;
}

type Row<Name extends string> = readonly [
  name: Name,
  offset: number,
  size: number,
  kind: FieldKind,
];

/** Makes a layout; refuses fields that overlap, run backwards or past the end. */
export function layout<const Name extends string>(
  name: string,
  size: number,
  rows: readonly Row<Name>[],
): Layout<Name> {
  const at: Partial<Record<Name, number>> = {};
  let end = 0;
  for (const [field, offset, bytes] of rows) {
    assert(offset >= end && offset + bytes <= size, `${name}.${field}: out of place`);
    at[field] = offset;
    end = offset + bytes;
  }
  return {
    name,
    size,
    fields: rows.map(([field, offset, bytes, kind]) => ({
      name: field,
      offset,
      size: bytes,
      kind,
    })),
    at: at as Record<Name, number>, // every name of `rows` was just assigned
  };
}
