import { answersOf } from './answers.ts';
import { consoleOf } from './run-state.ts';
import type { Run } from './run.ts';
import { readMessage } from '../world/messages.ts';
import { STAT } from '../kernel/observer.ts';
import { kernelFrames } from '../world/build-frame.ts';

/** Newest messages in the JSON of a state. */
const MESSAGES_MAX = 1000;

/** The present moment of a run for tests: what `window.playground.state()` answers. */
export function stateJson(run: Run) {
  const { world } = run;
  const answers = answersOf(world, { status: () => undefined, output: () => undefined });
  const last = world.observer.stat(STAT.serial);
  const first = Math.max(1, last - MESSAGES_MAX + 1);
  return {
    time_ns: world.machine.now,
    step: run.step,
    cpus: Array.from({ length: world.machine.cpus }, (_, n) => ({ ...answers.cpu(n) })),
    kernels: kernelFrames(world).map((kernel) => ({
      name: kernel.name,
      id: kernel.instanceId,
      running: kernel.running,
      state: kernel.state,
      cpus: kernel.cpus,
      last_status: consoleOf(run.state, kernel.name).status,
    })),
    messages: Array.from({ length: last - first + 1 }, (_, i) => readMessage(world, first + i))
      .filter((message) => message !== undefined)
      .map(({ id, fromCpu, toName, type, subtype, payload, outcome, sentNs }) => ({
        id,
        from_cpu: fromCpu,
        to: toName,
        type,
        subtype,
        payload,
        outcome,
        sent_ns: sentNs,
      })),
  };
}
