import { OUTCOME, ROW } from '../base/record.ts';
import { fusedRoutine, type Routine } from '../machine/routine.ts';
import type { KernelContext } from './context.ts';
import { HAZARD } from './hazards.ts';
import { K, LOG } from './kernel.layout.ts';
import { MK_IPI_DATA, MK_MAX_DATA_SIZE, MK_MESSAGE } from './mk.layout.ts';
import { STAT } from './observer.ts';

const TYPE = 0;
const SUBTYPE = 1;
const PAYLOAD = 2;
const LENGTH = 3;
const SERIAL = 5;

const HANDLED = K.handled / 4;
const LOG_COUNT = K.log_count / 4;

/** Header bytes of a slot end here; the payload lies behind. */
const PAYLOAD_IN_SLOT = MK_IPI_DATA.at.buffer + MK_MESSAGE.at.payload;
const SLOT_BYTES = MK_IPI_DATA.size;

/**
 * What `mk listen` registers: a handler that reads its payload once and is done. The read is the
 * moment at which the observer can tell whether the call had one message, parts of two, or none.
 */
export const listenHandler = fusedRoutine<KernelContext>({
  name: 'mk_listen_handler',
  source: 'glue',
  locals: ['msg_type', 'subtype', 'payload', 'payload_len', 'ctx', 'serial'],
  steps: [{ id: 'H1', label: 'payload', text: 'read the payload', cost: 8, local: false }],
  fused(x) {
    const { D, f } = x;
    const payload = D[f + PAYLOAD]!;
    const length = D[f + LENGTH]!;
    let last = D[f + SERIAL]!;
    if (payload !== 0 && length > 0) {
      const room = SLOT_BYTES - PAYLOAD_IN_SLOT;
      if (length > room && length > room + x.roles.maxData - MK_MAX_DATA_SIZE)
        x.hazard(HAZARD.payloadPastSlot, payload, length);
      if (x.mem.listener !== null) x.mem.listener.access(false, payload, Math.min(length, room));
      last = x.mem.note(payload);
    }
    judge(x, D[f + SERIAL]!, last);
    x.leave(0);
  },
});

/** Says what the call was: header of message `header`, payload of message `payload`. */
function judge(x: KernelContext, header: number, payload: number): void {
  const { observer } = x;
  observer.count(STAT.handled);
  if (header !== 0 && x.mem.M[x.kw + HANDLED] === 0) noteStale(x, header);
  x.mem.put(x.kw + HANDLED, x.mem.M[x.kw + HANDLED]! + 1);
  let outcome: number;
  if (x.get(TYPE) === 0 && x.get(SUBTYPE) === 0 && header === 0) {
    observer.count(STAT.phantom);
    outcome = OUTCOME.phantom;
    x.hazard(HAZARD.phantomMessage, x.get(PAYLOAD));
  } else if (header !== payload || header === 0) {
    observer.count(STAT.torn);
    outcome = OUTCOME.torn;
    x.hazard(HAZARD.messageTorn, x.get(PAYLOAD), header);
  } else if (observer.whole(header)) outcome = OUTCOME.whole;
  else {
    observer.count(STAT.duplicated);
    outcome = OUTCOME.duplicated;
    x.hazard(HAZARD.deliveredAgain, x.get(PAYLOAD), header);
  }
  if (x.recorder === null) return;
  x.row(ROW.handler, x.get(PAYLOAD), x.get(TYPE), x.get(SUBTYPE), header);
  x.row(ROW.outcome, x.get(LENGTH), outcome, payload, header);
}

/** The first message a kernel handles may have been sent to the one before it (hazard H29). */
function noteStale(x: KernelContext, serial: number): void {
  if (x.kernel === 0 || x.mem.M[x.kw + LOG_COUNT]! > LOG.records) return;
  const booted = x.mem.F[(x.kw + K.log_ring / 4) >>> 1]!;
  if (x.observer.timeOf(serial) < booted) x.hazard(HAZARD.staleDelivery, x.get(PAYLOAD), serial);
}

/** Message handlers by the number their pointer holds; 0 is NULL. Filled when linked. */
export const messageHandlers: (Routine<KernelContext> | undefined)[] = [undefined];

/** Numbers of the handlers a console can register, in {@link messageHandlers}. */
export const MESSAGE_HANDLER = { listen: 1, once: 2, reply: 3, keep: 4, trust: 5 } as const;
