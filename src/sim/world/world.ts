import { ROW, type Recorder } from '../base/record.ts';
import { MIB, PAGE_SIZE, roundDown, roundUp } from '../base/units.ts';
import { Tee } from '../engine/tee.ts';
import { Trace } from '../engine/trace.ts';
import { KernelContext } from '../kernel/context.ts';
import { ownCpu } from '../kernel/hotplug.ts';
import { HOST_DATA_BYTES } from '../kernel/kernel.layout.ts';
import { IRQ_WORK_VECTOR, MULTIKERNEL_VECTOR } from '../kernel/mk.layout.ts';
import { irqWorkEntry } from '../kernel/irq-work.ts';
import { addChunk, emptyPool } from '../kernel/gen-pool.ts';
import { HAZARD } from '../kernel/hazards.ts';
import { knownPassages } from '../kernel/passages/known.ts';
import { Observer, OBSERVER_BYTES, STAT } from '../kernel/observer.ts';
import { initKernelData, newKernelState } from '../kernel/spawn.ts';
import { userSleep } from '../kernel/syscalls.ts';
import { System, type KernelState } from '../kernel/system.ts';
import { trampoline } from '../kernel/boot.ts';
import { unexpectedVector } from '../kernel/unexpected.ts';
import { CPU, localsAt, MODE } from '../machine/cpu.layout.ts';
import { hashMachine } from '../machine/hash.ts';
import { Machine } from '../machine/machine.ts';
import type { MachineSnapshot, Software, Timing } from '../machine/software.ts';
import type { Ordering } from '../machine/ordering.ts';
import { Memory, SEGMENT_BYTES } from '../machine/memory.ts';
import { BufferedMemory } from '../machine/store-buffers.ts';
import { lanesToHex, mix } from '../machine/pages.ts';
import type { Routine } from '../machine/routine.ts';
import { MK_IPI_RING_SIZE } from '../kernel/mailboxes/ring.layout.ts';
import { designOf } from './design-switches.ts';
import { hashValue } from './hash-value.ts';
import { glueOf, rolesOf } from './profiles.ts';
import { PROGRAM } from './program.ts';

/** What a world is made from. Bytes and APIC ids as a scenario's front matter gives them. */
export interface WorldSettings {
  readonly cpus: number;
  readonly memory: number;
  readonly pool: { readonly size: number; readonly base: number | null } | null;
  readonly apic: readonly number[] | null;
  readonly seed: number;
  readonly profile: string;
  /** `tso`: a store buffer for each CPU; unless given, every store is visible at once. */
  readonly ordering?: Ordering;
  /** Switched by hand: glue, and parts of the design. */
  readonly glue: Readonly<Record<string, boolean>>;
  /** Slots of a ring; as published unless given. */
  readonly ringSlots?: number;
}

/**
 * Latencies in ns. The way of an IPI is what two CPUs of a real machine need between the write of
 * the ICR and the entry of the handler, less the entry itself. One to oneself is there when the step
 * that sent it is over, as the next one may already be its handler's.
 */
export const TIMING: Timing = { ipi: 620, ipiJitter: 160, selfIpi: 6, take: 180 };

/** Something to run on a CPU: started when the CPU is idle and nothing of it is held back. */
export interface Task {
  readonly serial: number;
  readonly cpu: number;
  readonly routine: Routine<never>;
  readonly args: readonly number[];
  /** What it is, for people. */
  readonly label: string;
  /** Waits for a schedule instead of for the CPU. */
  readonly held: boolean;
}

/** Cold state of the world that no kernel knows of. Plain data, replaced when it changes. */
interface Cold {
  readonly tasks: readonly Task[];
  /** Answers of tasks that ended and were not asked for yet, by serial. */
  readonly results: ReadonlyMap<number, number>;
  /** Serials somebody will ask for. */
  readonly awaited: ReadonlySet<number>;
}

export interface WorldSnapshot {
  readonly machine: MachineSnapshot;
  readonly kernels: readonly KernelState[];
  readonly handed: System['handed'];
  readonly bases: readonly number[];
  readonly cold: Cold;
  readonly traceHead: number;
}

/** Where the host keeps its data, and the pages it hands out. */
const HOST_BASE = 4 * SEGMENT_BYTES;
const HOST_PAGES = HOST_BASE + HOST_DATA_BYTES;
/** NR_CPUS of all kernels: the smallest usual value that holds the machine's CPUs and APIC ids. */
const NR_CPUS = [8, 64, 512, 1024] as const;

/** Machine and kernels assembled: the thing that runs. */
export class World implements Software {
  readonly machine: Machine<KernelContext>;
  readonly mem: Memory;
  readonly sys: System;
  readonly observer: Observer;
  readonly x: KernelContext;
  /** Looks into kernels from outside; {@link x} belongs to the steps. */
  readonly viewer: KernelContext;
  readonly settings: WorldSettings;
  readonly trace: Trace | null;
  cold: Cold = { tasks: [], results: new Map(), awaited: new Set() };

  constructor(settings: WorldSettings, withTrace: boolean) {
    this.settings = settings;
    const apic = settings.apic ?? Array.from({ length: settings.cpus }, (_, cpu) => cpu);
    const needed = Math.max(settings.cpus, ...apic.map((id) => id + 1));
    const nrCpus = NR_CPUS.find((each) => each >= needed) ?? NR_CPUS[3];
    const glue = glueOf(settings.profile, settings.glue);
    const pool = poolRange(settings);
    const ram = roundUp(settings.memory, SEGMENT_BYTES);
    const buffered =
      settings.ordering === 'tso' ? new BufferedMemory(ram, OBSERVER_BYTES, apic.length) : null;
    this.mem = buffered ?? new Memory(ram, OBSERVER_BYTES);
    this.machine = new Machine<KernelContext>(this.mem, apic, TIMING, settings.seed);
    buffered?.attach(this.machine);
    const design = designOf(settings.profile, settings.glue);
    const ringSlots = settings.ringSlots ?? MK_IPI_RING_SIZE;
    this.sys = new System({ nrCpus, memory: settings.memory, pool, glue, design, ringSlots });
    this.observer = new Observer(this.mem);
    this.x = new KernelContext(this.machine as never, this.sys, this.observer);
    this.viewer = new KernelContext(this.machine as never, this.sys, this.observer);
    this.x.roles = rolesOf(settings.profile, glue, design);
    this.viewer.roles = this.x.roles;
    this.machine.setUp(PROGRAM, this.x, this);
    this.trace = withTrace ? new Trace(knownPassages) : null;
    this.#bootHost(pool);
    this.#tellTo(this.trace);
  }

  /** Has rows told to somebody beside the trace, until told otherwise with null. */
  listenIn(tap: Recorder | null): void {
    const { trace } = this;
    this.#tellTo(trace && tap ? new Tee(trace, tap) : (tap ?? trace));
  }

  /** Everything shared is taken down from here on: rows, and accesses to memory others can see. */
  #tellTo(recorder: Recorder | null): void {
    const { x } = this;
    x.recorder = recorder;
    x.inOnePiece = recorder === this.trace && this.machine.stores === null;
    x.whole = this.trace;
    this.viewer.recorder = recorder;
    this.mem.listener = recorder && {
      access: (write, addr, bytes) => {
        x.row(write ? ROW.write : ROW.read, addr, bytes, 0, 0);
      },
    };
  }

  /** The host is up when the run begins: its log has what a boot would have left. */
  #bootHost(pool: ReturnType<typeof poolRange>): void {
    const { machine, mem, sys, x } = this;
    const cpus = Array.from({ length: machine.cpus }, (_, cpu) => cpu);
    const cmdline = pool ? `mkkernel_pool=${pool.size}@0x${pool.start.toString(16)}` : '';
    const state = newKernelState('host', 0, `root=/dev/ram0 ${cmdline}`.trim(), cpus);
    const end = pool ? pool.start : roundDown(sys.settings.memory, PAGE_SIZE);
    sys.kernels = [
      {
        ...state,
        pool: pool ? addChunk(emptyPool, pool.start, pool.size) : null,
        poolResource: pool && {
          start: pool.start,
          end: pool.start + pool.size,
          name: 'Multikernel Memory Pool',
          children: [],
        },
        pages: { next: HOST_PAGES, end, free: [] },
        notifiers: ['mk_kexec_nb'],
      },
    ];
    machine.kernelBase[0] = HOST_BASE;
    machine.kernelWord[0] = mem.reserve(HOST_BASE, HOST_DATA_BYTES);
    initKernelData(x, HOST_BASE, HOST_DATA_BYTES, cpus);
    for (const cpu of cpus) ownCpu(x, cpu, 0, cpu);
    machine.select(0);
    if (pool) x.log('pool.ready', pool.size, pool.start);
    else x.log('pool.disabled');
    x.log('msg.initialized');
    x.log('kho.notifier_registered');
    x.log('kho.nothing_to_restore');
    x.log('boot.mk_ready');
    if (x.roles.hostReady) this.machine.begin(0, x.roles.hostReady, [], ++this.machine.taskSerial);
  }

  vectorEntry(_cpu: number, vector: number): Routine<never> {
    if (vector === MULTIKERNEL_VECTOR) return this.x.roles.interruptEntry;
    return vector === IRQ_WORK_VECTOR ? irqWorkEntry : unexpectedVector;
  }

  initialised(cpu: number): void {
    const { H } = this.machine;
    const kernel = H[cpu * CPU.stride + CPU.kernel]!;
    H[cpu * CPU.stride + CPU.kernel] = -1;
    // What its boot CPU ran is gone, and the kernel with it.
    if (this.sys.kernels[kernel]?.bootCpu === cpu) {
      this.sys.update(kernel, { running: false });
      this.#hazardOn(cpu, HAZARD.kernelReset);
    }
    this.x.rowAt(ROW.mode, this.machine.now, cpu, 0, MODE.waitSipi, 0, 0);
  }

  started(cpu: number): void {
    this.machine.begin(cpu, trampoline, [], ++this.machine.taskSerial, MODE.boot);
  }

  taskEnded(_cpu: number, task: number, result: number): void {
    // What waits for this CPU may start, and who waits for the answer gets it.
    this.machine.halt = true;
    if (!this.cold.awaited.has(task)) return;
    this.cold = { ...this.cold, results: new Map(this.cold.results).set(task, result) };
  }

  merged(cpu: number, vector: number): void {
    if (vector !== MULTIKERNEL_VECTOR) return;
    this.observer.count(STAT.merged);
    if (this.x.roles.mergingHarms) this.#hazardOn(cpu, HAZARD.interruptMerged);
  }

  dropped(cpu: number, vector: number): void {
    if (vector === MULTIKERNEL_VECTOR && cpu >= 0) this.#hazardOn(cpu, HAZARD.nobodyThere);
  }

  /** Harm that no step of that CPU does: what arrives there. */
  #hazardOn(cpu: number, id: number): void {
    this.observer.hazard(id);
    this.x.rowAt(ROW.hazard, this.machine.now, cpu, 0, id, cpu, 0);
  }

  /**
   * Has a routine run on a CPU as soon as that is idle, or, held, when a schedule says so. Answers
   * the serial under which {@link takeResult} will have its answer.
   */
  startTask(
    cpu: number,
    routine: Routine<never>,
    args: readonly number[],
    label: string,
    held: boolean,
  ): number {
    const serial = ++this.machine.taskSerial;
    const task = { serial, cpu, routine, args, label, held };
    const awaited = held ? this.cold.awaited : new Set(this.cold.awaited).add(serial);
    this.cold = { ...this.cold, tasks: [...this.cold.tasks, task], awaited };
    this.dispatch();
    return serial;
  }

  /** Starts what waits and can. */
  dispatch(): void {
    for (const task of this.cold.tasks) {
      const busy = this.machine.H[task.cpu * CPU.stride + CPU.depth]! > 0;
      if (task.held || busy) continue;
      this.cold = { ...this.cold, tasks: this.cold.tasks.filter((each) => each !== task) };
      this.machine.begin(task.cpu, task.routine, task.args, task.serial);
    }
  }

  /** Lets go of held tasks, each CPU's in the order they were queued. */
  release(): void {
    const tasks = this.cold.tasks.map((task) => ({ ...task, held: false }));
    this.cold = { ...this.cold, tasks };
    this.dispatch();
  }

  /** The answer of an ended task, once; undefined while it runs. */
  takeResult(serial: number): number | undefined {
    const result = this.cold.results.get(serial);
    if (result !== undefined) this.abandon(serial);
    return result;
  }

  /**
   * Nobody asks for that task's answer any more. One that has not begun never does, one that only
   * sleeps wakes up; any other goes on, and its answer goes nowhere.
   */
  abandon(serial: number): void {
    const tasks = this.cold.tasks.filter((task) => task.serial !== serial);
    const results = new Map(this.cold.results);
    const awaited = new Set(this.cold.awaited);
    results.delete(serial);
    awaited.delete(serial);
    this.cold = { tasks, results, awaited };
    const { H, D, cpus } = this.machine;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const h = cpu * CPU.stride;
      if (H[h + CPU.task] !== serial || H[h + CPU.pc] !== userSleep.start) continue;
      D[localsAt(cpu, 0)] = 0;
    }
  }

  /** True when no CPU can step and nothing waits but what is held. */
  get quiet(): boolean {
    return this.machine.quiet && this.cold.tasks.every((task) => task.held);
  }

  /** Timed mode: at most `count` steps, none after `until`; fewer when a task ended or all is quiet. */
  run(count: number, until = Infinity): number {
    this.dispatch();
    const done = this.machine.run(count, until);
    this.dispatch();
    return done;
  }

  /** The index of a running kernel by name, -1 when there is none. */
  kernelNamed(name: string): number {
    return this.sys.kernels.findIndex((kernel) => kernel.name === name);
  }

  /** A context at a kernel's data, on its boot CPU, to look things up there, running or not. */
  lookAt(kernel: number): KernelContext {
    const { viewer } = this;
    viewer.looksAt = kernel;
    viewer.now = this.machine.now;
    viewer.cpu = Math.max(0, this.sys.kernels[kernel]!.bootCpu);
    viewer.h = viewer.cpu * CPU.stride;
    viewer.k = this.machine.kernelBase[kernel]!;
    viewer.kw = this.machine.kernelWord[kernel]!;
    return viewer;
  }

  /** Whether a kernel of that name runs: it was started, and its boot CPU was not reset since. */
  isRunning(name: string): boolean {
    return this.sys.kernels.some((kernel) => kernel.name === name && kernel.running);
  }

  snapshot(): WorldSnapshot {
    return {
      machine: this.machine.snapshot(),
      kernels: this.sys.kernels,
      handed: this.sys.handed,
      bases: [...this.machine.kernelBase],
      cold: this.cold,
      traceHead: this.trace?.head ?? 0,
    };
  }

  restore(to: WorldSnapshot): void {
    this.machine.restore(to.machine);
    this.sys.kernels = to.kernels;
    this.sys.handed = to.handed;
    to.bases.forEach((base, kernel) => {
      this.machine.kernelBase[kernel] = base;
      this.machine.kernelWord[kernel] = this.mem.word(base);
    });
    this.cold = to.cold;
    if (this.trace) this.trace.head = to.traceHead;
  }

  /** 16 hex digits: equal for equal states, wherever they were reached. */
  hash(): string {
    const lanes = new Int32Array([0x6d6b, 0x7067]);
    hashMachine(lanes, this.machine);
    mix(lanes, hashValue(this.sys.kernels));
    mix(lanes, hashValue(this.cold.tasks.map(({ serial, cpu, args }) => [serial, cpu, args])));
    mix(lanes, hashValue([...this.cold.results]));
    return lanesToHex(lanes);
  }
}

/**
 * The range of `mkkernel_pool=`: where it was asked for, else at the end of memory. Model: a pool
 * without an address gets a place; the real allocator knows no memory yet when it is asked, and
 * would most likely refuse.
 */
function poolRange({ memory, pool }: WorldSettings): { start: number; size: number } | null {
  if (!pool) return null;
  const size = roundUp(pool.size, PAGE_SIZE);
  const start = pool.base ?? roundDown(memory - size, MIB);
  return { start, size };
}
