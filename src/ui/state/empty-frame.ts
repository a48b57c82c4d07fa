import type { Frame, Legend } from '../../sim/world/frame.ts';

/** The moment before anything is loaded, so that nobody has to ask whether there is a frame. */
export const EMPTY_FRAME: Frame = {
  step: 0,
  timeNs: 0,
  stepEnd: 0,
  timeEndNs: 0,
  playing: false,
  paused: '',
  hits: [],
  cpus: [],
  kernels: [],
  flights: [],
  regions: [],
  areas: [],
  messages: [],
  stats: {
    ...{ sent: 0, handled: 0, whole: 0, lost: 0, torn: 0 },
    ...{ phantom: 0, duplicated: 0, merged: 0, hazards: 0 },
  },
  tour: { stop: 0, phase: 'ready', item: -1, ended: false },
  claims: [],
  chosen: null,
  traceBegin: 0,
  traceEnd: 0,
  traceHead: 0,
  view: {},
  stepsPerSecond: 0,
};

export const EMPTY_LEGEND: Legend = {
  ...{ routines: [], steps: [], hazards: [], glue: [], design: [], profiles: [] },
};
