import { BlockTable } from '../../engine/block-table.ts';
import {
  CPU,
  CPU_D,
  FRAME,
  FRAMES_MAX,
  LOCALS_MAX,
  localsAt,
  SAVED_RESULT,
} from '../../machine/cpu.layout.ts';
import type { World } from '../world.ts';

/** Words of `H` that every block begins with: registers, local APIC, counters. */
export const REGISTERS = CPU.pc;
/** Words a frame has before its locals: program counter and kind. */
export const FRAME_WORDS = 2;
/** Words of the longest block. */
const BLOCK_MAX = REGISTERS + 2 + FRAMES_MAX * (FRAME_WORDS + 2 * LOCALS_MAX);
const KIND = 0xff;

/**
 * What a CPU is at a moment, as one block of words: its registers, and of its stack the frames that
 * live. What lies above is left over and does not count.
 */
export class CpuBlocks {
  readonly table = new BlockTable();
  readonly #world: World;
  readonly #words = new Int32Array(BLOCK_MAX);
  /** Words of the machine's doubles. */
  readonly #D: Int32Array;

  constructor(world: World) {
    this.#world = world;
    this.#D = new Int32Array(world.machine.D.buffer);
  }

  /** The number of the block of a CPU as it is now. */
  store(cpu: number): number {
    const { H } = this.#world.machine;
    const words = this.#words;
    const h = cpu * CPU.stride;
    for (let i = 0; i < REGISTERS; i++) words[i] = H[h + i]!;
    let end: number = REGISTERS;
    const depth = H[h + CPU.depth]!;
    if (depth > 0) end = this.#copyOut(2 * cpu * CPU_D.stride + 2 * CPU_D.result, end, 2);
    for (let frame = 0; frame < depth; frame++) end = this.#storeFrame(cpu, frame, end);
    return this.table.intern(words, 0, end);
  }

  #storeFrame(cpu: number, frame: number, end: number): number {
    const { H, program } = this.#world.machine;
    const words = this.#words;
    const h = cpu * CPU.stride;
    const pc = H[h + CPU.pc + frame]!;
    const kind = H[h + CPU.kind + frame]!;
    words[end] = pc;
    words[end + 1] = kind;
    const locals = 2 * localsAt(cpu, frame);
    const { length } = program.routines[program.routineOf[pc]!]!.locals;
    const after = this.#copyOut(locals, end + FRAME_WORDS, 2 * length);
    return (kind & KIND) === FRAME.interrupt
      ? this.#copyOut(locals + 2 * SAVED_RESULT, after, 2)
      : after;
  }

  #copyOut(from: number, to: number, count: number): number {
    const words = this.#words;
    const D = this.#D;
    for (let i = 0; i < count; i++) words[to + i] = D[from + i]!;
    return to + count;
  }

  /** Makes a CPU what that block says. */
  load(cpu: number, block: number): void {
    const { H } = this.#world.machine;
    const { words } = this.table;
    const h = cpu * CPU.stride;
    let at = this.table.at(block);
    for (let i = 0; i < REGISTERS; i++) H[h + i] = words[at + i]!;
    at += REGISTERS;
    const depth = H[h + CPU.depth]!;
    if (depth > 0) at = this.#copyIn(at, 2 * cpu * CPU_D.stride + 2 * CPU_D.result, 2);
    for (let frame = 0; frame < depth; frame++) at = this.#loadFrame(cpu, frame, at);
  }

  #loadFrame(cpu: number, frame: number, at: number): number {
    const { H, program } = this.#world.machine;
    const { words } = this.table;
    const h = cpu * CPU.stride;
    const pc = words[at]!;
    const kind = words[at + 1]!;
    H[h + CPU.pc + frame] = pc;
    H[h + CPU.kind + frame] = kind;
    const locals = 2 * localsAt(cpu, frame);
    const { length } = program.routines[program.routineOf[pc]!]!.locals;
    const after = this.#copyIn(at + FRAME_WORDS, locals, 2 * length);
    return (kind & KIND) === FRAME.interrupt
      ? this.#copyIn(after, locals + 2 * SAVED_RESULT, 2)
      : after;
  }

  #copyIn(from: number, to: number, count: number): number {
    const { words } = this.table;
    const D = this.#D;
    for (let i = 0; i < count; i++) D[to + i] = words[from + i]!;
    return from + count;
  }
}
