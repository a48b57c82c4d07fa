import { Refused } from '../base/assert.ts';
import type { World } from '../world/world.ts';
import type { ScheduleEntry, ScheduleBlock } from './scenario.ts';
import type { ScheduleProgress } from './run-state.ts';

/** Steps one entry of a schedule may take before it is given up. */
const ENTRY_STEPS_MAX = 1_000_000;

/** What stands at the front of a refusal of a schedule. */
const at = (entry: ScheduleEntry, file: string) => ({
  file,
  line: entry.line,
  column: entry.column,
});

/** Chosen mode begins: interrupts arrive at once, held commands may run. */
export function beginSchedule(world: World): ScheduleProgress {
  world.machine.instant = true;
  world.release();
  return { entry: 0, done: 0 };
}

/**
 * Takes one step of a schedule. Answers the progress, or null when everything is done and time
 * decides again. What the entries leave undone runs CPU by CPU, in order of number. An entry that
 * cannot be followed is refused with its place. `ends` is told, by the line of an entry, the step it ends at.
 */
export function stepSchedule(
  world: World,
  { entries }: ScheduleBlock,
  { entry, done }: ScheduleProgress,
  file: string,
  ends?: Map<number, number>,
): ScheduleProgress | null {
  world.dispatch();
  const now = entries[entry];
  if (!now) return stepRest(world, { entry, done });
  if (now.cpu >= world.machine.cpus) throw new Refused(`there is no cpu${now.cpu}`, at(now, file));
  if (done > ENTRY_STEPS_MAX)
    throw new Refused(`cpu${now.cpu} takes more than ${ENTRY_STEPS_MAX} steps`, at(now, file));
  const over = follow(world, now, done, file);
  if (over) ends?.set(now.line, world.machine.steps);
  return over ? { entry: entry + 1, done: 0 } : { entry, done: done + 1 };
}

/** Takes one step for an entry; true when that was its last. */
function follow(world: World, entry: ScheduleEntry, done: number, file: string): boolean {
  const { machine } = world;
  const { cpu } = entry;
  const idle = !machine.canStep(cpu);
  const refuse = (why: string): never => {
    throw new Refused(`cpu${cpu} ${why}`, at(entry, file));
  };
  switch (entry.kind) {
    case 'end':
      if (idle) return true;
      machine.choose(cpu);
      return !machine.canStep(cpu);
    case 'take': {
      const vector = machine.takes(cpu);
      // What nobody can see of the step before belongs to it: the way back from a handler, say.
      if (vector < 0 && isAtLocalStep(world, cpu)) {
        machine.choose(cpu);
        return false;
      }
      if (vector < 0) return refuse('has no interrupt to take');
      if (entry.vector !== null && entry.vector !== vector)
        return refuse(`would take 0x${vector.toString(16)}`);
      machine.choose(cpu, true);
      return true;
    }
    case 'drain':
      if (!machine.stores)
        return refuse('has no store buffer: machine: { ordering: tso } gives it one');
      if (machine.stores.count(cpu) === 0) return refuse('has no store to drain');
      machine.drain(cpu);
      return true;
    case 'steps':
      if (idle) return refuse(`is idle after ${done} steps`);
      machine.choose(cpu);
      return done + 1 >= entry.count;
    case 'until':
    case 'step':
      if (idle) return refuse(`is idle before ${entry.label}`);
      return towards(world, entry, entry.label, file);
  }
}

function isAtLocalStep({ machine }: World, cpu: number): boolean {
  const pc = machine.pcOf(cpu);
  return pc >= 0 && machine.canStep(cpu) && machine.program.local[pc] === 1;
}

/** One step on the way to a labelled one; true when it was that one. */
function towards(
  world: World,
  entry: ScheduleEntry & { readonly kind: 'until' | 'step' },
  label: string,
  file: string,
): boolean {
  const { machine } = world;
  const pc = machine.pcOf(entry.cpu);
  const takes = machine.takesFirst(entry.cpu);
  machine.choose(entry.cpu);
  if (takes || pc < 0) return false;
  const step = machine.program.steps[pc]!;
  if (step.id === label || step.label === label) return true;
  if (entry.kind === 'step' && !step.local) {
    const why = `cpu${entry.cpu} is at ${step.label}, not at ${label}`;
    throw new Refused(why, at(entry, file));
  }
  return false;
}

function stepRest(world: World, progress: ScheduleProgress): ScheduleProgress | null {
  const { machine } = world;
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    if (!machine.canStep(cpu)) continue;
    const pc = machine.pcOf(cpu);
    machine.choose(cpu);
    // Who waits for a lock waits for somebody with a higher number, perhaps.
    if (machine.pcOf(cpu) === pc && machine.program.steps[pc]?.lock) continue;
    return { ...progress, done: progress.done + 1 };
  }
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    if (!machine.stores || machine.stores.count(cpu) === 0) continue;
    machine.drain(cpu);
    return { ...progress, done: progress.done + 1 };
  }
  machine.instant = false;
  return null;
}
