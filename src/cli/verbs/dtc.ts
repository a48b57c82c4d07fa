import { runDtc } from '../../sim/fdt/tools/dtc.ts';
import { type Io } from '../verb.ts';
import { runTool } from './tool.ts';

/** `mk dtc`: the exit statuses are those of the real tool. */
export const run = (argv: readonly string[], io: Io): Promise<number> => runTool(runDtc, argv, io);
