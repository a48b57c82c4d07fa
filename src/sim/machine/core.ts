import { SimBug } from '../base/assert.ts';
import { ROW, type Recorder } from '../base/record.ts';
import { CPU, CPU_D, FRAME, FRAMES_MAX, LOCALS_MAX, MODE, SAVED_RESULT } from './cpu.layout.ts';
import { endOfInterrupt } from './lapic.ts';
import type { Machine } from './machine.ts';
import type { Memory } from './memory.ts';
import type { Routine } from './routine.ts';

const KIND_BITS = 8;

/**
 * What a step can reach: the CPU it runs on, that CPU's current frame, memory, the interrupt bus.
 * One object serves all steps; the machine points it at a CPU before each. Borrowed: a step must
 * not keep it or anything got from it.
 */
export class Core {
  readonly H: Int32Array;
  readonly D: Float64Array;
  readonly mem: Memory;
  readonly machine: Machine<Core>;
  recorder: Recorder | null = null;
  /** The CPU the step runs on, and where its words begin in `H`. */
  cpu = 0;
  h = 0;
  /** Where the current frame's locals begin in `D`. */
  f = 0;
  /** Where the running kernel keeps its data: the address, and the index of its word in `mem.M`. */
  k = 0;
  kw = 0;
  /** Index in `H` of the top frame's program counter, and where its routine starts. */
  pcAt = 0;
  start = 0;
  /** First step, relative to `start`, for a fused routine to run. */
  entry = 0;
  /** Steps this burst may still take. */
  left = 0;
  /** When somebody else is due: the burst ends there. */
  limit = 0;
  /** The same, or -1 once the frame or what is pending has changed. */
  horizon = 0;
  /** Set when an interrupt came up: nobody goes on before it was looked at. */
  broken = false;

  constructor(machine: Machine<Core>) {
    this.machine = machine;
    this.H = machine.H;
    this.D = machine.D;
    this.mem = machine.mem;
  }

  /**
   * Ends step `index` of the running routine: takes it down and moves the clock by its cost. False
   * when the routine may simply go on with the next step; true when it must return because somebody
   * else is due, an interrupt came up or the steps are used up.
   */
  tick(index: number): boolean {
    const pc = this.start + index;
    const { machine } = this;
    const cost = machine.program.cost[pc]!;
    if (this.recorder !== null) this.#note(pc, cost);
    machine.now += cost;
    if (--this.left > 0 && machine.now < this.horizon) return false;
    this.H[this.pcAt] = pc + 1;
    return true;
  }

  #note(pc: number, cost: number): void {
    const depth = this.H[this.h + CPU.depth]!;
    this.recorder?.row(ROW.step, this.machine.now, this.cpu, cost, pc, depth, 0);
  }

  /** Ends step `index` and with it the routine. */
  leave(index: number, value = 0): void {
    this.finish(index);
    this.ret(value);
  }

  /** Ends step `index`; the same step comes again, when whatever it waits for has happened. */
  again(index: number): void {
    this.finish(index);
    this.H[this.pcAt] = this.start + index;
  }

  /** Ends step `index`; the routine goes on at step `to`. */
  goesTo(index: number, to: number): void {
    this.finish(index);
    this.H[this.pcAt] = this.start + to;
  }

  /** Takes step `index` down and moves the clock. */
  finish(index: number): void {
    const pc = this.start + index;
    const { machine } = this;
    const cost = machine.program.cost[pc]!;
    if (this.recorder !== null) this.#note(pc, cost);
    machine.now += cost;
    this.left--;
  }

  /**
   * Ends step `index` with a call of another routine. True when the caller must return at once;
   * false when the callee ran to its end in one go and the caller may go on: {@link result}.
   */
  calls(index: number, to: Routine<never>, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): boolean {
    const { H, h, f, pcAt, start } = this;
    this.finish(index);
    H[pcAt] = start + index + 1;
    const depth = H[h + CPU.depth]!;
    this.call(to, a, b, c, d, e, g);
    if (this.left <= 0 || to.fused === undefined || this.machine.now >= this.limit) return true;
    this.pcAt = pcAt + 1;
    this.start = to.start;
    this.entry = 0;
    this.horizon = this.limit;
    (to.fused as (x: this) => void)(this);
    if (H[h + CPU.depth] !== depth || this.left <= 0 || this.broken) return true;
    if (this.machine.now >= this.limit) return true;
    this.f = f;
    this.pcAt = pcAt;
    this.start = start;
    this.horizon = this.limit;
    return false;
  }

  get(local: number): number {
    return this.D[this.f + local]!;
  }

  set(local: number, value: number): void {
    this.D[this.f + local] = value;
  }

  /** What the routine called last returned. */
  get result(): number {
    return this.D[this.cpu * CPU_D.stride + CPU_D.result]!;
  }

  /** Simulated time of the step in ns. */
  get now(): number {
    return this.machine.now;
  }

  /** The index of the running kernel, -1 without one. */
  get kernel(): number {
    return this.H[this.h + CPU.kernel]!;
  }

  /** Goes on at another step: an index from `Routine.at`. */
  goto(pc: number): void {
    this.H[this.h + CPU.pc + this.H[this.h + CPU.depth]! - 1] = pc;
    this.horizon = -1;
  }

  /** The same step again: something it waits for has not happened. */
  stay(): void {
    this.H[this.h + CPU.pc + this.H[this.h + CPU.depth]! - 1]!--;
    this.horizon = -1;
  }

  /** Calls a routine; the current one goes on with its next step and finds {@link result}. */
  call(to: Routine<never>, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): void {
    this.push(to, FRAME.call, this.H[this.h + CPU.mode]!);
    const { D, f } = this;
    D[f] = a;
    D[f + 1] = b;
    D[f + 2] = c;
    D[f + 3] = d;
    D[f + 4] = e;
    D[f + 5] = g;
  }

  /** Puts a frame on the stack and points the core at it. Locals start as 0. */
  push(to: Routine<never>, kind: number, mode: number): void {
    const { H, D, h } = this;
    const depth = H[h + CPU.depth]!;
    if (depth >= FRAMES_MAX) throw new SimBug(`cpu${this.cpu}: stack of routines is too deep`);
    H[h + CPU.pc + depth] = to.start;
    H[h + CPU.kind + depth] = kind | (H[h + CPU.mode]! << KIND_BITS);
    H[h + CPU.depth] = depth + 1;
    H[h + CPU.mode] = mode;
    const f = this.cpu * CPU_D.stride + CPU_D.locals + depth * LOCALS_MAX;
    this.f = f;
    this.horizon = -1;
    // What some task before returned is nobody's business.
    if (depth === 0) D[this.cpu * CPU_D.stride + CPU_D.result] = 0;
    for (let i = f, end = f + to.locals.length; i < end; i++) D[i] = 0;
  }

  /** Ends the routine. An interrupt's end is its IRET: interrupts are on again. */
  ret(value = 0): void {
    const { H, h } = this;
    const depth = H[h + CPU.depth]! - 1;
    const kind = H[h + CPU.kind + depth]!;
    H[h + CPU.depth] = depth;
    H[h + CPU.mode] = kind >> KIND_BITS;
    this.horizon = -1;
    const d = this.cpu * CPU_D.stride;
    if ((kind & 0xff) === FRAME.interrupt) {
      H[h + CPU.interruptsOn] = 1;
      this.D[d + CPU_D.result] = this.D[d + CPU_D.locals + depth * LOCALS_MAX + SAVED_RESULT]!;
    } else this.D[d + CPU_D.result] = value;
    if (depth === 0) this.machine.emptied(this.cpu, value);
  }

  /** Index in `mem.M` of an address inside the running kernel's data; one step, no translation. */
  at(addr: number): number {
    return this.kw + ((addr - this.k) >>> 2);
  }

  setMode(mode: number): void {
    this.H[this.h + CPU.mode] = mode;
    this.recorder?.row(ROW.mode, this.now, this.cpu, 0, mode, 0, 0);
  }

  /** Writes 0 to the EOI register. */
  eoi(): void {
    const vector = endOfInterrupt(this.H, this.h);
    this.recorder?.row(ROW.eoi, this.now, this.cpu, 0, vector, 0, 0);
  }

  /** Writes the ICR: an IPI sets out for the local APIC with that id. */
  sendIpi(apicId: number, delivery: number, vector: number): void {
    this.H[this.h + CPU.icrHigh] = apicId;
    this.H[this.h + CPU.icrLow] = (delivery << 8) | vector;
    this.machine.launch(this.cpu, apicId, delivery, vector);
  }

  /** The CPU spins for ever: a modelled hang, not one of ours. */
  hang(): void {
    this.stay();
    this.setMode(MODE.hung);
  }
}
