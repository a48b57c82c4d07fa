import type { Recorder } from '../../base/record.ts';
import { MIB, PAGE_SIZE } from '../../base/units.ts';
import { KernelContext } from '../../kernel/context.ts';
import { designOf } from '../design-switches.ts';
import { ownCpu } from '../../kernel/hotplug.ts';
import { irqWorkEntry } from '../../kernel/irq-work.ts';
import { K } from '../../kernel/kernel.layout.ts';
import {
  IRQ_WORK,
  IRQ_WORK_VECTOR,
  MK_IPI_HANDLER,
  MULTIKERNEL_VECTOR,
} from '../../kernel/mk.layout.ts';
import { Observer, OBSERVER_BYTES } from '../../kernel/observer.ts';
import { MK_IPI_RING_SIZE } from '../../kernel/mailboxes/ring.layout.ts';
import { initKernelData, newKernelState } from '../../kernel/spawn.ts';
import { System, type RoleTable } from '../../kernel/system.ts';
import { CPU, FRAME, MODE } from '../../machine/cpu.layout.ts';
import { acceptVector, hasVector } from '../../machine/lapic.ts';
import { Machine } from '../../machine/machine.ts';
import type { Software } from '../../machine/software.ts';
import { Memory } from '../../machine/memory.ts';
import type { Program, Routine } from '../../machine/routine.ts';
import { TIMING } from '../world.ts';

/** NR_CPUS of the recorded runs; APIC ids go further. */
export const NR_CPUS = 64;
export const APIC_IDS = 512;
/** CPU that stands for any whose number or APIC id is none. */
const NOWHERE = APIC_IDS;
export const CONTEXTS = 64;
/** Offset of the pointer to the next work inside a handler. */
const WORK_NEXT = MK_IPI_HANDLER.at.work + IRQ_WORK.at.llist;

/** The memory the recorded runs had; all that a mapping can show. */
const ARENA = 0x10000000;
const ARENA_BYTES = 0x4000000;
const POOLS = ARENA + MIB;
const PAGES = ARENA + 32 * MIB;
/** Behind the arena: bytes the script brings, which no kernel allocated. */
const BROUGHT = ARENA + ARENA_BYTES;
const MEMORY = BROUGHT + 64 * MIB;
/** Below it: the data of our kernels, so much for each. */
const KERNELS = 16 * MIB;
const KERNEL_BYTES = MIB;

/** Only the arena can be mapped. */
class ArenaMemory extends Memory {
  override covers(addr: number, bytes: number): boolean {
    return addr >= ARENA && bytes <= ARENA_BYTES && addr - ARENA <= ARENA_BYTES - bytes;
  }
}

/** What a context of a script has besides its kernel's own data. */
interface Context {
  /** Logical number of the CPU operations run on. */
  cpu: number;
  /** APIC id by logical number. */
  readonly physmap: Int32Array;
  /** Times 0xea was taken, by APIC id. */
  readonly taken: Int32Array;
}

/** The mailbox as it was published. */
const PUBLISHED = { design: designOf('rfc-v2', {}), ringSlots: MK_IPI_RING_SIZE };

/** Thrown where a CPU waits for ever: the script ends there. */
export class Hang extends Error {
  override readonly name = 'Hang';
}

/**
 * The product's machine and kernels, set up as the recorded runs were: many kernels, each with any
 * CPU it names, and nobody moves but the one the script moves. Steps are chosen one by one.
 */
export class Board implements Software {
  readonly mem: Memory;
  readonly machine: Machine<KernelContext>;
  readonly sys: System;
  readonly observer: Observer;
  readonly x: KernelContext;
  readonly contexts: (Context | undefined)[] = [];
  current = 0;
  /** Whether the number an IPI is sent to goes through the sender's map of APIC ids. */
  isMapped = false;
  /** Set by a recorder that saw a CPU wait for the work at this address. */
  waitsFor = 0;
  /** irq_work callbacks called by the innermost list that runs. */
  ran = 0;
  /** Kernel that holds the counters of failures to come. */
  #counting = 0;
  #result = 0;
  #pools = POOLS;
  #pages = PAGES;
  #brought = BROUGHT;

  constructor(
    program: Program<KernelContext>,
    roles: RoleTable,
    recorder: Recorder,
    glue: ReadonlySet<string> = new Set(),
  ) {
    const ids = Array.from({ length: APIC_IDS + 1 }, (_, cpu) => cpu);
    this.mem = new ArenaMemory(MEMORY, OBSERVER_BYTES);
    this.machine = new Machine<KernelContext>(this.mem, ids, TIMING, 1);
    this.machine.cpuOfApic[NOWHERE] = -1;
    this.sys = new System({ nrCpus: NR_CPUS, memory: MEMORY, pool: null, glue, ...PUBLISHED });
    this.observer = new Observer(this.mem);
    this.x = new KernelContext(this.machine as never, this.sys, this.observer);
    this.x.roles = roles;
    this.machine.setUp(program, this.x, this);
    this.machine.instant = true;
    for (const cpu of ids) {
      ownCpu(this.x, cpu, 0, cpu);
      this.machine.H[cpu * CPU.stride + CPU.interruptsOn] = 0;
    }
    this.open(0);
    this.machine.recorder = recorder;
    this.x.recorder = recorder;
  }

  /** Makes a context with an empty kernel in it. */
  open(kernel: number): void {
    const base = KERNELS + kernel * KERNEL_BYTES;
    const physmap = Int32Array.from({ length: APIC_IDS }, (_, cpu) => cpu);
    this.contexts[kernel] = { cpu: 0, physmap, taken: new Int32Array(APIC_IDS) };
    const cpus = [...physmap.subarray(0, NR_CPUS)];
    const kernels = [...this.sys.kernels];
    while (kernels.length <= kernel) kernels.push(newKernelState('none', kernels.length, '', []));
    kernels[kernel] = newKernelState(`kernel${kernel}`, kernel, '', cpus);
    this.sys.kernels = kernels;
    this.machine.kernelBase[kernel] = base;
    this.machine.kernelWord[kernel] = this.mem.reserve(base, KERNEL_BYTES);
    initKernelData(this.x, base, KERNEL_BYTES, cpus);
  }

  get context(): Context {
    return this.contexts[this.current]!;
  }

  /** The kernel in whose data an address lies. */
  kernelOf(addr: number): number {
    return Math.floor((addr - KERNELS) / KERNEL_BYTES);
  }

  base(kernel: number): number {
    return this.machine.kernelBase[kernel]!;
  }

  /** arch_cpu_physical_id() of a logical CPU of a context. */
  physical(kernel: number, logical: number): number {
    return this.contexts[kernel]!.physmap[logical] ?? -1;
  }

  /** The first logical CPU of the current context with that APIC id, -1 for none. */
  logical(physical: number): number {
    return this.context.physmap.indexOf(physical);
  }

  /** Gives a CPU of the machine to a context under a logical number. */
  #occupy(kernel: number, logical: number): number {
    const { H } = this.machine;
    const physical = this.physical(kernel, logical);
    const cpu = physical >= 0 && physical < APIC_IDS ? physical : NOWHERE;
    const h = cpu * CPU.stride;
    H[h + CPU.kernel] = kernel;
    H[h + CPU.logical] = logical;
    H[h + CPU.apicId] = physical;
    this.#count(kernel);
    return cpu;
  }

  /** `fail_alloc` and `fail_memremap` count calls of all kernels together. */
  #count(kernel: number): void {
    const from = this.base(this.#counting);
    for (const at of [K.fail_alloc, K.fail_memremap]) {
      const left = this.mem.peek32(from + at);
      this.mem.poke32(from + at, 0);
      this.mem.poke32(this.base(kernel) + at, left);
    }
    this.#counting = kernel;
  }

  /** The context's kernel and CPU, to call its functions. */
  look(): KernelContext {
    return this.machine.select(this.#occupy(this.current, this.context.cpu));
  }

  /** Runs a routine to its end on the current CPU. */
  run(routine: Routine<never>, ...args: readonly number[]): number {
    const cpu = this.#occupy(this.current, this.context.cpu);
    this.machine.begin(cpu, routine, args, ++this.machine.taskSerial);
    this.#finish(cpu, 0);
    return this.#result;
  }

  /** Steps until the stack of the CPU is as deep as `depth`. Who waits for a work gets it run. */
  #finish(cpu: number, depth: number): void {
    const h = cpu * CPU.stride;
    while (this.machine.H[h + CPU.depth]! > depth) {
      this.machine.choose(cpu);
      if (this.waitsFor !== 0) this.#runHolder(this.waitsFor);
    }
  }

  /** Runs the list that holds a work. Model of spinning: nobody else moves until the list ran. */
  #runHolder(handler: number): void {
    this.waitsFor = 0;
    const kernel = this.kernelOf(handler);
    const logical = this.holderOf(handler);
    if (logical < 0) throw new Hang();
    this.#runList(kernel, logical);
  }

  /** Logical CPU whose list of raised works has this one, -1 for none. */
  holderOf(handler: number): number {
    const kernel = this.kernelOf(handler);
    const lists = this.base(kernel) + K.irq_work_list;
    for (let logical = 0; logical < APIC_IDS; logical++) {
      let at = this.mem.peek64(lists + 8 * logical);
      for (; at !== 0; at = this.mem.peek64(at + WORK_NEXT)) if (at === handler) return logical;
    }
    return -1;
  }

  /** Lets a CPU take its irq_work interrupt, above whatever it runs. Answers how many works ran. */
  #runList(kernel: number, logical: number): number {
    const { machine } = this;
    const { H } = machine;
    const outer = { counting: this.#counting, ran: this.ran };
    const physical = this.physical(kernel, logical);
    const h = (physical >= 0 && physical < APIC_IDS ? physical : NOWHERE) * CPU.stride;
    const before = H.slice(h, h + CPU.stride);
    const cpu = this.#occupy(kernel, logical);
    this.ran = 0;
    acceptVector(H, h, IRQ_WORK_VECTOR);
    const depth = H[h + CPU.depth]!;
    if (depth === 0) machine.begin(cpu, irqWorkEntry, [], ++machine.taskSerial, MODE.irqWork);
    else machine.select(cpu).push(irqWorkEntry, FRAME.interrupt, MODE.irqWork);
    this.#finish(cpu, depth);
    H[h + CPU.interruptsOn] = 0;
    for (const word of [CPU.kernel, CPU.logical, CPU.apicId]) H[h + word] = before[word]!;
    this.#count(outer.counting);
    const { ran } = this;
    this.ran = outer.ran;
    return ran;
  }

  runWork(physical: number): number {
    const logical = this.logical(physical);
    return logical < 0 ? 0 : this.#runList(this.current, logical);
  }

  isPending(physical: number): boolean {
    return hasVector(this.machine.H, physical * CPU.stride + CPU.irr, MULTIKERNEL_VECTOR);
  }

  /** Takes vector 0xea on a CPU of the current context; `spurious` leaves IRR alone. */
  deliver(logical: number, spurious: boolean): void {
    const { machine, context } = this;
    const { H } = machine;
    const before = context.cpu;
    context.cpu = logical;
    const cpu = this.#occupy(this.current, logical);
    const h = cpu * CPU.stride;
    const taken = H[h + CPU.countCall]!;
    if (!spurious) acceptVector(H, h, MULTIKERNEL_VECTOR);
    const entry = this.x.roles.interruptEntry;
    machine.begin(cpu, entry, [], ++machine.taskSerial, MODE.interrupt);
    this.#finish(cpu, 0);
    context.taken[this.physical(this.current, logical)]! += H[h + CPU.countCall]! - taken;
    context.cpu = before;
  }

  /** Tells all kernels which APIC id an IPI to each of their CPUs goes to. */
  mapApics(): void {
    this.contexts.forEach((context, kernel) => {
      const table = this.base(kernel) + K.cpu_to_apicid;
      for (let cpu = 0; cpu < NR_CPUS; cpu++)
        this.mem.poke32(table + 4 * cpu, this.isMapped ? context!.physmap[cpu]! : cpu);
    });
  }

  /** The range of a new instance pool, filled with 0xcc. */
  takePool(bytes: number): number {
    const start = this.#pools;
    this.#pools += bytes;
    this.mem.fill(start, 0xcc, bytes);
    return start;
  }

  /** Pages filled with a byte; an unused one stays behind them. */
  takePages(fill: number, count = 1): number {
    const start = this.#pages;
    this.#pages += (count + 1) * PAGE_SIZE;
    if (fill !== 0) this.mem.fill(start, fill, count * PAGE_SIZE);
    return start;
  }

  /** Bytes of the script, where kernels can read them. */
  bring(bytes: Uint8Array): number {
    const at = this.#brought;
    this.#brought += Math.ceil((bytes.length + 1) / 16) * 16;
    this.mem.poke(at, bytes);
    return at;
  }

  vectorEntry(): Routine<never> {
    return irqWorkEntry;
  }

  initialised(): void {
    // Nobody sends INIT here.
  }

  started(): void {
    // Nor SIPI.
  }

  taskEnded(_cpu: number, _task: number, result: number): void {
    this.#result = result;
  }

  dropped(): void {
    // Nobody takes it: the effects say only that it was sent.
  }
  merged(): void {
    // The recorder's row says it.
  }
}
