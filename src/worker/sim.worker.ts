import { Refused } from '../sim/base/assert.ts';
import { serve } from './host.ts';
import type { Handlers, Port } from './protocol.ts';

/** Until the handlers exist: every question is refused. */
const unanswered = new Proxy({} as Handlers, {
  get: () => () => {
    throw new Refused('the simulation is not part of this build yet');
  },
});
// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
serve(self as unknown as Port, () => unanswered);
