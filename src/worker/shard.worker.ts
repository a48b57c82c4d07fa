import type { ShardAsk } from './explore-protocol.ts';
import { buffersOf, ExploreShard } from './explore-shard.ts';
import type { Port } from './protocol.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
const port = self as unknown as Port;
const shard = new ExploreShard();
port.addEventListener('message', ({ data }) => {
  // Only our own worker is at the other end; the protocol is checked when it is compiled.
  const tell = shard.handle(data as ShardAsk);
  port.postMessage(tell, tell.kind === 'expanded' ? buffersOf(tell.parcels) : []);
});
