import { toHex } from '../base/hex.ts';
import { findInstance } from './instances.ts';
import { MK_MESSAGE, MK_PFN_IPI_TYPE } from '../kernel/mk.layout.ts';
import { MESSAGE, MESSAGE_SENT, MESSAGE_WHOLE, MESSAGES_KEPT, STAT } from '../kernel/observer.ts';
import type { World } from './world.ts';

/** One message as the observer remembers it. */
export interface MessageView {
  readonly id: number;
  readonly fromCpu: number;
  readonly fromKernel: number;
  readonly toInstance: number;
  readonly toName: string;
  readonly type: number;
  readonly subtype: number;
  /** Bytes that were written to the slot. */
  readonly bytes: number;
  /** Up to eight bytes of the payload as hex digits. */
  readonly payload: string;
  readonly sentNs: number;
  readonly outcome: 'in-flight' | 'whole' | 'lost' | 'duplicated';
  /** Whether its bytes still lie in the slot they were written to. */
  readonly lies: boolean;
}

/** Message number `n` (from 1), undefined before it was sent or when it is forgotten. */
export function readMessage(world: World, n: number): MessageView | undefined {
  const { mem, observer } = world;
  const last = observer.stat(STAT.serial);
  if (!Number.isInteger(n) || n < 1 || n > last || n <= last - MESSAGES_KEPT) return undefined;
  const at = observer.recordOf(n);
  const word = (field: number): number => mem.M[at + field / 4]!;
  const flags = word(MESSAGE.flags);
  if ((flags & MESSAGE_SENT) === 0) return undefined;
  const type = word(MESSAGE.type) >>> 0;
  const bytes = word(MESSAGE.bytes);
  const slot = mem.F[(at + MESSAGE.slot / 4) >>> 1]!;
  const header = type === MK_PFN_IPI_TYPE ? 0 : MK_MESSAGE.size;
  const kept = mem.U.subarray((at + MESSAGE.payload / 4) * 4, (at + MESSAGE.payload / 4) * 4 + 8);
  const calls = word(MESSAGE.calls);
  const whole = (flags & MESSAGE_WHOLE) !== 0;
  const lies = mem.note(slot + world.x.roles.slot.at.buffer) === n;
  // Once all is quiet, what still lies in its slot is not read any more either.
  const waits = lies && !world.quiet;
  return {
    id: n,
    fromCpu: word(MESSAGE.cpu),
    fromKernel: word(MESSAGE.kernel),
    toInstance: word(MESSAGE.instance),
    toName: findInstance(world, word(MESSAGE.instance))?.name ?? 'host',
    type,
    subtype: word(MESSAGE.subtype),
    bytes,
    payload: toHex(kept.slice(0, Math.min(8, Math.max(0, bytes - header)))),
    sentNs: mem.F[(at + MESSAGE.time / 4) >>> 1]!,
    lies,
    outcome: whole ? (calls > 1 ? 'duplicated' : 'whole') : waits ? 'in-flight' : 'lost',
  };
}
