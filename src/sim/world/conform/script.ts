import { PAGE_SIZE, roundUp } from '../../base/units.ts';
import { cString } from '../../fdt/bytes.ts';
import type { KernelContext } from '../../kernel/context.ts';
import { addChunk, available, emptyPool } from '../../kernel/gen-pool.ts';
import { heapKind, kmalloc } from '../../kernel/heap.ts';
import { idrAlloc, maskSet } from '../../kernel/instance-table.ts';
import { IDR_ENTRIES, K } from '../../kernel/kernel.layout.ts';
import { addKho } from '../../kernel/kho-early.ts';
import { MK_INSTANCE, MK_INSTANCE_IPI_DATA, MK_MAX_INSTANCES } from '../../kernel/mk.layout.ts';
import { link, routine } from '../../machine/routine.ts';
import { rolesOf } from '../profiles.ts';
import { PROGRAM } from '../program.ts';
import { Board, NR_CPUS } from './board.ts';
import { CALLBACKS, setScript, type User } from './callbacks.ts';
import { Effects, type Effect } from './effects.ts';
import type { Words } from './arguments.ts';

const AT = MK_INSTANCE.at;

/** What a script says the device-tree code answers; the product's own is not asked. */
export interface StandIns {
  parseRet: number;
  reserveRet: number;
}

/** The stand-ins of the script that runs. */
const standing: { ins: StandIns } = { ins: { parseRet: 0, reserveRet: 0 } };

const reserveStandIn = routine<KernelContext>({
  name: 'conform_reserve',
  source: 'glue',
  locals: ['instance', 'config'],
  steps: [
    {
      id: 'answer',
      text: 'answer what the script says',
      run(x) {
        x.ret(standing.ins.reserveRet);
      },
    },
  ],
});

/** What early boot does with a hand-over page that was announced without scratch memory. */
export const early = routine<KernelContext>({
  name: 'conform_add_kho',
  source: 'glue',
  locals: ['fdt_addr', 'fdt_size'],
  steps: [
    {
      id: 'add',
      text: 'call add_kho',
      run(x) {
        addKho(x, { fdtAddr: x.get(0), fdtSize: x.get(1), scratchAddr: 0, scratchSize: 0 });
      },
    },
    {
      id: 'return',
      text: 'return',
      run(x) {
        x.ret();
      },
    },
  ],
});

/** The product's routines, each where it always is, and ours behind them. */
const program = link<KernelContext>([...PROGRAM.routines, ...CALLBACKS, reserveStandIn, early]);

const ROLES = {
  ...rolesOf('rfc-v2', new Set()),
  reserveRestored: reserveStandIn,
  parseResources: () => {
    const { parseRet } = standing.ins;
    return parseRet === 0
      ? { memory: 0, cpus: [] }
      : { errno: parseRet, about: 'nodes' as const, cpu: 0 };
  },
};

/** An instance object a script made; its objects are not counted as the kernel's. */
interface Made {
  readonly id: number;
  readonly addr: number;
}

/** One script while it runs: the board, its handles, its instances, its effects. */
export class Script {
  readonly effects = new Effects();
  readonly board: Board;
  readonly users: User[] = [];
  readonly byHandle: User[] = [];
  readonly standIns: StandIns = { parseRet: 0, reserveRet: 0 };
  /** Handles of message handlers given out. */
  messageHandles = 0;
  /** Hand-over pages of images, by instance id; the latest counts. */
  readonly images = new Map<number, number>();
  imageSerial = 0;
  /** Heap objects that are the script's. */
  #own = 0;
  readonly #made: Made[][] = [];

  constructor() {
    this.board = new Board(program, ROLES, this.effects);
    this.effects.board = this.board;
    this.effects.handleOf = (context) => this.users[context]?.handle ?? -1;
    standing.ins = this.standIns;
    setScript(this);
  }

  ret(words: Words, value: number | null, more: Effect = {}): void {
    this.effects.emit('ret', { op: words.name, ret: value, ...more });
  }

  refuse(words: Words, msg: string): void {
    this.effects.emit('err', { op: words.name, msg });
  }

  /** The first instance object with that id in a context, 0 for none. */
  instance(id: number, context = this.board.current): number {
    return this.#made[context]?.find((each) => each.id === id)?.addr ?? 0;
  }

  /** As `instance`, the last one: what spawning looks at. */
  lastInstance(id: number): number {
    return this.#made[this.board.current]?.findLast((each) => each.id === id)?.addr ?? 0;
  }

  /** Free bytes of an instance's pool; null for no instance. */
  available(instance: number): number | null {
    if (instance === 0) return null;
    const { state } = this.board.look();
    const pool = state.instances.find((each) => each.addr === instance)?.pool;
    return pool ? available(pool) : 0;
  }

  makeInstance(id: number, name: string, cpus: readonly number[], bytes: number): void {
    const x = this.board.look();
    const size = roundUp(bytes, PAGE_SIZE);
    const start = size === 0 ? 0 : this.board.takePool(size);
    const failing = x.mem.peek32(x.k + K.fail_alloc);
    x.mem.poke32(x.k + K.fail_alloc, 0);
    const addr = kmalloc(x, heapKind('mk_instance'), MK_INSTANCE.size, true);
    const text = cString(name);
    const label = kmalloc(x, heapKind('name'), text.length, false);
    x.mem.poke32(x.k + K.fail_alloc, failing);
    this.#own += 2;
    x.mem.poke(label, text);
    x.mem.poke32(addr + AT.id, id);
    x.mem.poke64(addr + AT.name, label);
    x.mem.poke64(addr + AT.instance_pool, size === 0 ? 0 : addr);
    x.mem.poke64(addr + AT.pool_size, bytes);
    x.mem.poke32(addr + AT.cpus_valid, 1);
    x.mem.poke32(addr + AT.refcount, 1);
    for (const cpu of cpus) if (cpu >= 0 && cpu < NR_CPUS) maskSet(x, addr, cpu);
    if (id >= 0) idrAlloc(x, id, addr);
    else this.#enterNegative(x, id, addr);
    const pool = size === 0 ? null : addChunk(emptyPool, start, size);
    const extra = { addr, pool, regions: [], listed: false };
    x.update({ instances: [...x.state.instances, extra] });
    (this.#made[this.board.current] ??= []).push({ id, addr });
  }

  /** The recorded table of instances knew negative ids too; the product's lookup finds it there. */
  #enterNegative(x: KernelContext, id: number, addr: number): void {
    const at = x.k + K.mk_instance_idr + 16 * (id & (IDR_ENTRIES - 1));
    x.mem.poke32(at, id + 1);
    x.mem.poke64(at + 8, addr);
  }

  /** Where the pool of an instance begins, 0 for none. */
  poolOf(instance: number): number {
    const { state } = this.board.look();
    const extra = state.instances.find((each) => each.addr === instance);
    return extra?.pool?.chunks[0]?.start ?? 0;
  }

  /** mk_instance_ipi_get() in a context: the shared area of an id, 0 for none. */
  area(id: number, context = this.board.current): number {
    if (id < 0 || id >= MK_MAX_INSTANCES) return 0;
    const { mem } = this.board;
    const data = mem.peek64(this.board.base(context) + K.mk_instance_ipi_map + 8 * id);
    return data === 0 ? 0 : mem.peek64(data + MK_INSTANCE_IPI_DATA.at.shared_mem);
  }

  /** Heap objects of all kernels, less the script's own. */
  liveObjects(): number {
    const live = this.board.contexts.map((_, kernel) =>
      this.board.mem.peek32(this.board.base(kernel) + K.heap_live),
    );
    return live.reduce((sum, each) => sum + each, 0) - this.#own;
  }
}
