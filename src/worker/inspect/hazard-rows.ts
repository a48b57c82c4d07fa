import { ROW } from '../../sim/base/record.ts';
import { HAZARDS } from '../../sim/kernel/hazards.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { rowsBack } from './trace-steps.ts';
import type { HazardRow, HazardTime } from './inspections.ts';

/** Times of one hazard that are told. */
const TIMES_MAX = 8;

/** Hazards that have happened, the most frequent first, with the last times of each. */
export function hazardRows({ world, step: steps }: Run): HazardRow[] {
  const times = new Map<number, HazardTime[]>();
  if (world.trace)
    for (const [{ time, cpu, a, b, c }, step] of rowsBack(world.trace, ROW.hazard, steps)) {
      const known = times.get(b) ?? [];
      if (known.length < TIMES_MAX) known.push({ step, timeNs: time, cpu, addr: a, detail: c });
      times.set(b, known);
    }
  return HAZARDS.map((hazard): HazardRow => ({
    ...hazard,
    count: world.observer.hazardCount(hazard.id),
    times: times.get(hazard.id) ?? [],
  }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
