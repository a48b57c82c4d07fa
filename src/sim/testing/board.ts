import { stepByStep, type Recorder, type Row } from '../base/record.ts';
import { Core } from '../machine/core.ts';
import { CPU, MODE } from '../machine/cpu.layout.ts';
import { Machine } from '../machine/machine.ts';
import type { Software, Timing } from '../machine/software.ts';
import { Memory, SEGMENT_BYTES } from '../machine/memory.ts';
import { link, routine, type Routine } from '../machine/routine.ts';

/** A row as a list: kind, time, cpu, then what the kind says. */
export interface NotedRow {
  readonly kind: Row;
  readonly time: number;
  readonly cpu: number;
  readonly b: number;
  readonly c: number;
}

/** A machine without kernels: CPUs that count, ring each other and answer. */
export class Board implements Software {
  readonly machine: Machine<Core>;
  readonly rows: NotedRow[] = [];
  /** What the software was told, in order. */
  readonly told: string[] = [];
  /** Steps of `count`: 10 ns each. Argument: how many. */
  readonly count: Routine<Core>;
  /** Sends one IPI. Arguments: APIC id, delivery mode, vector. */
  readonly ring: Routine<Core>;
  /** Calls one that returns 42, and returns what it found. */
  readonly caller: Routine<Core>;
  /** What every vector leads to: EOI, a call of one that returns 9, the end. */
  readonly handler: Routine<Core>;
  /** Waits for ever. */
  readonly wait: Routine<Core>;

  constructor(cpus = 2, timing: Partial<Timing> = {}, seed = 1, apicIds?: readonly number[]) {
    const ids = apicIds ?? Array.from({ length: cpus }, (_, cpu) => cpu);
    const all = { ipi: 100, ipiJitter: 0, selfIpi: 5, take: 20, ...timing };
    const memory = new Memory(4 * SEGMENT_BYTES, SEGMENT_BYTES);
    this.machine = new Machine<Core>(memory, ids, all, seed);
    this.count = routine<Core>({
      ...{ name: 'count', source: 'test', locals: ['left'] },
      steps: [
        {
          ...{ id: 'one', text: 'count', cost: 10 },
          run(x) {
            x.set(0, x.get(0) - 1);
            if (x.get(0) > 0) x.stay();
            else x.ret(7);
          },
        },
      ],
    });
    this.ring = routine<Core>({
      ...{ name: 'ring', source: 'test', locals: ['apic', 'delivery', 'vector'] },
      steps: [
        {
          ...{ id: 'icr', text: 'ring', cost: 10 },
          run(x) {
            x.sendIpi(x.get(0), x.get(1), x.get(2));
            x.ret();
          },
        },
      ],
    });
    const returns = (value: number): Routine<Core> =>
      routine<Core>({
        ...{ name: `returns ${value}`, source: 'test', locals: [] },
        steps: [{ id: 'ret', text: 'return', cost: 10, run: (x) => x.ret(value) }],
      });
    const fortyTwo = returns(42);
    const nine = returns(9);
    this.caller = routine<Core>({
      ...{ name: 'caller', source: 'test', locals: [] },
      steps: [
        { id: 'call', text: 'call', cost: 10, run: (x) => x.call(fortyTwo) },
        { id: 'read', text: 'read what came', cost: 10, run: (x) => x.ret(x.result) },
      ],
    });
    this.handler = routine<Core>({
      ...{ name: 'handler', source: 'test', locals: [] },
      steps: [
        { id: 'eoi', text: 'end of interrupt', cost: 10, run: (x) => x.eoi() },
        { id: 'call', text: 'call', cost: 10, run: (x) => x.call(nine) },
        { id: 'iret', text: 'return', cost: 10, run: (x) => x.ret() },
      ],
    });
    this.wait = routine<Core>({
      ...{ name: 'wait', source: 'test', locals: [] },
      steps: [{ id: 'stay', text: 'wait', cost: 10, run: (x) => x.stay() }],
    });
    const program = link<Core>([
      ...[this.count, this.ring, this.handler, this.wait, this.caller, fortyTwo, nine],
    ]);
    const core = new Core(this.machine);
    this.machine.setUp(program, core, this);
    const recorder: Recorder = {
      steps: (...run) => {
        stepByStep(recorder, ...run);
      },
      row: (kind, time, cpu, _a, b, c) => void this.rows.push({ kind, time, cpu, b, c }),
    };
    this.machine.recorder = recorder;
    core.recorder = recorder;
    for (let cpu = 0; cpu < this.machine.cpus; cpu++) this.enable(cpu);
  }

  /** The CPU listens: local APIC enabled, IF=1. */
  enable(cpu: number, interruptsOn = 1): void {
    const { H } = this.machine;
    const h = cpu * CPU.stride;
    H[h + CPU.svr] = 0x1ff;
    H[h + CPU.mode] = MODE.idle;
    H[h + CPU.interruptsOn] = interruptsOn;
  }

  begin(cpu: number, what: Routine<Core>, ...args: readonly number[]): void {
    this.machine.begin(cpu, what, args, ++this.machine.taskSerial);
  }

  /** Runs until nothing moves. */
  settle(): void {
    while (!this.machine.quiet) this.machine.run(1000);
  }

  /** Rows of one kind. */
  of(kind: Row): NotedRow[] {
    return this.rows.filter((row) => row.kind === kind);
  }

  vectorEntry(): Routine<never> {
    return this.handler;
  }
  initialised(cpu: number): void {
    this.told.push(`init ${cpu}`);
  }
  started(cpu: number, page: number): void {
    this.told.push(`sipi ${cpu} 0x${page.toString(16)}`);
  }
  taskEnded(cpu: number, task: number, result: number): void {
    this.told.push(`ended ${cpu} ${task} ${result}`);
  }
  merged(cpu: number, vector: number): void {
    this.told.push(`merged ${cpu} 0x${vector.toString(16)}`);
  }
  dropped(): void {}
}
