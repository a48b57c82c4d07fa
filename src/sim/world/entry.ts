import { utf8Encode } from '../base/text.ts';

/** A directory lists names (directories end in `/`); a file has bytes. */
export type Entry =
  | { readonly kind: 'directory'; readonly names: readonly string[] }
  | { readonly kind: 'file'; readonly read: () => Uint8Array };

export const text = (make: () => string): Entry => ({
  kind: 'file',
  read: () => utf8Encode(make()),
});
export const directory = (names: readonly string[]): Entry => ({ kind: 'directory', names });
