import { serveFlips } from './flips.ts';
import type { Port } from './protocol.ts';

// The page's library calls `self` a window; here it is the scope of a worker, which is a port.
serveFlips(self as unknown as Port);
