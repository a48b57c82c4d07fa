import { Refused } from '../../base/assert.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import type { Run } from '../run.ts';
import { drawDiagram, type Caption, type Format } from './diagram.ts';
import type { DiagramSource } from './events.ts';

/** Simulated nanoseconds. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a diagram of a run needs: its rows, and who owns which CPU at the present moment. */
export function diagramOf(
  { world, scenario, seed, profile }: Run,
  range: Range,
  again: readonly string[],
): { source: DiagramSource; caption: Caption } {
  const { trace, machine, sys } = world;
  if (!trace) throw new Refused('this run keeps no trace');
  return {
    source: { rows: trace, steps: machine.program.steps, ...range },
    caption: {
      title: `${scenario.title} (${profile}, seed ${seed})`,
      kernelOf: (cpu) => sys.kernels[machine.H[cpu * CPU.stride + CPU.kernel]!]?.name ?? '',
      again,
    },
  };
}

/** Simulated times between which a stop (from 0) ran, or has run so far. */
export function timesOfStop({ scenario, state, world }: Run, stop: number): Range {
  if (!(stop >= 0 && stop < scenario.stops.length))
    throw new Refused(`there are stops 1 to ${scenario.stops.length}`);
  const endOf = (index: number): number | undefined =>
    state.stops.find((each) => each.stop === index)?.timeNs;
  return {
    from: stop === 0 ? 0 : (endOf(stop - 1) ?? Infinity),
    to: endOf(stop) ?? world.machine.now,
  };
}

/** Draws a stop, or all there is for null. */
export function drawStop(
  run: Run,
  stop: number | null,
  format: Format,
  again: readonly string[],
): string {
  const range = stop === null ? { from: 0, to: Infinity } : timesOfStop(run, stop);
  const { source, caption } = diagramOf(run, range, again);
  return drawDiagram(source, caption, format);
}
