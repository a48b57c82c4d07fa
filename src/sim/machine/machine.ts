import { assert, SimBug } from '../base/assert.ts';
import { ROW, type Recorder } from '../base/record.ts';
import { nextRandom, seedRandom } from '../base/rng.ts';
import type { Core } from './core.ts';
import { CPU, CPU_D, FRAME, localsAt, MODE, SAVED_RESULT } from './cpu.layout.ts';
import { Flights, type Flight } from './flights.ts';
import { acceptVector, deliverable, requestVector, resetLapic } from './lapic.ts';
import { DeliveryMode } from './lapic.regs.ts';
import type { Memory, MemorySnapshot } from './memory.ts';
import type { Program, Routine } from './routine.ts';

/** How long things take that no step stands for, in ns. */
export interface Timing {
  /** From the ICR write to the IRR bit of another CPU. */
  readonly ipi: number;
  /** Up to this much more, drawn from the run's generator. */
  readonly ipiJitter: number;
  /** From the ICR write to the own IRR bit. */
  readonly selfIpi: number;
  /** From the IRR bit to the first instruction of the handler. */
  readonly take: number;
}

/** What the board asks of whoever put software on it. */
export interface Software {
  /** The routine a vector leads to on that CPU. */
  vectorEntry(cpu: number, vector: number): Routine<never>;
  /** INIT reached the CPU: nothing of its kernel's state on it is left. */
  initialised(cpu: number): void;
  /** SIPI with a start page reached a CPU that waited for it. */
  started(cpu: number, page: number): void;
  /** The stack of a CPU became empty. */
  taskEnded(cpu: number, task: number, result: number): void;
  /** An IPI folded into a pending bit. */
  merged(cpu: number, vector: number): void;
}

/** Everything the board is at one moment, but for memory a few kilobytes. */
export interface MachineSnapshot {
  readonly H: Int32Array;
  /** Per CPU: its numbers, null while nothing runs there. */
  readonly D: readonly (Float64Array | null)[];
  readonly ready: Float64Array;
  readonly flights: Float64Array;
  readonly scalars: readonly [
    now: number,
    steps: number,
    random: number,
    flight: number,
    task: number,
  ];
  readonly instant: boolean;
  readonly memory: MemorySnapshot;
}

/**
 * Cores, their local APICs, memory and the interrupt bus between them. State is the two arrays, the
 * flights, a few numbers and memory; nothing hides elsewhere. Knows no kernel: programs are lists of
 * steps and {@link Software} says what happens at the edges.
 */
export class Machine<X extends Core> {
  readonly cpus: number;
  readonly H: Int32Array;
  readonly D: Float64Array;
  /** When each CPU can take its next step, in ns; Infinity while it has none. */
  readonly ready: Float64Array;
  readonly mem: Memory;
  readonly flights = new Flights();
  readonly timing: Timing;
  /** CPU with an APIC id, -1 where there is none. */
  readonly cpuOfApic: Int32Array;
  /** Where the data of each kernel begins, by index: addresses, and words of `mem.M`. Set by the software. */
  readonly kernelBase: number[] = [];
  readonly kernelWord: number[] = [];
  program!: Program<X>;
  software!: Software;
  core!: X;
  steps = 0;
  random: number;
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
  readonly #flight: Flight = {
    at: 0,
    target: 0,
    delivery: 0,
    vector: 0,
    sender: 0,
    serial: 0,
    sent: 0,
  };

  constructor(mem: Memory, apicIds: readonly number[], timing: Timing, seed: number) {
    const cpus = apicIds.length;
    this.cpus = cpus;
    this.mem = mem;
    this.timing = timing;
    this.random = seedRandom(seed);
    this.H = new Int32Array(cpus * CPU.stride);
    this.D = new Float64Array(cpus * CPU_D.stride);
    this.ready = new Float64Array(cpus).fill(Infinity);
    this.cpuOfApic = new Int32Array(Math.max(...apicIds) + 1).fill(-1);
    apicIds.forEach((apic, cpu) => {
      assert(this.cpuOfApic[apic] === -1, `two CPUs with APIC id ${apic}`);
      this.cpuOfApic[apic] = cpu;
      const h = cpu * CPU.stride;
      this.H[h + CPU.apicId] = apic;
      this.H[h + CPU.kernel] = -1;
      this.H[h + CPU.sipi] = -1;
      resetLapic(this.H, h);
    });
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
    const h = core.cpu * CPU.stride;
    core.h = h;
    core.f = localsAt(core.cpu, this.H[h + CPU.depth]! - 1);
    const kernel = this.H[h + CPU.kernel]!;
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
    const h = cpu * CPU.stride;
    if (this.H[h + CPU.depth] !== 0) throw new SimBug(`cpu${cpu} is busy`);
    // An IPI may start another CPU in the middle of a step: that step must find its core as it was.
    const { cpu: running, pcAt } = this.core;
    const core = this.select(cpu);
    core.push(to, FRAME.task, mode);
    args.forEach((value, i) => {
      this.D[core.f + i] = value;
    });
    this.select(running);
    core.pcAt = pcAt;
    this.H[h + CPU.task] = serial;
    this.core.rowAt(ROW.begin, this.now, cpu, 0, to.start, 0, serial);
    this.wake(cpu, this.now);
  }

  /** The CPU can step from `at` on, if it could not before. */
  wake(cpu: number, at: number): void {
    if (this.ready[cpu] === Infinity) this.ready[cpu] = at;
  }

  /** Told by the core: the last frame is gone. */
  emptied(cpu: number, result: number): void {
    const task = this.H[cpu * CPU.stride + CPU.task]!;
    if (task === 0) return; // an interrupt that found the CPU idle
    this.H[cpu * CPU.stride + CPU.task] = 0;
    this.core.rowAt(ROW.end, this.now, cpu, result, 0, 0, task);
    this.software.taskEnded(cpu, task, result);
  }

  /** An IPI sets out. To itself it only takes `selfIpi`; in instant mode it is there at once. */
  launch(sender: number, apicId: number, delivery: number, vector: number): void {
    const serial = ++this.flightSerial;
    const target = apicId >= 0 && apicId < this.cpuOfApic.length ? this.cpuOfApic[apicId]! : -1;
    let at = this.now;
    if (!this.instant) {
      if (target === sender) at += this.timing.selfIpi;
      else {
        this.random = nextRandom(this.random);
        at += this.timing.ipi + (((this.random >>> 8) * this.timing.ipiJitter) >>> 24);
      }
    }
    this.core.rowAt(ROW.send, this.now, sender, at, (delivery << 8) | vector, apicId, serial);
    if (this.instant || target === sender) {
      const flight = this.#flight;
      flight.at = at;
      flight.target = target;
      flight.delivery = delivery;
      flight.vector = vector;
      flight.sender = sender;
      flight.serial = serial;
      this.#land(flight);
    } else {
      this.flights.push(at, target, delivery, vector, sender, serial, this.now);
      this.core.due(at);
    }
  }

  #land({ at, target, delivery, vector, sender, serial }: Flight): void {
    const h = target * CPU.stride;
    const H = this.H;
    if (target < 0) return this.#dropped(at, -1, vector, -1, serial);
    if (delivery === DeliveryMode.init) {
      resetLapic(H, h);
      H[h + CPU.depth] = 0;
      H[h + CPU.interruptsOn] = 0;
      H[h + CPU.task] = 0;
      H[h + CPU.sipi] = -1;
      H[h + CPU.mode] = MODE.waitSipi;
      this.ready[target] = Infinity;
      this.core.rowAt(ROW.arrive, at, target, 0, (delivery << 8) | vector, sender, serial);
      this.software.initialised(target);
    } else if (delivery === DeliveryMode.startup) {
      if (H[h + CPU.mode] !== MODE.waitSipi)
        return this.#dropped(at, target, vector, sender, serial);
      H[h + CPU.sipi] = vector;
      this.core.rowAt(ROW.arrive, at, target, 0, (delivery << 8) | vector, sender, serial);
      this.software.started(target, vector);
    } else if ((H[h + CPU.svr]! & 0x100) === 0) {
      this.#dropped(at, target, vector, sender, serial);
    } else {
      const fresh = requestVector(H, h, vector);
      const kind = fresh ? ROW.arrive : ROW.merge;
      this.core.rowAt(kind, at, target, 0, vector, sender, serial);
      if (!fresh) this.software.merged(target, vector);
      // With interrupts off the way back from the handler is where the next one is looked at.
      if (H[h + CPU.interruptsOn] === 0) return;
      this.core.last = -1;
      this.core.broken = true;
      this.wake(target, at);
    }
  }

  #dropped(at: number, cpu: number, vector: number, sender: number, serial: number): void {
    this.core.rowAt(ROW.drop, at, cpu, 0, vector, sender, serial);
  }

  /** Whether the CPU has a next step, or an interrupt to take. */
  canStep(cpu: number): boolean {
    const h = cpu * CPU.stride;
    if (this.H[h + CPU.mode] === MODE.hung) return false;
    return (
      this.H[h + CPU.depth]! > 0 ||
      (this.H[h + CPU.interruptsOn] === 1 && deliverable(this.H, h) >= 0)
    );
  }

  /** The vector the CPU would take instead of its next step, -1 for none. */
  takes(cpu: number): number {
    const h = cpu * CPU.stride;
    return this.H[h + CPU.interruptsOn] === 1 ? deliverable(this.H, h) : -1;
  }

  /** Whether {@link choose} would take an interrupt instead of a step. */
  takesFirst(cpu: number): boolean {
    const vector = this.takes(cpu);
    return vector >= 0 && this.#takesNow(cpu * CPU.stride, vector);
  }

  /** The program counter of the CPU's next step, -1 when nothing runs there. */
  pcOf(cpu: number): number {
    const h = cpu * CPU.stride;
    const depth = this.H[h + CPU.depth]!;
    return depth === 0 ? -1 : this.H[h + CPU.pc + depth - 1]!;
  }

  /**
   * One action of the CPU the core points at: an interrupt is taken, or steps run until the core
   * says that it must look around. Moves the clock.
   */
  #act(): void {
    const { H, core, program } = this;
    const { cpu, h } = core;
    if (H[h + CPU.pending] !== 0 && H[h + CPU.interruptsOn] !== 0) {
      const vector = deliverable(H, h);
      if (vector >= 0 && (!this.instant || this.#takesNow(h, vector))) {
        this.now += this.#take(cpu, h, vector);
        core.left--;
        return;
      }
    }
    const depth = H[h + CPU.depth]!;
    const pc = H[h + CPU.pc + depth - 1]!;
    const routine = program.routines[program.routineOf[pc]!]!;
    const index = pc - routine.start;
    core.pcAt = h + CPU.pc + depth - 1;
    core.f = localsAt(cpu, depth - 1);
    core.enter(routine, index);
    if (routine.fused !== undefined) {
      routine.fused(core);
      core.park();
    } else {
      H[core.pcAt] = pc + 1;
      program.run[pc]!(core);
      core.step = index + 1;
      core.settle();
    }
  }

  #takesNow(h: number, vector: number): boolean {
    return this.takeNext || this.H[h + CPU.depth] === 0 || vector >> 4 === 0xf;
  }

  #take(cpu: number, h: number, vector: number): number {
    const { H } = this;
    acceptVector(H, h, vector);
    this.core.rowAt(ROW.take, this.now, cpu, 0, vector, 0, 0);
    const core = this.select(cpu);
    const entry = this.software.vectorEntry(cpu, vector);
    const result = this.D[cpu * CPU_D.stride + CPU_D.result]!;
    core.push(entry, FRAME.interrupt, entry.mode);
    this.D[core.f + SAVED_RESULT] = H[h + CPU.depth]! > 1 ? result : 0;
    H[h + CPU.interruptsOn] = 0;
    return this.timing.take;
  }

  /**
   * Timed mode: steps in order of simulated time, at most `count` of them and none that would start
   * after `until`. Equal times: arrivals first, then the lowest CPU. Returns the steps taken; fewer
   * than `count` means nothing was left to do before `until`.
   */
  run(count: number, until = Infinity): number {
    const { ready, flights } = this;
    let left = count;
    this.#proceed();
    while (left > 0 && !this.halt) {
      let cpu = -1;
      let first = Infinity;
      let second = Infinity;
      for (let c = 0; c < ready.length; c++) {
        const at = ready[c]!;
        if (at < first) {
          second = first;
          first = at;
          cpu = c;
        } else if (at < second) second = at;
      }
      if (flights.next <= first) {
        if (flights.next > until || flights.next === Infinity) break;
        flights.pop(this.#flight);
        this.now = this.#flight.at;
        this.#land(this.#flight);
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
    const { ready, flights, H } = this;
    const core = this.select(cpu);
    const h = core.h;
    this.now = ready[cpu]!;
    core.left = most;
    do {
      // What flies may have set out in this very burst.
      core.limit = flights.next < limit ? flights.next : limit;
      core.broken = false;
      this.#act();
      if (H[h + CPU.depth] === 0 && this.takes(cpu) < 0) break;
    } while (
      core.left > 0 &&
      !this.halt &&
      this.now < limit &&
      this.now < flights.next &&
      !this.#hung(h)
    );
    ready[cpu] = this.canStep(cpu) ? this.now : Infinity;
    this.steps += most - core.left;
    return most - core.left;
  }

  #hung(h: number): boolean {
    return this.H[h + CPU.mode] === MODE.hung;
  }

  /**
   * Chosen mode: one step of that CPU now, or the acceptance of an interrupt. The clock moves by the
   * step's cost.
   */
  choose(cpu: number, take = false): void {
    if (!this.canStep(cpu)) throw new SimBug(`cpu${cpu} has nothing to do`);
    this.ready[cpu] = this.now;
    this.takeNext = take;
    this.#burst(cpu, -Infinity, 1);
    this.takeNext = false;
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
    const D: (Float64Array | null)[] = [];
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const busy = this.H[cpu * CPU.stride + CPU.depth]! > 0;
      D.push(busy ? this.D.slice(cpu * CPU_D.stride, (cpu + 1) * CPU_D.stride) : null);
    }
    return {
      H: this.H.slice(),
      D,
      ready: this.ready.slice(),
      flights: this.flights.save(),
      scalars: [this.now, this.steps, this.random, this.flightSerial, this.taskSerial],
      instant: this.instant,
      memory: this.mem.snapshot(),
    };
  }

  restore(to: MachineSnapshot): void {
    this.H.set(to.H);
    to.D.forEach((numbers, cpu) => {
      if (numbers) this.D.set(numbers, cpu * CPU_D.stride);
    });
    this.ready.set(to.ready);
    this.flights.load(to.flights);
    [this.now, this.steps, this.random, this.flightSerial, this.taskSerial] = to.scalars;
    this.instant = to.instant;
    this.mem.restore(to.memory);
  }
}
