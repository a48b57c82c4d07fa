import { listInstances, instanceName } from '../kernel/instance-object.ts';
import { complete, type Completion } from '../shell/complete.ts';
import { consoleOf, filesOf } from './run-state.ts';
import type { Run } from './run.ts';
import { serve } from './serve.ts';

/** Words that could stand at the end of a line typed on a console. Changes nothing. */
export function completeLine(run: Run, kernel: string, line: string): Completion {
  const { world, state } = run;
  const index = world.kernelNamed(kernel);
  if (index < 0) return { from: line.length, words: [] };
  const x = world.lookAt(index);
  return complete(consoleOf(state, kernel).shell, line, {
    list(path) {
      const served = serve(world, index, filesOf(state, kernel), { call: 'list', path });
      return 'answer' in served ? served.answer.names : undefined;
    },
    instances: listInstances(x).map((addr) => instanceName(x, addr)),
  });
}
