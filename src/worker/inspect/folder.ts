import { Refused } from '../../sim/base/assert.ts';
import { errnoName } from '../../sim/base/errno.ts';
import { filesOf } from '../../sim/scenarios/run-state.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { serve } from '../../sim/scenarios/serve.ts';
import type { Folder } from './inspections.ts';

/** Bytes of a file that are shown. */
const BYTES_MAX = 64 * 1024;

/** What a kernel's `ls` and `cat` would get: the very calls its commands make. */
export function readFolder(
  { world, state }: Run,
  { kernel, path }: { readonly kernel: string; readonly path: string },
): Folder {
  const index = world.kernelNamed(kernel);
  if (index < 0) throw new Refused(`there is no kernel ${kernel}`);
  const files = filesOf(state, kernel);
  const none = { path, names: undefined, bytes: undefined, size: 0 };
  const listed = serve(world, index, files, { call: 'list', path });
  if ('answer' in listed && 'names' in listed.answer)
    return { ...none, names: listed.answer.names, error: '' };
  const read = serve(world, index, files, { call: 'read', path });
  if ('answer' in read && 'bytes' in read.answer) {
    const { bytes } = read.answer;
    return { ...none, bytes: bytes.slice(0, BYTES_MAX), size: bytes.length, error: '' };
  }
  const code = 'answer' in read ? read.answer.ret : 0;
  return { ...none, error: errnoName(code) };
}
