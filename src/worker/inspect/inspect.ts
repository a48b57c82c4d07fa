/** What the tabs of the inspector ask for; loaded when the first of them is opened. */
import { readFolder } from './folder.ts';
import { hazardRows } from './hazard-rows.ts';
import { handlerRows, heapRow, instanceRows } from './kernel-rows.ts';
import { messageRows } from './message-rows.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { findWriter } from './writer.ts';
import type { Inspections } from './inspections.ts';

export type Inspector = {
  readonly [K in keyof Inspections]: (
    run: Run,
    ask: Inspections[K]['ask'],
  ) => Inspections[K]['answer'];
};

export const INSPECTOR: Inspector = {
  handlers: (run, { kernel }) => handlerRows(run, kernel),
  instances: (run, { kernel }) => instanceRows(run, kernel),
  heap: (run, { kernel }) => heapRow(run, kernel),
  hazards: hazardRows,
  messages: messageRows,
  folder: readFolder,
  writer: (run, { addr }) => findWriter(run, addr),
};
