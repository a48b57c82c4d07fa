import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { poolSize } from './gen-pool.ts';
import { instanceName } from './instance-object.ts';
import { reserveResources } from './resources.ts';

/**
 * What a spawned kernel reserves for its restored instance. As posted that is
 * mk_instance_reserve_resources, which wants a pool of this kernel's own; with the glue
 * `restore-memory` the memory the kernel runs in counts as reserved.
 */
export const reserveRestored = routine<KernelContext>({
  name: 'mk_instance_reserve_restored',
  source: 'glue',
  locals: ['instance', 'config'],
  steps: [
    {
      id: 'choose',
      text: 'with restore-memory the memory of this kernel is what was asked for',
      run(x) {
        if (!x.sys.settings.glue.has('restore-memory')) return;
        const config = x.sys.bytes(x.get(1));
        const cpus = new Float64Array(config.slice().buffer).slice();
        const memory = cpus[0] ?? 0;
        cpus[0] = 0;
        x.set(1, x.sys.hand(new Uint8Array(cpus.buffer)));
        const own = x.state.instances.find((each) => each.addr === x.get(0));
        const bytes = own?.pool ? poolSize(own.pool) : memory;
        x.log('inst.memory', instanceName(x, x.get(0)), 1, bytes);
      },
    },
    {
      id: 'reserve',
      text: 'reserve the rest as posted',
      run(x) {
        x.call(reserveResources, x.get(0), x.get(1));
      },
    },
    {
      id: 'return',
      text: 'pass the answer on',
      run(x) {
        x.ret(x.result);
      },
    },
  ],
});
