import { ExploreRun } from './explore-run.ts';
import type { ExploreAsk } from './explore-protocol.ts';
import type { Port } from './protocol.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
const port = self as unknown as Port;
const run = new ExploreRun((tell) => port.postMessage(tell));
port.addEventListener('message', ({ data }) => {
  // Only our own page is at the other end; the protocol is checked when it is compiled.
  void run.handle(data as ExploreAsk);
});
