import { toHex } from '../../base/hex.ts';
import { registerHandler, unregisterHandler } from '../../kernel/handlers.ts';
import { ipiCreate, ipiDestroy } from '../../kernel/ipi-area.ts';
import { ipiInit, ipiSharedSetup } from '../../kernel/ipi-init.ts';
import { firstCpu } from '../../kernel/instance-table.ts';
import { K } from '../../kernel/kernel.layout.ts';
import { MK_INSTANCE, MK_IPI_DATA } from '../../kernel/mk.layout.ts';
import { receivePfn, sendPfn } from '../../kernel/pfn.ts';
import type { Words } from './arguments.ts';
import { APIC_IDS, CONTEXTS, NR_CPUS } from './board.ts';
import { IPI_CALLBACK, SCRATCH, type IpiDeed, type User } from './callbacks.ts';
import { hex64 } from './effects.ts';
import type { Script } from './script.ts';

export type Operation = (script: Script, words: Words) => void;

/** Where operations keep what they hand to a routine. */
const BUFFER = SCRATCH + 64;
/** More than any layer accepts, so that a size is refused for what it is. */
const BUFFER_BYTES = 512;

/** Puts bytes where the current kernel can read them: their address. */
export function handIn({ board }: Script, bytes: Uint8Array): number {
  const at = board.base(board.current) + BUFFER;
  const room = new Uint8Array(BUFFER_BYTES);
  room.set(bytes.subarray(0, BUFFER_BYTES));
  board.mem.poke(at, room);
  return at;
}

/** The slot of an instance's area, as the current context or else the host knows it; 0 for none. */
function slotOf(script: Script, id: number, cpu: number): number {
  const { current } = script.board;
  const own = script.area(id);
  const area = own === 0 && current !== 0 ? script.area(id, 0) : own;
  return area === 0 || cpu < 0 || cpu >= NR_CPUS ? 0 : area + MK_IPI_DATA.size * cpu;
}

const physOrNull = (area: number): string | null => (area === 0 ? null : hex64(area));

const isMapped = (script: Script, context: number): boolean =>
  script.board.mem.peek64(script.board.base(context) + K.mk_this_kernel_ipi_data) !== 0;

const instance: Operation = (script, words) => {
  const cpus = words.text(3) === '-' ? [] : words.text(3).split(',').map(Number);
  script.makeInstance(words.int(1), words.text(2), cpus, words.number(4));
  const made = script.instance(words.int(1));
  const avail = script.available(made);
  script.ret(words, 0, { pool: hex64(script.poolOf(made)), avail });
};

const create: Operation = (script, words) => {
  const made = script.instance(words.int(1));
  const ret = script.board.run(ipiCreate, made);
  const phys = physOrNull(script.area(words.int(1)));
  script.ret(words, ret, { phys, avail: script.available(made) });
};

const destroy: Operation = (script, words) => {
  script.board.run(ipiDestroy, words.int(1));
  script.ret(words, 0, { avail: script.available(script.instance(words.int(1))) ?? 0 });
};

const spawn: Operation = (script, words) => {
  const { board } = script;
  const id = words.int(1);
  if (id <= 0 || id >= CONTEXTS || board.contexts[id]) return script.refuse(words, 'bad spawn id');
  const area = script.area(id);
  const param = words.has(2) ? words.text(2) : physOrNull(area);
  const made = script.lastInstance(id);
  const first = made === 0 ? NR_CPUS : firstCpu(board.look(), made);
  const before = board.current;
  board.open(id);
  board.mapApics();
  board.current = id;
  if (first < NR_CPUS) board.context.cpu = first;
  const { cpu } = board.context;
  const setup = param === null ? 0 : ipiSharedSetup(board.look(), param);
  const ret = ipiInit(board.look());
  board.current = before;
  script.ret(words, ret, { setup, param, mapped: isMapped(script, id), cpu });
};

const mapSelf: Operation = (script, words) => {
  const { board } = script;
  const setup = ipiSharedSetup(board.look(), words.has(1) ? words.text(1) : undefined);
  const ret = ipiInit(board.look());
  script.ret(words, ret, { setup, mapped: isMapped(script, board.current) });
};

const ctx: Operation = (script, words) => {
  const id = words.int(1);
  if (id < 0 || id >= CONTEXTS || !script.board.contexts[id])
    return script.refuse(words, 'no such ctx');
  script.board.current = id;
  script.ret(words, 0);
};

const cpu: Operation = (script, words) => {
  script.board.context.cpu = words.int(1);
  script.ret(words, 0);
};

const physmap: Operation = (script, words) => {
  script.board.context.physmap[words.int(1)] = words.int(2);
  script.board.mapApics();
  script.ret(words, 0);
};

const apicMode: Operation = (script, words) => {
  script.board.isMapped = words.text(1) === 'mapped';
  script.board.mapApics();
  script.ret(words, 0);
};

const set: Operation = (script, words) => {
  const value = words.int(2);
  const x = script.board.look();
  switch (words.text(1)) {
    case 'parse_ret':
      script.standIns.parseRet = value;
      break;
    case 'reserve_ret':
      script.standIns.reserveRet = value;
      break;
    case 'fail_alloc':
      x.mem.poke32(x.k + K.fail_alloc, value);
      break;
    case 'fail_memremap':
      x.mem.poke32(x.k + K.fail_memremap, value);
      break;
    default:
      return script.refuse(words, 'unknown knob');
  }
  script.ret(words, 0);
};

const DEEDS: readonly IpiDeed[] = ['pfn', 'selfunreg', 'send', 'unreg'];

const register: Operation = (script, words) => {
  const { users, byHandle } = script;
  const user: User = {
    handle: byHandle.length,
    deed: DEEDS.find((deed) => deed === words.text(2)) ?? 'plain',
    first: words.int(3),
    second: words.int(4),
    type: words.u32(1),
    handler: 0,
  };
  const callback = words.text(2) === 'null' ? 0 : IPI_CALLBACK;
  const context = users.push(user) - 1;
  user.handler = script.board.run(registerHandler, callback, context, words.u32(1));
  if (user.handler === 0) return script.ret(words, null);
  byHandle.push(user);
  script.ret(words, user.handle);
};

const unregister: Operation = (script, words) => {
  const user = script.byHandle[words.int(1)];
  if (words.text(1) !== 'null' && !user) return script.refuse(words, 'no such handle');
  script.board.run(unregisterHandler, words.text(1) === 'null' ? 0 : user!.handler);
  script.ret(words, 0);
};

/** An `unsigned long` of which only the low 32 bits are ever used, as a number that keeps them. */
const lowBits = (value: bigint): number =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number(BigInt.asUintN(32, value));

const send: Operation = (script, words) => {
  const bytes = words.bytes(3);
  const data = handIn(script, bytes);
  const type = lowBits(words.u64(2));
  const { sendIpiData } = script.board.x.roles;
  script.ret(words, script.board.run(sendIpiData, words.int(1), data, bytes.length, type));
};

const sendNull: Operation = (script, words) => {
  const { sendIpiData } = script.board.x.roles;
  const type = lowBits(words.u64(2));
  script.ret(words, script.board.run(sendIpiData, words.int(1), 0, words.number(3), type));
};

const sendPage: Operation = (script, words) => {
  script.ret(words, script.board.run(sendPfn, words.int(1), words.number(2)));
};

const receiveNull: Operation = ({ board, effects }, words) => {
  const x = board.look();
  const empty = x.k + BUFFER;
  x.mem.zero(empty, MK_IPI_DATA.size);
  const nulls = { null_data: receivePfn(x, 0, empty), null_out: receivePfn(x, empty, 0) };
  effects.emit('ret', { op: words.name, ...nulls });
};

const page: Operation = ({ board, effects }, words) => {
  const start = board.takePages(0);
  board.mem.poke(start, words.bytes(1).subarray(0, 4096));
  effects.emit('ret', { op: words.name, pfn: hex64(start / 4096) });
};

const poke: Operation = (script, words) => {
  const slot = slotOf(script, words.int(1), words.int(2));
  const bytes = words.bytes(4);
  if (slot === 0 || words.number(3) + bytes.length > MK_IPI_DATA.size)
    return script.refuse(words, 'bad poke');
  script.board.mem.poke(slot + words.number(3), bytes);
  script.ret(words, 0);
};

const dumpSlot: Operation = (script, words) => {
  const [id, at] = [words.int(1), words.int(2)];
  const slot = slotOf(script, id, at);
  const { mem } = script.board;
  const hex = slot === 0 ? null : toHex(mem.peek(slot, MK_IPI_DATA.size));
  script.effects.emit('slot', { id, cpu: at, hex });
};

const irr: Operation = ({ board, effects }, words) => {
  effects.emit('irr', { cpu: words.int(1), pending: board.isPending(words.int(1)) });
};

const irqCount: Operation = ({ board, effects }, words) => {
  effects.emit('irq_count', { cpu: words.int(1), n: board.context.taken[words.int(1)] ?? 0 });
};

const refs: Operation = (script, words) => {
  const made = script.instance(words.int(1));
  const n = made === 0 ? null : script.board.mem.peek32(made + MK_INSTANCE.at.refcount);
  script.effects.emit('refs', { id: words.int(1), n });
};

const liveObjects: Operation = (script) => {
  script.effects.emit('live_objs', { n: script.liveObjects() });
};

const takeInterrupt =
  (spurious: boolean): Operation =>
  (script, words) => {
    const { board, effects } = script;
    const physical = words.int(1);
    if (physical < 0 || physical >= APIC_IDS) return script.refuse(words, 'bad cpu');
    if (!spurious && !board.isPending(physical))
      return effects.emit('deliver', { cpu: physical, taken: false });
    const logical = board.logical(physical);
    if (logical < 0) return script.refuse(words, 'cpu not in this kernel');
    effects.emit('deliver', { cpu: physical, taken: true, ctx: board.current });
    board.deliver(logical, spurious);
  };

const runWork: Operation = (script, words) => {
  const physical = words.int(1);
  if (physical < 0 || physical >= APIC_IDS) return script.refuse(words, 'bad cpu');
  const ran = script.board.runWork(physical);
  script.effects.emit('run_work', { cpu: physical, ran });
};

export const IPI_OPERATIONS: Readonly<Record<string, Operation>> = {
  instance,
  ipi_create: create,
  ipi_destroy: destroy,
  spawn,
  map_self: mapSelf,
  ctx,
  cpu,
  physmap,
  apic_mode: apicMode,
  set,
  reg_ipi: register,
  unreg_ipi: unregister,
  send,
  send_null: sendNull,
  send_pfn: sendPage,
  recv_pfn_null: receiveNull,
  page,
  poke,
  dump_slot: dumpSlot,
  irr,
  irq_count: irqCount,
  refs,
  live_objs: liveObjects,
  deliver: takeInterrupt(false),
  spurious: takeInterrupt(true),
  run_work: runWork,
};
