import { ROW, type Recorder, type Row } from '../../base/record.ts';
import { PAGE_SIZE } from '../../base/units.ts';
import { cString, textAt } from '../../fdt/bytes.ts';
import { fdtSubnodeOffset } from '../../fdt/lookup.ts';
import type { Resources } from '../../kernel/device-tree.ts';
import { HAZARD } from '../../kernel/hazards.ts';
import { heapKind, kmalloc } from '../../kernel/heap.ts';
import { instanceId, listInstances } from '../../kernel/instance-object.ts';
import { idrAlloc } from '../../kernel/instance-table.ts';
import { K } from '../../kernel/kernel.layout.ts';
import { kexecFinalize } from '../../kernel/kho-host.ts';
import { khoInit, khoPopulate, khoRestore } from '../../kernel/kho-spawn.ts';
import { MK_INSTANCE } from '../../kernel/mk.layout.ts';
import type { KernelState } from '../../kernel/system.ts';
import type { LogRecord } from '../../kernel/log-events.ts';
import type { MemorySnapshot } from '../../machine/moments.ts';
import { Board, Hang } from '../conform/board.ts';
import { readLog } from '../log-read.ts';
import { glueOf, rolesOf } from '../profiles.ts';
import { PROGRAM } from '../program.ts';

const AT = MK_INSTANCE.at;
const HOST = 0;
/** Instance whose tree is handed over, and the kernel that is to find it. */
const SPAWNED = 1;

/** The instance a spawned kernel made of what it was handed. */
export interface Restored extends Resources {
  readonly id: number;
  readonly name: string;
  readonly state: number;
  /** Bytes of its device tree. */
  readonly bytes: number;
}

/** What came of one hand-over. */
export interface HandedOver {
  /** Undefined when no instance came out of it. */
  readonly restored: Restored | undefined;
  /** What both kernels logged, host first. */
  readonly log: readonly LogRecord[];
  /** Harm that was done, by number, each once, in order. */
  readonly hazards: readonly number[];
}

/** Whether a blob is a whole hand-over page; else it is the tree of one instance. */
export const isHandOverPage = (blob: Uint8Array): boolean =>
  blob.length <= PAGE_SIZE && fdtSubnodeOffset(blob, 0, 'multikernel') >= 0;

/**
 * A host and the kernel it is about to start, at the moment of the hand-over. Every call of
 * {@link handOver} is that moment anew, with another blob: the product's own routines run on the
 * product's own memory, and what they did is undone afterwards.
 */
export class HandOverBench implements Recorder {
  readonly #board: Board;
  readonly #hazards = new Set<number>();
  /** What the device-tree code found, of the run under way. */
  #found: Resources = { memory: 0, cpus: [] };
  /** Where the blob lies: the tree of the host's instance, or the hand-over page itself. */
  readonly #at: number;
  readonly #page: number;
  readonly #image: number;
  readonly #start: MemorySnapshot;
  readonly #kernels: readonly KernelState[];
  readonly #handed: Board['sys']['handed'];
  readonly #registers: Board['machine']['H'];

  /** `blob` says how long blobs are and what they stand for; the kernels are those of a profile. */
  constructor(blob: Uint8Array, profile: string) {
    const glue = glueOf(profile, {});
    const roles = rolesOf(profile, glue);
    const watched: typeof roles = {
      ...roles,
      parseResources: (tree, size, possible) => {
        const found = roles.parseResources(tree, size, possible);
        if (!('errno' in found)) this.#found = found;
        return found;
      },
    };
    const board = new Board(PROGRAM, watched, this, glue);
    this.#board = board;
    board.open(SPAWNED);
    board.run(khoInit);
    this.#page = board.takePages(0);
    const isPage = isHandOverPage(blob);
    this.#at = isPage ? this.#page : board.bring(blob);
    this.#image = isPage ? 0 : this.#makeImage(blob.length);
    this.#start = board.mem.snapshot();
    this.#kernels = board.sys.kernels;
    this.#handed = board.sys.handed;
    this.#registers = board.machine.H.slice();
  }

  /** An instance of the host with a device tree of that size, and an image that is loaded for it. */
  #makeImage(bytes: number): number {
    const x = this.#board.look();
    const { mem } = x;
    const instance = kmalloc(x, heapKind('mk_instance'), MK_INSTANCE.size, true);
    const text = cString('handed');
    const name = kmalloc(x, heapKind('name'), text.length, false);
    mem.poke(name, text);
    mem.poke32(instance + AT.id, SPAWNED);
    mem.poke64(instance + AT.name, name);
    mem.poke64(instance + AT.dtb_data, this.#at);
    mem.poke64(instance + AT.dtb_size, bytes);
    mem.poke32(instance + AT.refcount, 1);
    idrAlloc(x, SPAWNED, instance);
    const image = {
      ...{ addr: 1, type: 'multikernel' as const, mkId: SPAWNED, instance, entry: 0 },
      ...{ segments: [], cmdline: '', khoFdt: this.#page },
    };
    x.update({
      instances: [...x.state.instances, { addr: instance, pool: null, regions: [], listed: false }],
      kimages: [image],
    });
    return image.addr;
  }

  /** Finalize on the host unless the blob is the page, then populate and restore. */
  handOver(blob: Uint8Array): HandedOver {
    const board = this.#board;
    this.#hazards.clear();
    board.mem.poke(this.#at, blob);
    const logged = [HOST, SPAWNED].map((kernel) => this.#logged(kernel));
    let isOver = true;
    try {
      board.current = HOST;
      if (this.#image !== 0) board.run(kexecFinalize, this.#image);
      board.current = SPAWNED;
      board.run(khoPopulate, this.#page, PAGE_SIZE);
      board.run(khoRestore);
    } catch (error) {
      if (!(error instanceof Hang)) throw error;
      this.#hazards.add(HAZARD.hang);
      isOver = false;
    }
    const log = logged.flatMap((before, kernel) => {
      board.current = kernel;
      return readLog(board.look(), this.#logged(kernel) - before);
    });
    const restored = isOver ? this.#restored() : undefined;
    this.#putBack(isOver);
    return { restored, log, hazards: [...this.#hazards] };
  }

  #logged(kernel: number): number {
    return this.#board.mem.peek32(this.#board.base(kernel) + K.log_count);
  }

  #restored(): Restored | undefined {
    this.#board.current = SPAWNED;
    const x = this.#board.look();
    const [instance] = listInstances(x);
    if (instance === undefined) return undefined;
    return {
      ...this.#found,
      id: instanceId(x, instance),
      name: textAt(x.mem.peek(x.mem.peek64(instance + AT.name), PAGE_SIZE), 0),
      state: x.mem.peek32(instance + AT.state),
      bytes: x.mem.peek64(instance + AT.dtb_size),
    };
  }

  #putBack(isOver: boolean): void {
    const { mem, sys, machine } = this.#board;
    mem.restore(this.#start);
    sys.kernels = this.#kernels;
    sys.handed = this.#handed;
    if (!isOver) machine.H.set(this.#registers);
  }

  steps(): void {
    // No step is an effect of its own.
  }

  row(kind: Row, _time: number, _cpu: number, _a: number, b: number): void {
    if (kind === ROW.hazard) this.#hazards.add(b);
  }
}
