import { SimBug } from '../base/assert.ts';
import { ROW, type PassageRecorder, type Recorder, type Row } from '../base/record.ts';
import { launch } from './bus.ts';
import {
  CPU,
  CPU_D,
  FRAME,
  FRAMES_MAX,
  LOCALS_MAX,
  localsAt,
  MODE,
  SAVED_RESULT,
} from './cpu.layout.ts';
import { endOfInterrupt } from './lapic.ts';
import type { Machine } from './machine.ts';
import type { Memory } from './memory.ts';
import type { Passage, Routine } from './routine.ts';

/** Taken out of the tables once: V8 makes a constant of each, but looks a table's field up at every use. */
const {
  mode: MODE_,
  interruptsOn: INTERRUPTS_ON,
  depth: DEPTH,
  kernel: KERNEL,
  icrLow: ICR_LOW,
  icrHigh: ICR_HIGH,
  pc: PC,
  kind: KIND,
} = CPU;
const { result: RESULT, stride: D_STRIDE } = CPU_D;

const { call: FRAME_CALL, interrupt: FRAME_INTERRUPT } = FRAME;
const KIND_BITS = 8;

/**
 * What a step can reach: the CPU it runs on, that CPU's current frame, memory, the interrupt bus.
 * One object serves all steps; the machine points it at a CPU before each. Borrowed: a step must
 * not keep it or anything got from it.
 */
export class Core {
  // Declared, not defined: a field that was once undefined can be anything to V8, which then asks
  // what it is at every use.
  declare readonly H: Int32Array;
  declare readonly D: Float64Array;
  declare readonly mem: Memory;
  declare readonly machine: Machine<Core>;
  recorder: Recorder | null = null;
  /** The CPU the step runs on, and where its words begin in `H`. */
  cpu = 0;
  h = 0;
  /** Where the current frame's locals begin in `D`. */
  f = 0;
  /** Where the running kernel keeps its data: the address, and the index of its word in `mem.M`. */
  k = 0;
  kw = 0;
  /** Index in `H` of the top frame's program counter. */
  pcAt = 0;
  /** The routine that runs: its first step, and the place behind its last one. */
  start = 0;
  end = 0;
  /** Frames on the stack when it began to run. */
  depth = 0;
  /** First step, relative to {@link start}, that {@link left} does not count yet. */
  entry = 0;
  /** The step that runs, relative to {@link start}. */
  step = 0;
  /** The step after which the routine must return; -1 when the frame or what is pending changed. */
  last = -1;
  /** First step whose row is not written yet. */
  noted = 0;
  /** The clock: when step 0 would have begun, and {@link Program.elapsed}. */
  base = 0;
  elapsed: Float64Array = new Float64Array(1);
  /** Steps this burst may still take. */
  left = 0;
  /** When somebody else is due: the burst ends there. */
  limit = 0;
  /** Set when an interrupt came up: nobody goes on before it was looked at. */
  broken = false;
  /** Whether routines may go through in one piece: no store has to wait, nobody listens to each row. */
  inOnePiece = false;
  /** Who takes down passages, if anybody takes down rows. */
  whole: PassageRecorder | null = null;

  constructor(machine: Machine<Core>) {
    this.machine = machine;
    this.H = machine.H;
    this.D = machine.D;
    this.mem = machine.mem;
  }

  /**
   * Ends step `index` of a fused routine. False when the routine may simply go on with the next
   * step; true when it must return because somebody else is due, an interrupt came up or the steps
   * are used up.
   *
   * Nothing is counted here: {@link plan} knows beforehand where the burst ends, {@link now} is
   * looked up in a column of sums, and rows and steps are taken down when somebody looks
   * ({@link settle}). That keeps it within the 27 bytes of bytecode that V8 always inlines; a tick
   * that is called costs 13 ns, this one 1.
   */
  tick(index: number): boolean {
    this.step = index + 1;
    return index >= this.last;
  }

  /** Points the clock at step `index` of a routine that runs from `now` on. */
  enter(to: Routine<never>, index: number, now: number): void {
    this.start = to.start;
    this.end = to.end;
    this.depth = this.H[this.h + DEPTH]!;
    this.base = now - this.elapsed[to.start + index]!;
    this.entry = index;
    this.step = index;
    this.noted = index;
    this.plan();
  }

  /** Finds the step after which the routine must return. It may take the present one in any case. */
  plan(): void {
    const { elapsed, start } = this;
    const room = this.limit - this.base;
    let last = this.entry + this.left - 1;
    if (elapsed[this.end]! >= room) {
      let pc = start + this.step;
      while (elapsed[pc + 1]! < room) pc++;
      if (pc - start < last) last = pc - start;
    }
    this.last = last;
  }

  /** Somebody is due at `time`, which was not known when the burst began. */
  due(time: number): void {
    if (time >= this.limit) return;
    this.limit = time;
    if (this.last >= 0) this.plan();
  }

  /** Counts the steps that ran, and takes them down. */
  settle(): void {
    if (this.recorder !== null) this.note();
    this.left -= this.step - this.entry;
    this.entry = this.step;
  }

  /** Writes the rows of the steps that ran. */
  note(): void {
    const { recorder, base, elapsed, cpu, noted, step, start, depth } = this;
    this.noted = step;
    if (recorder === null) return;
    const count = step - noted;
    if (count === 0) return;
    const after = this.H[this.h + DEPTH]!;
    const pc = start + noted;
    recorder.steps(elapsed, base + elapsed[pc]!, cpu, pc, count, after, depth);
  }

  /** Takes down a row, if anybody does. */
  row(kind: Row, a: number, b: number, c: number, d: number): void {
    this.rowAt(kind, this.now, this.cpu, a, b, c, d);
  }

  /** As {@link row}, of another time or CPU. */
  rowAt(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    if (this.recorder === null) return;
    if (this.noted < this.step) this.note();
    this.recorder.row(kind, time, cpu, a, b, c, d);
  }

  /** Ends step `index` and with it the routine. */
  leave(index: number, value = 0): void {
    this.step = index + 1;
    this.settle();
    this.ret(value);
  }

  /** Ends step `index`; the same step comes again, when whatever it waits for has happened. */
  again(index: number): boolean {
    return this.goesTo(index, index);
  }

  /** Ends step `index`; the routine goes on at step `to`. True as for {@link tick}. */
  goesTo(index: number, to: number): boolean {
    const { elapsed, start } = this;
    this.step = index + 1;
    this.settle();
    this.base += elapsed[start + index + 1]! - elapsed[start + to]!;
    this.entry = to;
    this.step = to;
    this.noted = to;
    if (index >= this.last) return true;
    this.plan();
    return false;
  }

  /** Puts away a fused routine that returned: the frame, if it is still there, goes on at its step. */
  park(): void {
    this.settle();
    this.H[this.pcAt] = this.start + this.step;
  }

  /** Sets an argument of the routine that is called next: straight into its frame. */
  pass(local: number, value: number): void {
    this.D[this.f + LOCALS_MAX + local] = value;
  }

  /**
   * Ends step `index` with a call of another routine, whose first `passed` locals were set with
   * {@link pass}. True when the caller must return at once; false when the callee ran to its end in
   * one go and the caller may go on: {@link result}.
   */
  calls(index: number, to: Routine<never>, passed: number): boolean {
    const { H, h, f, pcAt, start, end, elapsed } = this;
    this.step = index + 1;
    this.settle();
    H[pcAt] = start + index + 1;
    const { passage } = to;
    if (passage !== undefined && this.passes(passage, f + LOCALS_MAX)) {
      this.D[this.cpu * D_STRIDE + RESULT] = 0;
      return this.left <= 0 || this.now >= this.limit;
    }
    const depth = H[h + DEPTH]!;
    this.push(to, FRAME_CALL, H[h + MODE_]!, passed);
    const { fused } = to;
    let now = this.base + elapsed[start + index + 1]!;
    if (this.left <= 0 || fused === undefined || now >= this.limit) return true;
    this.pcAt = pcAt + 1;
    this.enter(to, 0, now);
    fused(this as never);
    this.settle();
    ({ now } = this);
    if (H[h + DEPTH] !== depth || this.left <= 0 || this.broken || now >= this.limit) return true;
    this.f = f;
    this.pcAt = pcAt;
    this.start = start;
    this.end = end;
    this.depth = depth;
    this.base = now - elapsed[start + index + 1]!;
    this.entry = index + 1;
    this.step = index + 1;
    this.noted = index + 1;
    this.plan();
    return false;
  }

  /**
   * Goes through a routine in one piece, if it can: the clock has moved then, and what it takes is
   * counted. `f` is where its locals begin in `D`. It returns 0; its frame, if it has one, is still there.
   */
  passes(passage: Passage<never>, f: number): boolean {
    if (!this.inOnePiece) return false;
    const { last } = this;
    // It may send something off: nothing is planned anew until it is through.
    this.last = -1;
    const took = passage(this as never, f, this.now);
    if (took === 0) {
      this.last = last;
      return false;
    }
    this.base += took;
    this.entry = this.step;
    this.noted = this.step;
    this.plan();
    return true;
  }

  get(local: number): number {
    return this.D[this.f + local]!;
  }

  set(local: number, value: number): void {
    this.D[this.f + local] = value;
  }

  /** What the routine called last returned. */
  get result(): number {
    return this.D[this.cpu * D_STRIDE + RESULT]!;
  }

  /** Simulated time of the step in ns. */
  get now(): number {
    return this.base + this.elapsed[this.start + this.step]!;
  }

  set now(time: number) {
    this.base = time - this.elapsed[this.start + this.step]!;
  }

  /** The index of the running kernel, -1 without one. */
  get kernel(): number {
    return this.H[this.h + KERNEL]!;
  }

  /** Goes on at another step: an index from `Routine.at`. */
  goto(pc: number): void {
    this.H[this.h + PC + this.H[this.h + DEPTH]! - 1] = pc;
    this.last = -1;
  }

  /** Goes on at the step of the running routine with that id or label. */
  gotoStep(name: string): void {
    this.goto(this.machine.program.routineAt[this.start]!.at[name]!);
  }

  /** The same step again: something it waits for has not happened. */
  stay(): void {
    this.H[this.h + PC + this.H[this.h + DEPTH]! - 1]!--;
    this.last = -1;
  }

  /** Calls a routine; the current one goes on with its next step and finds {@link result}. */
  call(to: Routine<never>, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): void {
    this.push(to, FRAME_CALL, this.H[this.h + MODE_]!);
    const { D, f } = this;
    D[f] = a;
    D[f + 1] = b;
    D[f + 2] = c;
    D[f + 3] = d;
    D[f + 4] = e;
    D[f + 5] = g;
  }

  /** Puts a frame on the stack and points the core at it. Locals start as 0, from `zeroes` on. */
  push(to: Routine<never>, kind: number, mode: number, zeroes = 0): void {
    const { H, D, h } = this;
    const depth = H[h + DEPTH]!;
    if (depth >= FRAMES_MAX) throw new SimBug(`cpu${this.cpu}: stack of routines is too deep`);
    H[h + PC + depth] = to.start;
    H[h + KIND + depth] = kind | (H[h + MODE_]! << KIND_BITS);
    H[h + DEPTH] = depth + 1;
    H[h + MODE_] = mode;
    const f = localsAt(this.cpu, depth);
    this.f = f;
    this.last = -1;
    // What some task before returned is nobody's business.
    if (depth === 0) D[this.cpu * D_STRIDE + RESULT] = 0;
    for (let i = f + zeroes, end = f + to.size; i < end; i++) D[i] = 0;
  }

  /** Ends the routine. An interrupt's end is its IRET: interrupts are on again. */
  ret(value = 0): void {
    const { H, h } = this;
    const depth = H[h + DEPTH]! - 1;
    const kind = H[h + KIND + depth]!;
    H[h + DEPTH] = depth;
    H[h + MODE_] = kind >> KIND_BITS;
    this.last = -1;
    const d = this.cpu * D_STRIDE;
    if ((kind & 0xff) === FRAME_INTERRUPT) {
      this.mem.fence();
      H[h + INTERRUPTS_ON] = 1;
      this.D[d + RESULT] = this.D[localsAt(this.cpu, depth) + SAVED_RESULT]!;
    } else this.D[d + RESULT] = value;
    if (depth === 0) this.machine.emptied(this.cpu, value);
  }

  /** Index in `mem.M` of an address inside the running kernel's data; one step, no translation. */
  at(addr: number): number {
    return this.kw + ((addr - this.k) >>> 2);
  }

  setMode(mode: number): void {
    this.H[this.h + MODE_] = mode;
    this.row(ROW.mode, 0, mode, 0, 0);
  }

  /** Writes 0 to the EOI register. */
  eoi(): void {
    const vector = endOfInterrupt(this.H, this.h);
    if (this.recorder !== null) this.row(ROW.eoi, 0, vector, 0, 0);
  }

  /** Writes the ICR: an IPI sets out for the local APIC with that id. */
  sendIpi(apicId: number, delivery: number, vector: number): void {
    this.H[this.h + ICR_HIGH] = apicId;
    this.H[this.h + ICR_LOW] = (delivery << 8) | vector;
    launch(this.machine, this.cpu, apicId, delivery, vector);
  }

  /** The CPU spins for ever: a modelled hang, not one of ours. */
  hang(): void {
    this.stay();
    this.setMode(MODE.hung);
  }
}
