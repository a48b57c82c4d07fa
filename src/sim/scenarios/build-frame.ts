import { partsOf } from '../world/design-switches.ts';
import { GLUE_TABLE, knowsGlue, PROFILE_LIST } from '../world/profiles.ts';
import { HAZARDS } from '../kernel/hazards.ts';
import {
  areaFrames,
  cpuFrames,
  flightFrames,
  kernelFrames,
  messageFrames,
} from '../world/build-frame.ts';
import type { Frame, Legend } from '../world/frame.ts';
import { regionFrames } from '../world/regions.ts';
import { PROGRAM } from '../world/program.ts';
import type { World } from '../world/world.ts';
import { choicesOf, drainsOf } from './chosen.ts';
import { consoleOf } from './run-state.ts';
import type { Run } from './run.ts';
import { statsOf } from './stats.ts';

/** What only whoever plays the run knows. */
export interface Playing {
  readonly playing: boolean;
  readonly paused: string;
  readonly stepsPerSecond: number;
  readonly hits: readonly number[];
}

/** Everything the page needs to draw the present moment of a run. */
export function buildFrame(run: Run, play: Playing): Frame {
  const { world, state } = run;
  const kernels = kernelFrames(world);
  const areas = areaFrames(world);
  const messages = messageFrames(world);
  const stats = statsOf(world);
  const waiting = messages.filter(({ outcome }) => outcome === 'sent').length;
  return {
    step: run.step,
    timeNs: world.machine.now,
    stepEnd: Math.max(run.stepEnd, run.step),
    timeEndNs: Math.max(run.timeEnd, world.machine.now),
    ...play,
    paused: play.paused === '' ? state.note : play.paused,
    cpus: cpuFrames(world, kernels),
    kernels: kernels.map((kernel) => {
      const console = consoleOf(state, kernel.name);
      return { ...kernel, console: console.revision, busy: console.job?.line ?? '' };
    }),
    flights: flightFrames(world),
    regions: regionFrames(world, kernels, areas),
    areas,
    messages,
    // What is still on its way may arrive: a page that cries loss too early is not believed.
    stats: { ...stats, lost: Math.max(0, stats.lost - waiting) },
    tour: {
      stop: state.at.stop,
      phase: state.ended ? 'done' : state.at.running ? 'running' : 'ready',
      item: state.at.running ? state.at.item : -1,
      ended: state.ended,
    },
    claims: state.claims,
    chosen: state.picks && {
      made: state.picks.length,
      choices: choicesOf(world),
      drains: drainsOf(world),
    },
    traceBegin: world.trace?.begin ?? 0,
    traceEnd: world.trace?.end ?? 0,
    traceHead: world.trace?.head ?? 0,
    view: state.view,
  };
}

/** What the numbers in frames and rows stand for. */
export function legendOf(world: World): Legend {
  const { glue, design } = world.sys.settings;
  const { profile } = world.settings;
  return {
    routines: PROGRAM.routines.map(({ name, source, start }) => ({ name, source, start })),
    steps: PROGRAM.steps.map(({ id, label, text, cost, local }, pc) => ({
      routine: PROGRAM.routineOf[pc]!,
      id,
      label,
      text,
      cost,
      local,
    })),
    hazards: HAZARDS.map(({ id, key, text }) => ({ id, key, text })),
    glue: GLUE_TABLE.map(({ name, without }) => ({
      name,
      on: glue.has(name),
      without,
      known: knowsGlue(profile, name),
    })),
    design: partsOf(profile).map(({ name, title, what, without, origin, publishedIn }) => ({
      ...{ name, title, what, without, origin, on: design.has(name) },
      isPublished: publishedIn.includes(profile),
    })),
    profiles: PROFILE_LIST,
  };
}
