import { toHex } from '../../base/hex.ts';
import { HAZARD } from '../../kernel/hazards.ts';
import type { KernelContext } from '../../kernel/context.ts';
import { unregisterHandler, unregisterMsgHandler } from '../../kernel/handlers.ts';
import { ipiCallbacks } from '../../kernel/irq-work.ts';
import { K } from '../../kernel/kernel.layout.ts';
import { messageHandlers } from '../../kernel/message-handlers.ts';
import { MK_IPI_DATA, MK_MAX_DATA_SIZE } from '../../kernel/mk.layout.ts';
import { receiveMapPage, receivePfn } from '../../kernel/pfn.ts';
import { routine, type Routine } from '../../machine/routine.ts';
import { NR_CPUS } from './board.ts';
import { hex64, type Effects } from './effects.ts';

const SLOT = MK_IPI_DATA.at;

/** Where the code that scripts stand for keeps its local variables: stacks of CPUs nobody has. */
export const SCRATCH = K.stack + 0x1000;

/** What an IPI callback does besides telling that it was called. */
export type IpiDeed = 'plain' | 'pfn' | 'selfunreg' | 'send' | 'unreg';

/** A registered user of the API: of the IPI layer, or of the messaging layer. */
export interface User {
  /** The handle scripts use. */
  readonly handle: number;
  readonly deed: IpiDeed;
  /** Two numbers of the operation that registered it. */
  readonly first: number;
  readonly second: number;
  readonly type: number;
  /** Address of the IPI handler, once it is known. */
  handler: number;
}

/** What a callback can see of the script it belongs to. */
export interface Script {
  readonly effects: Effects;
  /** Users by the number their handler has as context. */
  readonly users: readonly User[];
  /** IPI users by handle. */
  readonly byHandle: readonly User[];
}

/** The script whose callbacks run. Scripts run one at a time, each from beginning to end. */
const running: { script: Script | undefined } = { script: undefined };
export function setScript(script: Script): void {
  running.script = script;
}

/** Numbers in the product's tables of callbacks, behind those of the product. */
export const IPI_CALLBACK = 16;
const MESSAGE_HANDLER = 16;
/** Plain functions of the messaging layer, and behind them the one that unregisters itself. */
const PLAIN = 4;
export const SELF = PLAIN;
export const messageHandler = (fn: number): number => MESSAGE_HANDLER + fn;

const cpuOf = (x: KernelContext): { ctx: number; cpu: number } => ({
  ctx: x.kernel,
  cpu: x.physical,
});

/** Every IPI callback tells what it finds in the slot and tries to take it for a page number. */
function tellIpi(x: KernelContext, slot: number, { handle }: User, { effects }: Script): void {
  const { mem } = x;
  const size = mem.read64(slot + SLOT.data_size);
  const out = x.k + SCRATCH;
  const data = toHex(mem.readBytes(slot + SLOT.buffer, Math.min(size, MK_MAX_DATA_SIZE)));
  const ret = receivePfn(x, slot, out);
  const number = (BigInt(mem.peek32(out + 4)) << 32n) | BigInt(mem.peek32(out) >>> 0);
  effects.emit('cb', {
    kind: 'ipi',
    h: handle,
    ...cpuOf(x),
    type: mem.read32(slot + SLOT.type) >>> 0,
    sender: mem.read32(slot + SLOT.sender_cpu),
    size,
    data,
    pfn_ret: ret,
    pfn: ret === 0 ? hex64(number) : null,
  });
}

function tellPage(x: KernelContext, slot: number, { handle }: User, { effects }: Script): void {
  const page = receiveMapPage(x, slot);
  const head = page === 0 ? null : toHex(x.mem.readBytes(page, 32));
  effects.emit('map', { h: handle, ok: page !== 0, head });
}

const ipiUser = routine<KernelContext>({
  name: 'conform_ipi_callback',
  source: 'glue',
  locals: ['data', 'ctx', 'work'],
  steps: [
    {
      id: 'tell',
      text: 'tell what is in the slot, then do what the script said',
      local: false,
      run(x) {
        const script = running.script!;
        const user = script.users[x.get(1)]!;
        tellIpi(x, x.get(0), user, script);
        if (user.deed === 'pfn') tellPage(x, x.get(0), user, script);
        const other = script.byHandle[user.first];
        if (user.deed === 'selfunreg') x.call(unregisterHandler, user.handler);
        else if (user.deed === 'unreg' && other) x.call(unregisterHandler, other.handler);
        else if (user.deed === 'send') {
          const at = x.k + SCRATCH;
          x.mem.poke(at, Uint8Array.of(1, 2, 3, 4));
          x.call(x.roles.sendIpiData, user.first, at, 4, user.second);
        } else x.ret();
      },
    },
    {
      id: 'done',
      text: 'tell what a send returned',
      run(x) {
        const { users, effects } = running.script!;
        if (users[x.get(1)]!.deed === 'send')
          effects.emit('cbret', { call: 'send', ret: x.result });
        x.ret();
      },
    },
  ],
});

const TYPE = 0;
const SUBTYPE = 1;
const PAYLOAD = 2;
const LENGTH = 3;
const CONTEXT = 4;

function tellMessage(x: KernelContext, fn: number): void {
  const { users, effects } = running.script!;
  const { mem } = x;
  const payload = x.get(PAYLOAD);
  const length = x.get(LENGTH);
  const area = mem.peek64(x.k + K.mk_this_kernel_ipi_data);
  const isSlot = area !== 0 && x.physical >= 0 && x.physical < NR_CPUS;
  const slot = area + MK_IPI_DATA.size * x.physical;
  effects.emit('cb', {
    kind: 'msg',
    m: users[x.get(CONTEXT)]!.handle,
    fn,
    ...cpuOf(x),
    type: x.get(TYPE),
    subtype: x.get(SUBTYPE),
    payload: payload === 0 ? null : toHex(mem.readBytes(payload, length)),
    payload_len: length,
    sender: isSlot ? mem.peek32(slot + SLOT.sender_cpu) : null,
  });
  const isInSlot = isSlot && payload >= slot + SLOT.buffer;
  if (isInSlot && payload + length > slot + MK_IPI_DATA.size)
    x.hazard(HAZARD.payloadPastSlot, payload, length);
}

const messageUser = (fn: number): Routine<KernelContext> =>
  routine<KernelContext>({
    name: `conform_message_handler_${fn}`,
    source: 'glue',
    locals: ['msg_type', 'subtype', 'payload', 'payload_len', 'ctx', 'serial'],
    steps: [
      {
        id: 'tell',
        text: 'tell what came',
        local: false,
        run(x) {
          tellMessage(x, fn);
          if (fn !== SELF) return x.ret();
          const { type } = running.script!.users[x.get(CONTEXT)]!;
          x.call(unregisterMsgHandler, type, messageHandler(SELF));
        },
      },
      {
        id: 'done',
        text: 'tell what unregistering returned',
        run(x) {
          running.script!.effects.emit('cbret', { call: 'unreg_msg', ret: x.result });
          x.ret();
        },
      },
    ],
  });

const messageUsers = Array.from({ length: PLAIN + 1 }, (_, fn) => messageUser(fn));

ipiCallbacks[IPI_CALLBACK] = ipiUser;
messageUsers.forEach((user, fn) => (messageHandlers[messageHandler(fn)] = user));

/** To be linked behind the product's own routines. */
export const CALLBACKS: readonly Routine<KernelContext>[] = [ipiUser, ...messageUsers];
