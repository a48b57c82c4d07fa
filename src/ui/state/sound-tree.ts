import { Refused } from '../../sim/base/assert.ts';
import type { Ask } from '../../worker/client.ts';
import type { TreeProblem } from '../../worker/tree-types.ts';

/** First bytes of a flattened device tree: Devicetree Specification, "Header". */
const FDT_MAGIC = [0xd0, 0x0d, 0xfe, 0xed];

/** `FILE:LINE:COLUMN: what is wrong`; a blob has bytes instead, and some faults no place at all. */
function sentence(called: string, { place, text }: TreeProblem): string {
  if (/^\d+:\d+$/.test(place)) return `${called}:${place}: ${text}`;
  if (place === '' || place.startsWith('byte '))
    return [called, place, text].filter(Boolean).join(': ');
  return `${place}: ${text}`;
}

/**
 * Refuses a device tree, source or blob, that dtc would refuse: with the first of its errors.
 * `called` is the name of the visitor's file.
 */
export async function requireTree(ask: Ask, called: string, bytes: Uint8Array): Promise<void> {
  const isBlob = FDT_MAGIC.every((byte, i) => bytes[i] === byte);
  const { blob, text, problems } = isBlob
    ? await ask('mapTree', { bytes, file: called })
    : await ask('compileTree', { text: new TextDecoder().decode(bytes), file: called });
  if (isBlob ? text !== undefined : blob !== undefined) return;
  const fault = problems.find(({ severity }) => severity === 'error');
  throw new Refused(fault ? sentence(called, fault) : `${called} is no device tree`);
}
