/** Rows as columns, to be read or transferred. What the columns mean is said in base/record.ts. */
export interface Columns {
  /** Number of the first row. */
  readonly from: number;
  readonly time: Float64Array;
  readonly a: Float64Array;
  readonly kind: Uint8Array;
  readonly cpu: Int16Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
}

/** Columns of zeros for `count` rows from `from` on. */
export const columns = (from: number, count: number): Columns => ({
  from,
  time: new Float64Array(count),
  a: new Float64Array(count),
  kind: new Uint8Array(count),
  cpu: new Int16Array(count),
  b: new Int32Array(count),
  c: new Int32Array(count),
  d: new Int32Array(count),
});
