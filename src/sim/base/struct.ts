import { assert } from './assert.ts';

/** One field of a fixed width in bytes: how it is read and written at a byte offset. */
export interface Scalar<Value> {
  readonly size: number;
  read(bytes: DataView, at: number, littleEndian: boolean): Value;
  write(bytes: DataView, at: number, littleEndian: boolean, value: Value): void;
}

/** Fields of a struct in C order. */
export type Fields = Readonly<Record<string, Scalar<number> | Scalar<bigint>>>;

/** A window on one struct: reading a field reads the bytes, assigning to it writes them. */
export type View<F extends Fields> = {
  -readonly [Name in keyof F]: F[Name] extends Scalar<infer Value> ? Value : never;
};

/** A struct of a C header: its size, the offset of every field, and windows on bytes. */
export interface Struct<F extends Fields> {
  readonly name: string;
  readonly size: number;
  readonly offsetOf: Readonly<Record<keyof F, number>>;
  readonly fields: F;
  at(bytes: DataView, base: number): View<F>;
}

const scalar = <Value>(
  size: number,
  read: (bytes: DataView, at: number, littleEndian: boolean) => Value,
  write: (bytes: DataView, at: number, littleEndian: boolean, value: Value) => void,
): Scalar<Value> => ({ size, read, write });

/** An unsigned 32-bit number. */
export const u32 = scalar<number>(
  4,
  (bytes, at, le) => bytes.getUint32(at, le),
  (bytes, at, le, value) => {
    bytes.setUint32(at, value, le);
  },
);
/** An unsigned 64-bit number. */
export const u64 = scalar<bigint>(
  8,
  (bytes, at, le) => bytes.getBigUint64(at, le),
  (bytes, at, le, value) => {
    bytes.setBigUint64(at, value, le);
  },
);

/** Fields in C order. Holes must be spelled out, so the table reads like the header file. */
export function struct<const F extends Fields>(
  name: string,
  endian: 'le' | 'be',
  fields: F,
  expect: { readonly size: number },
): Struct<F> {
  const le = endian === 'le';
  const offsetOf: Record<string, number> = {};
  let size = 0;
  for (const [field, { size: width }] of Object.entries(fields)) {
    assert(size % width === 0, `${name}.${field}: misaligned, spell out the hole`);
    offsetOf[field] = size;
    size += width;
  }
  assert(size === expect.size, `${name}: table says ${size} bytes, header says ${expect.size}`);

  function at(bytes: DataView, base: number): View<F> {
    const view = {};
    // The table was checked above; the compiler cannot pair each field with its own value type.
    for (const [field, one] of Object.entries(fields) as [string, Scalar<unknown>][]) {
      const here = base + (offsetOf[field] ?? 0);
      Object.defineProperty(view, field, {
        enumerable: true,
        get: () => one.read(bytes, here, le),
        set: (value: unknown) => {
          one.write(bytes, here, le, value);
        },
      });
    }
    return view as View<F>;
  }
  // Every key of `fields` was entered in the loop above.
  return { name, size, offsetOf: offsetOf as Record<keyof F, number>, fields, at };
}
