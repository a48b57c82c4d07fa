/** What looks for breakpoints; loaded when the first one is set. */
export { readBreaks } from '../sim/scenarios/breaks/breaks.ts';
export { advanceTo, lookBack } from '../sim/scenarios/breaks/scan.ts';
export { lookForWriter } from './inspect/writer.ts';
