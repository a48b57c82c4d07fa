import { runFdtoverlay } from '../../sim/fdt/tools/fdtoverlay.ts';
import { type Io } from '../verb.ts';
import { runTool } from './tool.ts';

/** `mk fdtoverlay`: the exit statuses are those of the real tool. */
export const run = (argv: readonly string[], io: Io): Promise<number> =>
  runTool(runFdtoverlay, argv, io);
