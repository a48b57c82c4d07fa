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
    const { D, f } = x;
    for (let entry = x.step; ; entry = 0) {
      switch (entry) {
        case 0:
          if (D[f + DONE]! >= D[f + COUNT]!) return x.leave(0, D[f + DONE]);
          if (x.tick(0)) return;
        // falls through
        case 1: {
          // Whole numbers by `| 0`: the remainder of doubles is a call into the C library.
          const done = D[f + DONE]! | 0;
          const id = D[f + FIRST]! + (done % (D[f + INSTANCES]! | 0));
          const subtype = done & 0xffff;
          const at = D[f + PAYLOAD]!;
          x.pass(0, id);
          x.pass(1, D[f + TYPE]!);
          x.pass(2, subtype);
          x.pass(3, at);
          x.pass(4, D[f + LENGTH]!);
          if (x.calls(1, sendMessage, 5)) return;
        }
        // falls through
        default:
          D[f + DONE] = D[f + DONE]! + 1;
          if (x.goesTo(2, 0)) return;
      }
    }
  },
});
