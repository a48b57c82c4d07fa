import { commandOf } from '../verbs.ts';
import { mkFlood } from './mk-flood.ts';
import { mkListen, mkUnlisten } from './mk-listen.ts';
import { mkHandlers, mkSlots, mkStats } from './mk-look.ts';
import { mkHelpers } from './mk-resource.ts';
import { mkBell, mkPfn, mkRaw, mkSend } from './mk-send.ts';

/** `mk`: messages between kernels. */
export const mk = commandOf(
  { name: 'mk', group: 'messages', summary: 'send messages to other kernels, and listen' },
  [
    mkSend,
    mkPfn,
    mkRaw,
    mkBell,
    mkFlood,
    ...mkHelpers,
    mkListen,
    mkUnlisten,
    mkStats,
    mkHandlers,
    mkSlots,
  ],
);
