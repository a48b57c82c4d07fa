import { ExploreRun } from './explore-run.ts';
import type { ExploreAsk, Hired } from './explore-protocol.ts';
import type { Port } from './protocol.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
const port = self as unknown as Port;
/** Threads of a thread: they end with it. */
const hire = (): Hired => {
  const worker = new Worker(new URL('./shard.worker.ts', import.meta.url), { type: 'module' });
  return {
    port: worker,
    onend: (ended) => worker.addEventListener('error', ({ message }) => ended(message)),
    close: () => worker.terminate(),
  };
};
const run = new ExploreRun((tell) => port.postMessage(tell), hire);
port.addEventListener('message', ({ data }) => {
  // Only our own page is at the other end; the protocol is checked when it is compiled.
  void run.handle(data as ExploreAsk);
});
