import { load } from 'virtual:scenarios';
import type { CompareAsk } from './compare-protocol.ts';
import { CompareRun } from './compare-run.ts';
import type { Port } from './protocol.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
const port = self as unknown as Port;
const run = new CompareRun((tell) => port.postMessage(tell), load);
port.addEventListener('message', ({ data }) => {
  // Only our own page is at the other end; the protocol is checked when it is compiled.
  void run.handle(data as CompareAsk);
});
