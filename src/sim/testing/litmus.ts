import { expect } from 'vitest';
import { Explorer } from '../engine/explorer.ts';
import type { Model } from '../engine/model.ts';
import { ROW } from '../base/record.ts';
import { Core } from '../machine/core.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { hashMachine } from '../machine/hash.ts';
import { Machine } from '../machine/machine.ts';
import { type Memory, SEGMENT_BYTES } from '../machine/memory.ts';
import { lanesToHex } from '../machine/pages.ts';
import { link, routine, type Routine } from '../machine/routine.ts';
import type { MachineSnapshot, Software } from '../machine/software.ts';
import { BufferedMemory } from '../machine/store-buffers.ts';

export const [X, Y] = [0x100, 0x2000];
const TIMING = { ipi: 1000, ipiJitter: 0, selfIpi: 30, take: 20 };

/** One instruction of a litmus test. */
export type Op = (x: Core) => void;
export const store =
  (addr: number, value: number): Op =>
  (x) =>
    x.mem.write32(addr, value);
export const load =
  (register: number, addr: number): Op =>
  (x) =>
    x.set(register, x.mem.read32(addr));
export const mfence: Op = (x) => x.mem.fence();
/** A locked exchange. */
export const xchg =
  (register: number, addr: number, value: number): Op =>
  (x) => {
    x.mem.fence();
    x.set(register, x.mem.read32(addr));
    x.mem.locked32(addr, value);
  };

/** A machine that runs a list of instructions on each CPU, and says what their registers were. */
export class Litmus {
  readonly machine: Machine<Core>;
  readonly results = new Map<number, string>();
  readonly drained: number[] = [];

  constructor(threads: readonly (readonly Op[])[], memory?: Memory, cost = 10) {
    const mem = memory ?? new BufferedMemory(4 * SEGMENT_BYTES, SEGMENT_BYTES, threads.length);
    const machine = new Machine<Core>(
      mem,
      threads.map((_, cpu) => cpu),
      TIMING,
      1,
    );
    this.machine = machine;
    if (mem instanceof BufferedMemory) mem.attach(machine);
    const keep = (x: Core): void => {
      mem.poke32(0x8000 + 16 * x.cpu, x.get(0) + 1);
      mem.poke32(0x8004 + 16 * x.cpu, x.get(1) + 1);
    };
    const routines = threads.map((ops, cpu) =>
      routine<Core>({
        ...{ name: `thread ${cpu}`, source: 'test', locals: ['r0', 'r1'], buffered: true },
        steps: ops.map((run, i) => ({
          ...{ id: `i${i}`, text: 'an instruction', cost, local: false },
          run(x: Core) {
            run(x);
            if (i + 1 < ops.length) return;
            keep(x);
            x.ret();
          },
        })),
      }),
    );
    const handler: Routine<Core> = routine<Core>({
      ...{ name: 'handler', source: 'test', locals: [], buffered: true },
      steps: [
        { id: 'eoi', text: 'end', run: (x) => x.eoi() },
        { id: 'store', text: 'store', run: (x) => x.mem.write32(Y, 7) },
        { id: 'iret', text: 'return', run: (x) => x.ret() },
      ],
    });
    const software: Software = {
      ...{ vectorEntry: () => handler, initialised() {}, started() {} },
      ...{ taskEnded() {}, merged() {}, dropped() {} },
    };
    const core = new Core(machine);
    machine.setUp(link<Core>([...routines, handler]), core, software);
    machine.recorder = {
      steps() {
        // Only drains are looked at.
      },
      row: (kind, _time, cpu) => {
        if (kind === ROW.drain) this.drained.push(cpu);
      },
    };
    threads.forEach((_, cpu) => {
      const h = cpu * CPU.stride;
      machine.H[h + CPU.svr] = 0x1ff;
      machine.H[h + CPU.mode] = MODE.idle;
      machine.H[h + CPU.interruptsOn] = 1;
      machine.begin(cpu, routines[cpu]!, [], cpu + 1);
    });
  }

  /** What the registers of a CPU were at its end. */
  register(cpu: number, n: number): number {
    return this.machine.mem.peek32(0x8000 + 16 * cpu + 4 * n) - 1;
  }
  get hash(): string {
    const lanes = new Int32Array(2);
    hashMachine(lanes, this.machine);
    return lanesToHex(lanes);
  }
}

/** All schedules of a litmus test, drains among them: a key is the number of a moment. */
class LitmusModel implements Model {
  readonly width = 1;
  readonly actions: number;
  readonly effects: number[] = [];
  readonly #moments: MachineSnapshot[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #litmus: Litmus;

  constructor(litmus: Litmus) {
    this.#litmus = litmus;
    this.#litmus.machine.instant = true;
    this.actions = 2 * litmus.machine.cpus;
  }
  #number(): number {
    const { machine } = this.#litmus;
    // How many steps it took is no part of what a moment is here; steps take no time.
    machine.steps = 0;
    const key = this.#litmus.hash;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#moments.length);
    return this.#moments.push(machine.snapshot()) - 1;
  }
  first(keys: Int32Array, at: number): void {
    keys[at] = this.#number();
  }
  load(keys: Int32Array, at: number): void {
    this.#litmus.machine.restore(this.#moments[keys[at]!]!);
  }
  enabled(out: Int32Array): number {
    const { machine } = this.#litmus;
    let count = 0;
    for (let cpu = 0; cpu < machine.cpus; cpu++) {
      if (machine.canStep(cpu)) out[count++] = 2 * cpu;
      if (machine.stores && machine.stores.count(cpu) > 0) out[count++] = 2 * cpu + 1;
    }
    return count;
  }
  step(action: number, keys: Int32Array, from: number, out: Int32Array): void {
    this.load(keys, from);
    const { machine } = this.#litmus;
    if ((action & 1) === 1) machine.drain(action >> 1);
    else machine.choose(action >> 1);
    out[0] = this.#number();
  }
}

export type Look = (litmus: Litmus) => string;
export const registers =
  (...which: readonly (readonly [cpu: number, n: number])[]): Look =>
  (litmus) =>
    which.map(([cpu, n]) => litmus.register(cpu, n)).join('');

/** What can be seen at the end of some schedule, sorted. */
export function outcomes(
  threads: readonly (readonly Op[])[],
  look: Look,
  memory?: Memory,
): string[] {
  const litmus = new Litmus(threads, memory, 0);
  const model = new LitmusModel(litmus);
  const explorer = new Explorer(model);
  explorer.run();
  expect(explorer.complete).toBe(true);
  const found = new Set<string>();
  const actions = new Int32Array(model.actions);
  for (let state = 0; state < explorer.states; state++) {
    model.load(explorer.keys, state * explorer.width);
    if (model.enabled(actions) === 0) found.add(look(litmus));
  }
  return [...found].sort();
}
