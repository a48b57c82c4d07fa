import { fusedRoutine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { sendMessage } from './messaging.ts';

const COUNT = 0;
const FIRST = 1;
const INSTANCES = 2;
const TYPE = 3;
const PAYLOAD = 4;
const LENGTH = 5;
const DONE = 6;

/**
 * A workload: `count` messages round robin to `instances` instances with consecutive ids from
 * `first` on, one every 3 µs, so that each is taken before the next. Answers how many were sent.
 */
export const flood = fusedRoutine<KernelContext>({
  name: 'mk_flood',
  source: 'glue',
  locals: ['count', 'first', 'instances', 'type', 'payload', 'length', 'done'],
  steps: [
    { id: 'pace', text: 'wait for the moment of the next message', cost: 3000 },
    { id: 'send', text: 'call mk_send_message', cost: 2 },
    { id: 'next', text: 'count it', cost: 1 },
  ],
  fused(x) {
    for (let entry = x.entry; ; entry = 0) {
      switch (entry) {
        case 0:
          if (x.get(DONE) >= x.get(COUNT)) return x.leave(0, x.get(DONE));
          if (x.tick(0)) return;
        // falls through
        case 1: {
          const done = x.get(DONE);
          const id = x.get(FIRST) + (done % x.get(INSTANCES));
          const subtype = done & 0xffff;
          const at = x.get(PAYLOAD);
          if (x.calls(1, sendMessage, id, x.get(TYPE), subtype, at, x.get(LENGTH))) return;
        }
        // falls through
        default:
          x.set(DONE, x.get(DONE) + 1);
          x.goesTo(2, 0);
          if (x.left <= 0 || x.now >= x.horizon) return;
      }
    }
  },
});
