import { Refused } from '../base/assert.ts';
import { hex } from '../base/hex.ts';
import type { World } from '../world/world.ts';

/** What one CPU could do next. */
export interface Choice {
  readonly cpu: number;
  /** Program counter of its next step, -1 when there is none or an interrupt comes first. */
  readonly pc: number;
  /** The vector it would take instead, -1 for none. */
  readonly vector: number;
}

/** What was chosen: the step at `pc`, or the acceptance of `vector` when that is not -1. */
export interface Pick extends Choice {
  /** It was neither: the oldest store of its buffer became visible. */
  readonly drain?: true;
}

/** A CPU with stores in its buffer, and how many. */
export interface Drainable {
  readonly cpu: number;
  readonly count: number;
}

/**
 * Chosen mode begins: interrupts arrive at once, held commands may run, and no CPU moves unless it
 * is told to. Refused while an IPI flies: it would hang in the air.
 */
export function beginChosen(world: World): void {
  if (world.machine.flights.count > 0)
    throw new Refused('an IPI is under way: let time go on until it has arrived, then choose');
  world.machine.instant = true;
  world.release();
}

/** Time decides again. */
export function endChosen(world: World): void {
  // What waits in buffers would wait for ever: it was stored before time decided.
  world.machine.stores?.drainAll();
  world.machine.instant = false;
}

/** What each CPU that can do anything could do next. */
export function choicesOf({ machine }: World): Choice[] {
  const choices: Choice[] = [];
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    if (!machine.canStep(cpu)) continue;
    const vector = machine.takes(cpu);
    choices.push({ cpu, pc: machine.takesFirst(cpu) ? -1 : machine.pcOf(cpu), vector });
  }
  return choices;
}

/** CPUs whose oldest store could become visible; none on a machine without store buffers. */
export function drainsOf({ machine }: World): Drainable[] {
  const { stores, cpus } = machine;
  if (!stores) return [];
  return Array.from({ length: cpus }, (_, cpu) => ({ cpu, count: stores.count(cpu) })).filter(
    ({ count }) => count > 0,
  );
}

/** The oldest store of a CPU's buffer becomes visible. Refused where there is none. */
export function drain(world: World, cpu: number): Pick {
  if (!drainsOf(world).some((each) => each.cpu === cpu))
    throw new Refused(`cpu${cpu} has no store to drain`);
  world.machine.drain(cpu);
  return { cpu, pc: -1, vector: -1, drain: true };
}

/** One step of a CPU, or the acceptance of its interrupt. A choice it does not have is refused. */
export function choose(world: World, cpu: number, take: boolean): Pick {
  const { machine } = world;
  if (!(cpu >= 0 && cpu < machine.cpus)) throw new Refused(`there is no cpu${cpu}`);
  world.dispatch();
  const choice = choicesOf(world).find((each) => each.cpu === cpu);
  if (!choice) throw new Refused(`cpu${cpu} has nothing to do`);
  if (take && choice.vector < 0) throw new Refused(`cpu${cpu} has no interrupt to take`);
  const takes = take || choice.pc < 0;
  machine.choose(cpu, takes);
  world.dispatch();
  return takes ? { cpu, pc: -1, vector: choice.vector } : { ...choice, vector: -1 };
}

/**
 * The choices as the lines of a `schedule` block that makes them again: steps nobody sees are left
 * to the line of the next step of that CPU that somebody does.
 */
export function scheduleOf(world: World, picks: readonly Pick[]): string[] {
  const { steps } = world.machine.program;
  const lines: string[] = [];
  let quiet = 0;
  picks.forEach(({ cpu, pc, vector, drain: isDrain }, i) => {
    const step = steps[pc];
    const following = picks[i + 1];
    const goesOn = following?.cpu === cpu && following.vector < 0 && !following.drain;
    if (isDrain) lines.push(`cpu${cpu} drain`);
    else if (!step) lines.push(`cpu${cpu} take ${hex(vector)}`);
    else if (step.local && goesOn) quiet++;
    else {
      const crowd = picks.slice(i - quiet, i).map((pick) => steps[pick.pc]!);
      const named = crowd.some(({ id, label }) => id === step.label || label === step.label);
      const counted = step.local || named;
      lines.push(`cpu${cpu} ${counted ? `${quiet + 1} steps` : step.label}`);
      quiet = 0;
    }
  });
  return lines;
}
