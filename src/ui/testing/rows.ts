import type { Row } from '../../sim/base/record.ts';
import type { Rows } from '../../worker/protocol.ts';

/** One trace row, written short: what is not named is 0. */
export interface RowDraft {
  readonly time: number;
  readonly cpu: number;
  readonly kind: Row;
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
  readonly d?: number;
}

/** The columns of rows as the worker sends them. */
export function rowsOf(drafts: readonly RowDraft[], from = 0): Rows {
  return {
    from,
    time: Float64Array.from(drafts, ({ time }) => time),
    a: Float64Array.from(drafts, ({ a }) => a ?? 0),
    kind: Uint8Array.from(drafts, ({ kind }) => kind),
    cpu: Int16Array.from(drafts, ({ cpu }) => cpu),
    b: Int32Array.from(drafts, ({ b }) => b ?? 0),
    c: Int32Array.from(drafts, ({ c }) => c ?? 0),
    d: Int32Array.from(drafts, ({ d }) => d ?? 0),
  };
}
