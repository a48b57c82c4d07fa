import { routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';

/** What every other vector leads to: EOI and an error line. */
export const unexpectedVector = routine<KernelContext>({
  name: 'common_interrupt',
  source: 'arch/x86/kernel/irq.c',
  locals: [],
  steps: [
    {
      id: 'eoi',
      text: 'write EOI; no handler is known for this vector',
      cost: 40,
      run(x) {
        x.eoi();
        x.log('irq.unexpected', 0, x.logical);
        x.ret(0);
      },
    },
  ],
});
