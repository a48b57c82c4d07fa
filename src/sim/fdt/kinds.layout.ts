/** Kinds of bytes of a blob, by number. `padding` is what aligns, `gap` what nothing refers to. */
export const RANGE_KINDS = [
  'header',
  'reserve-address',
  'reserve-size',
  'reserve-end',
  'token',
  'node-name',
  'property-length',
  'property-name-offset',
  'value',
  'string',
  'padding',
  'gap',
] as const;
export type RangeKind = (typeof RANGE_KINDS)[number];

/** Number of each kind. */
export const RANGE = Object.fromEntries(RANGE_KINDS.map((kind, i) => [kind, i])) as Readonly<
  Record<RangeKind, number>
>;

/** How the value of a property is written, by number; '' for one without a value. */
export const VALUE_TYPES = ['', 'text', 'cells', 'bytes', 'tree'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];
