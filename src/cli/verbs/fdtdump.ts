import { runFdtdump } from '../../sim/fdt/tools/fdtdump.ts';
import { type Io } from '../verb.ts';
import { runTool } from './tool.ts';

/** `mk fdtdump`: the exit statuses are those of the real tool. */
export const run = (argv: readonly string[], io: Io): Promise<number> =>
  runTool(runFdtdump, argv, io);
