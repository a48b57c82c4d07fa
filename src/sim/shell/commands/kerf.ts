import { commandOf } from '../verbs.ts';
import { kerfExec } from './kerf-exec.ts';
import { kerfLoad } from './kerf-load.ts';
import { kerfShow } from './kerf-show.ts';

/** `kerf`: the tool that makes, loads and starts instances, on the files of v2. */
export const kerf = commandOf(
  { name: 'kerf', group: 'instances', summary: 'make, load and start other kernels' },
  [kerfLoad, kerfExec, kerfShow],
);
