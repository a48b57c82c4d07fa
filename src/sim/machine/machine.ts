import { assert, SimBug } from '../base/assert.ts';
import { ROW, type Recorder } from '../base/record.ts';
import { seedRandom } from '../base/rng.ts';
import { land } from './bus.ts';
import type { Core } from './core.ts';
import { CPU, CPU_D, FRAME, localsAt, MODE, SAVED_RESULT } from './cpu.layout.ts';
import { Flights, noFlight } from './flights.ts';
import { acceptVector, deliverable, resetLapic } from './lapic.ts';
import { restoreMachine, saveMachine } from './machine-moments.ts';
import type { Memory } from './memory.ts';
import type { Program, Routine } from './routine.ts';
import type { MachineSnapshot, Software, Timing } from './software.ts';
import type { BufferedMemory } from './store-buffers.ts';

/** Taken out of the tables once: V8 makes a constant of each, but looks a table's field up at every use. */
const {
  mode: MODE_,
  interruptsOn: INTERRUPTS_ON,
  depth: DEPTH,
  kernel: KERNEL,
  apicId: APIC_ID,
  pending: PENDING,
  sipi: SIPI,
  task: TASK,
  pc: PC,
  stride: STRIDE,
} = CPU;
const { result: RESULT, stride: D_STRIDE } = CPU_D;

/**
 * Cores, their local APICs, memory and the interrupt bus between them. State is the two arrays, the
 * flights, a few numbers and memory; nothing hides elsewhere. Knows no kernel: programs are lists of
 * steps and {@link Software} says what happens at the edges.
 *
 * Model: memory is sequentially consistent unless store buffers are asked for, a step is over before any
 * other CPU's begins, caches and the pipeline cost nothing of their own; every step takes the time its
 * table says.
 */
export class Machine<X extends Core> {
  // Declared, not defined: see Core.
  declare readonly cpus: number;
  declare readonly H: Int32Array;
  declare readonly D: Float64Array;
  /** When each CPU can take its next step, in ns; Infinity while it has none. */
  declare readonly ready: Float64Array;
  /** The CPUs that have one, in any order: few of many, and looked through for every burst. */
  readonly #busy: Int32Array;
  #busyCount = 0;
  declare readonly mem: Memory;
  /** The buffers between CPUs and memory; null when every store is visible at once. */
  stores: BufferedMemory | null = null;
  readonly flights = new Flights();
  declare readonly timing: Timing;
  /** CPU with an APIC id, -1 where there is none. */
  declare readonly cpuOfApic: Int32Array;
  /** Where the data of each kernel begins, by index: addresses, and words of `mem.M`. Set by the software. */
  readonly kernelBase: number[] = [];
  readonly kernelWord: number[] = [];
  declare program: Program<X>;
  declare software: Software;
  declare core: X;
  steps = 0;
  declare random: number;
  flightSerial = 0;
  taskSerial = 0;
  /**
   * Chosen mode: interrupts arrive at once instead of flying, and a CPU with something to do takes
   * one only when told to (but for irq_work, which it raised itself).
   */
  instant = false;
  /** In chosen mode: the next action is the acceptance of an interrupt. */
  takeNext = false;
  /** Set by the software to end {@link run} after the present action: somebody must look. */
  halt = false;
  /** What has just left the flights, or never needed them. */
  readonly flight = noFlight();

  constructor(mem: Memory, apicIds: readonly number[], timing: Timing, seed: number) {
    const cpus = apicIds.length;
    this.cpus = cpus;
    this.mem = mem;
    this.timing = timing;
    this.random = seedRandom(seed);
    this.H = new Int32Array(cpus * STRIDE);
    this.D = new Float64Array(cpus * D_STRIDE);
    this.ready = new Float64Array(cpus).fill(Infinity);
    this.#busy = new Int32Array(cpus);
    this.cpuOfApic = new Int32Array(Math.max(...apicIds) + 1).fill(-1);
    apicIds.forEach((apic, cpu) => {
      assert(this.cpuOfApic[apic] === -1, `two CPUs with APIC id ${apic}`);
      this.cpuOfApic[apic] = cpu;
      const h = cpu * STRIDE;
      this.H[h + APIC_ID] = apic;
      this.H[h + KERNEL] = -1;
      this.H[h + SIPI] = -1;
      resetLapic(this.H, h);
    });
  }

  /** Puts software on the board: its routines, what their steps reach, and what it does at the edges. */
  setUp(program: Program<X>, core: X, software: Software): void {
    this.program = program;
    this.core = core;
    this.software = software;
    core.elapsed = program.elapsed;
  }

  /** Simulated time in ns. The core has the clock: it moves with every step. */
  get now(): number {
    return this.core.now;
  }

  set now(time: number) {
    this.core.now = time;
  }

  /** Who takes down rows. The core hands them on, so that those of its steps come first. */
  get recorder(): Recorder | null {
    return this.core.recorder;
  }

  set recorder(recorder: Recorder | null) {
    this.core.recorder = recorder;
  }

  /** Points the core at a CPU and its top frame. */
  select(cpu: number): X {
    const core = this.core;
    // A CPU's number may come from a routine's locals, which are doubles. One `| 0` here keeps these
    // fields integers, and all indices computed from them: a fifth of a message's time.
    core.cpu = cpu | 0;
    const h = core.cpu * STRIDE;
    core.h = h;
    core.f = localsAt(core.cpu, this.H[h + DEPTH]! - 1);
    const kernel = this.H[h + KERNEL]!;
    core.k = kernel < 0 ? 0 : this.kernelBase[kernel]!;
    core.kw = kernel < 0 ? 0 : this.kernelWord[kernel]!;
    return core;
  }

  /**
   * Starts a routine on a CPU with an empty stack, as task `serial` (a positive number the software
   * is told again when the stack is empty).
   */
  begin(
    cpu: number,
    to: Routine<never>,
    args: readonly number[],
    serial: number,
    mode: number = MODE.task,
  ): void {
    const h = cpu * STRIDE;
    if (this.H[h + DEPTH] !== 0) throw new SimBug(`cpu${cpu} is busy`);
    // An IPI may start another CPU in the middle of a step: that step must find its core as it was.
    const { cpu: running, pcAt } = this.core;
    const core = this.select(cpu);
    core.push(to, FRAME.task, mode);
    args.forEach((value, i) => {
      this.D[core.f + i] = value;
    });
    this.select(running);
    core.pcAt = pcAt;
    this.H[h + TASK] = serial;
    this.core.rowAt(ROW.begin, this.now, cpu, 0, to.start, 0, serial);
    this.wake(cpu, this.now);
  }

  /** The CPU can step from `at` on, if it could not before. */
  wake(cpu: number, at: number): void {
    if (this.ready[cpu] === Infinity) this.#readyAt(cpu, at);
  }

  /** The CPU steps no more until it is woken. */
  stop(cpu: number): void {
    this.#readyAt(cpu, Infinity);
  }

  #readyAt(cpu: number, at: number): void {
    const { ready } = this;
    const busy = this.#busy;
    const was = ready[cpu]!;
    ready[cpu] = at;
    if (was === Infinity) {
      if (at !== Infinity) busy[this.#busyCount++] = cpu;
    } else if (at === Infinity) {
      let i = 0;
      while (busy[i] !== cpu) i++;
      busy[i] = busy[--this.#busyCount]!;
    }
  }

  /** Told by the core: the last frame is gone. */
  emptied(cpu: number, result: number): void {
    const task = this.H[cpu * STRIDE + TASK]!;
    if (task === 0) return; // an interrupt that found the CPU idle
    this.H[cpu * STRIDE + TASK] = 0;
    this.core.rowAt(ROW.end, this.now, cpu, result, 0, 0, task);
    this.software.taskEnded(cpu, task, result);
  }

  /** Whether the CPU has a next step, or an interrupt to take. */
  canStep(cpu: number): boolean {
    const h = cpu * STRIDE;
    if (this.H[h + MODE_] === MODE.hung) return false;
    return (
      this.H[h + DEPTH]! > 0 || (this.H[h + INTERRUPTS_ON] === 1 && deliverable(this.H, h) >= 0)
    );
  }

  /** The vector the CPU would take instead of its next step, -1 for none. */
  takes(cpu: number): number {
    const h = cpu * STRIDE;
    return this.H[h + INTERRUPTS_ON] === 1 ? deliverable(this.H, h) : -1;
  }

  /** Whether {@link choose} would take an interrupt instead of a step. */
  takesFirst(cpu: number): boolean {
    const vector = this.takes(cpu);
    return vector >= 0 && this.#takesNow(cpu * STRIDE, vector);
  }

  /** The program counter of the CPU's next step, -1 when nothing runs there. */
  pcOf(cpu: number): number {
    const h = cpu * STRIDE;
    const depth = this.H[h + DEPTH]!;
    return depth === 0 ? -1 : this.H[h + PC + depth - 1]!;
  }

  /**
   * Runs the CPU the core points at from `now` on until the core says that it must look around: an
   * interrupt is taken if there is one, then steps run. Returns when that is.
   */
  #act(now: number): number {
    const { H, core } = this;
    const { h } = core;
    let begin = now;
    if (H[h + PENDING] !== 0 && H[h + INTERRUPTS_ON] !== 0) {
      const vector = deliverable(H, h);
      if (vector >= 0 && (!this.instant || this.#takesNow(h, vector))) {
        const entry = this.software.vectorEntry(core.cpu, vector);
        if (core.inOnePiece && entry.passage !== undefined) {
          const took = entry.passage(core as never, core.f, now);
          if (took > 0) return (core.now = now + took);
        }
        begin = this.#take(now, vector, entry);
        if (--core.left <= 0 || begin >= core.limit) return begin;
      }
    }
    const depth = H[h + DEPTH]!;
    const pc = H[h + PC + depth - 1]!;
    const routine = this.program.routineAt[pc]!;
    const index = pc - routine.start;
    core.pcAt = h + PC + depth - 1;
    core.f = localsAt(core.cpu, depth - 1);
    core.enter(routine, index, begin);
    const { passage } = routine;
    if (index === 0 && passage !== undefined && core.passes(passage, core.f)) {
      core.ret();
      return core.now;
    }
    if (routine.fused !== undefined) {
      routine.fused(core);
      core.park();
    } else {
      H[core.pcAt] = pc + 1;
      this.program.run[pc]!(core);
      core.step = index + 1;
      core.settle();
    }
    return core.now;
  }

  #takesNow(h: number, vector: number): boolean {
    return this.takeNext || this.H[h + DEPTH] === 0 || vector >> 4 === 0xf;
  }

  #take(now: number, vector: number, entry: Routine<never>): number {
    const { H, core } = this;
    const { cpu, h } = core;
    core.now = now;
    this.mem.fence();
    acceptVector(H, h, vector);
    core.rowAt(ROW.take, now, cpu, 0, vector, 0, 0);
    const result = this.D[cpu * D_STRIDE + RESULT]!;
    core.push(entry, FRAME.interrupt, entry.mode);
    this.D[core.f + SAVED_RESULT] = H[h + DEPTH]! > 1 ? result : 0;
    H[h + INTERRUPTS_ON] = 0;
    const begin = now + this.timing.take;
    core.now = begin;
    return begin;
  }

  /**
   * Timed mode: steps in order of simulated time, at most `count` of them and none that would start
   * after `until`. Equal times: arrivals first, then the lowest CPU. Returns the steps taken; fewer
   * than `count` means nothing was left to do before `until`.
   */
  run(count: number, until = Infinity): number {
    const { ready, flights } = this;
    const busy = this.#busy;
    let left = count;
    this.#proceed();
    while (left > 0 && !this.halt) {
      let cpu = -1;
      let first = Infinity;
      let second = Infinity;
      for (let i = 0; i < this.#busyCount; i++) {
        const c = busy[i]!;
        const at = ready[c]!;
        if (at < first || (at === first && c < cpu)) {
          second = first;
          first = at;
          cpu = c;
        } else if (at < second) second = at;
      }
      if (flights.next <= first) {
        if (flights.next > until || flights.next === Infinity) break;
        flights.pop(this.flight);
        this.now = this.flight.at;
        land(this, this.flight);
        continue;
      }
      if (first > until) break;
      left -= this.#burst(cpu, Math.min(second, until), left);
    }
    return count - left;
  }

  #proceed(): void {
    this.halt = false;
  }

  /** Runs one CPU for as long as nobody else is due before it. Returns the steps taken. */
  #burst(cpu: number, limit: number, most: number): number {
    const { flights } = this;
    const core = this.select(cpu);
    let now = this.ready[cpu]!;
    core.now = now;
    core.left = most;
    let able: boolean;
    do {
      // What flies may have set out in this very burst.
      core.limit = flights.next < limit ? flights.next : limit;
      core.broken = false;
      now = this.#act(now);
      able = this.canStep(cpu);
    } while (able && core.left > 0 && !this.halt && now < limit && now < flights.next);
    this.#readyAt(cpu, able ? now : Infinity);
    const taken = most - core.left;
    this.steps += taken;
    return taken;
  }

  /**
   * Chosen mode: one step of that CPU now, or the acceptance of an interrupt. The clock moves by the
   * step's cost.
   */
  choose(cpu: number, take = false): void {
    if (!this.canStep(cpu)) throw new SimBug(`cpu${cpu} has nothing to do`);
    this.#readyAt(cpu, this.now);
    this.takeNext = take;
    this.#burst(cpu, -Infinity, 1);
    this.takeNext = false;
  }

  /** Chosen mode: the oldest store of that CPU's buffer becomes visible. Takes no time. */
  drain(cpu: number): void {
    if (!this.stores || this.stores.count(cpu) === 0)
      throw new SimBug(`cpu${cpu} has no store to drain`);
    this.select(cpu);
    this.stores.drainOne(cpu, true);
    this.steps++;
  }

  /** When the next thing happens, in ns; Infinity when nothing will. */
  get nextAt(): number {
    let next = this.flights.next;
    for (const at of this.ready) if (at < next) next = at;
    return next;
  }

  /** True when no CPU can step and nothing flies. */
  get quiet(): boolean {
    if (this.flights.count > 0) return false;
    for (const at of this.ready) if (at !== Infinity) return false;
    return true;
  }

  snapshot(): MachineSnapshot {
    return saveMachine(this);
  }

  restore(to: MachineSnapshot): void {
    restoreMachine(this, to);
  }
}
