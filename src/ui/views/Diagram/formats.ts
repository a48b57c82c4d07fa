import type { Calls } from '../../../worker/protocol.ts';

export type Format = Calls['diagram']['ask']['format'];

/** How a diagram can be had, by what the worker calls it. */
export const FORMATS: Readonly<
  Record<Format, { readonly title: string; readonly extension: string; readonly type: string }>
> = {
  text: { title: 'Text for a mail', extension: 'txt', type: 'text/plain' },
  mermaid: { title: 'Mermaid', extension: 'mmd', type: 'text/plain' },
  svg: { title: 'Picture (SVG)', extension: 'svg', type: 'image/svg+xml' },
};
