import { commandOf } from '../verbs.ts';
import { kerfCreate } from './kerf-create.ts';
import { kerfConsole, kerfDelete, kerfKill, kerfUnload, kerfUpdate } from './kerf-end.ts';
import { kerfExec } from './kerf-exec.ts';
import { kerfInit } from './kerf-init.ts';
import { kerfLoad } from './kerf-load.ts';
import { kerfShow } from './kerf-show.ts';

/** `kerf`: the tool that makes, loads and starts instances, on the files of v2. */
export const kerf = commandOf(
  { name: 'kerf', group: 'instances', summary: 'make, load and start other kernels' },
  [
    kerfInit,
    kerfCreate,
    kerfLoad,
    kerfExec,
    kerfShow,
    kerfKill,
    kerfUnload,
    kerfDelete,
    kerfUpdate,
    kerfConsole,
  ],
);
