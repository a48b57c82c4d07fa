import { Refused } from '../../base/assert.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import type { Run } from '../run.ts';
import type { Caption } from './diagram.ts';
import type { DiagramSource } from './events.ts';

/** What a diagram of a run needs: its rows, and who owns which CPU at the present moment. */
export function diagramOf(
  { world, scenario, seed, profile }: Run,
  range: { readonly from: number; readonly to: number },
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
