import { describe, expect, it } from 'vitest';
import { Explorer } from '../engine/explorer.ts';
import type { Model } from '../engine/model.ts';
import { ROW } from '../base/record.ts';
import { Core } from './core.ts';
import { CPU, MODE } from './cpu.layout.ts';
import { hashMachine } from './hash.ts';
import { DeliveryMode } from './lapic.regs.ts';
import { Machine } from './machine.ts';
import { Memory, SEGMENT_BYTES } from './memory.ts';
import { lanesToHex } from './pages.ts';
import { link, routine, type Routine } from './routine.ts';
import type { MachineSnapshot, Software } from './software.ts';
import { BufferedMemory, DRAIN_NS, STORES_MAX } from './store-buffers.ts';

const [X, Y] = [0x100, 0x2000];
const TIMING = { ipi: 1000, ipiJitter: 0, selfIpi: 30, take: 20 };

/** One instruction of a litmus test. */
type Op = (x: Core) => void;
const store =
  (addr: number, value: number): Op =>
  (x) =>
    x.mem.write32(addr, value);
const load =
  (register: number, addr: number): Op =>
  (x) =>
    x.set(register, x.mem.read32(addr));
const mfence: Op = (x) => x.mem.fence();
/** A locked exchange. */
const xchg =
  (register: number, addr: number, value: number): Op =>
  (x) => {
    x.mem.fence();
    x.set(register, x.mem.read32(addr));
    x.mem.locked32(addr, value);
  };

/** A machine that runs a list of instructions on each CPU, and says what their registers were. */
class Litmus {
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

type Look = (litmus: Litmus) => string;
const registers =
  (...which: readonly (readonly [cpu: number, n: number])[]): Look =>
  (litmus) =>
    which.map(([cpu, n]) => litmus.register(cpu, n)).join('');

/** What can be seen at the end of some schedule, sorted. */
function outcomes(threads: readonly (readonly Op[])[], look: Look, memory?: Memory): string[] {
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

const both = registers([0, 0], [1, 0]);
const SB = [
  [store(X, 1), load(0, Y)],
  [store(Y, 1), load(0, X)],
];

describe('the litmus tests of x86-TSO', () => {
  it('SB: both may read the old value, and only because of the buffers', () => {
    expect(outcomes(SB, both)).toEqual(['00', '01', '10', '11']);
    const plain = new Memory(4 * SEGMENT_BYTES, SEGMENT_BYTES);
    expect(outcomes(SB, both, plain)).toEqual(['01', '10', '11']);
  });

  it('SB with a fence, or with a locked instruction in between: one of them sees the other', () => {
    const fenced = SB.map(([a, b]) => [a!, mfence, b!]);
    expect(outcomes(fenced, both)).toEqual(['01', '10', '11']);
    const locked = SB.map(([a, b], cpu) => [a!, xchg(1, 0x4000 + 64 * cpu, 1), b!]);
    expect(outcomes(locked, both)).toEqual(['01', '10', '11']);
    // A fence on one side is not enough.
    expect(outcomes([fenced[0]!, SB[1]!], both)).toEqual(['00', '01', '10', '11']);
  });

  it('SB with xchg for the stores is as without buffers', () => {
    const threads = [
      [xchg(1, X, 1), load(0, Y)],
      [xchg(1, Y, 1), load(0, X)],
    ];
    expect(outcomes(threads, both)).toEqual(['01', '10', '11']);
  });

  it('MP: whoever sees the flag sees the data', () => {
    const threads = [
      [store(X, 1), store(Y, 1)],
      [load(0, Y), load(1, X)],
    ];
    expect(outcomes(threads, registers([1, 0], [1, 1]))).toEqual(['00', '01', '11']);
  });

  it('LB: nobody reads what is stored after the other has read it', () => {
    const threads = [
      [load(0, X), store(Y, 1)],
      [load(0, Y), store(X, 1)],
    ];
    expect(outcomes(threads, both)).toEqual(['00', '01', '10']);
  });

  it('IRIW: all see two stores in one order', () => {
    const threads = [
      [store(X, 1)],
      [store(Y, 1)],
      [load(0, X), load(1, Y)],
      [load(0, Y), load(1, X)],
    ];
    const seen = outcomes(threads, registers([2, 0], [2, 1], [3, 0], [3, 1]));
    expect(seen).toHaveLength(15);
    expect(seen).not.toContain('1010');
  });

  it('2+2W: two pairs of stores do not cross', () => {
    const threads = [
      [store(X, 1), store(Y, 2)],
      [store(Y, 1), store(X, 2)],
    ];
    const look: Look = ({ machine: { mem } }) => `${mem.peek32(X)}${mem.peek32(Y)}`;
    expect(outcomes(threads, look)).toEqual(['12', '21', '22']);
  });

  it('a CPU reads its own store before all others do (SB with forwarding, n6 of the x86-TSO paper)', () => {
    const threads = [
      [store(X, 1), load(0, X), load(1, Y)],
      [store(Y, 2), store(X, 2)],
    ];
    const look: Look = (litmus) =>
      `${registers([0, 0], [0, 1])(litmus)}${litmus.machine.mem.peek32(X)}`;
    const seen = outcomes(threads, look);
    expect(seen).toContain('101');
    // What it had stored itself it never reads as it was before.
    expect(seen.filter((each) => each.startsWith('0'))).toEqual([]);
  });

  it('R and S: a store does not pass an earlier store, but a later load passes a store', () => {
    const r = [
      [store(X, 1), store(Y, 1)],
      [store(Y, 2), load(0, X)],
    ];
    const look: Look = (litmus) => `${litmus.machine.mem.peek32(Y)}${litmus.register(1, 0)}`;
    expect(outcomes(r, look)).toContain('20');
    const s = [
      [store(X, 2), store(Y, 1)],
      [load(0, Y), store(X, 1)],
    ];
    const end: Look = (litmus) => `${litmus.machine.mem.peek32(X)}${litmus.register(1, 0)}`;
    expect(outcomes(s, end)).not.toContain('21');
  });
});

const [TURN, INSIDE, BOTH] = [0x5000, 0x6000, 0x6100];

/** Comes in: the observer, who is not of this machine, notes whether the other is inside as well. */
const comeIn: Op = (x) => {
  const inside = x.mem.peek32(INSIDE);
  if (inside !== 0) x.mem.poke32(BOTH, 1);
  x.mem.poke32(INSIDE, inside | (1 << x.cpu));
};
const goOut: Op = (x) => x.mem.poke32(INSIDE, x.mem.peek32(INSIDE) & ~(1 << x.cpu));
const onlyIf =
  (register: number, value: number, to: number): Op =>
  (x) => {
    if (x.get(register) === value) x.goto(x.start + to);
  };
const flagOf = (cpu: number): number => (cpu === 0 ? X : Y);

/** Peterson: flag, turn, then wait while the other wants and it is the other's turn. */
const peterson = (cpu: number, fence: Op): Op[] => [
  store(flagOf(cpu), 1),
  store(TURN, 1 - cpu),
  fence,
  load(0, flagOf(1 - cpu)),
  onlyIf(0, 0, 7),
  load(1, TURN),
  onlyIf(1, 1 - cpu, 3),
  comeIn,
  goOut,
  store(flagOf(cpu), 0),
];

/** Dekker: whoever finds that the other wants as well steps back unless it is its turn. */
const dekker = (cpu: number, fence: Op): Op[] => [
  store(flagOf(cpu), 1),
  fence,
  load(0, flagOf(1 - cpu)),
  onlyIf(0, 0, 10),
  load(1, TURN),
  onlyIf(1, cpu, 2),
  store(flagOf(cpu), 0),
  load(1, TURN),
  onlyIf(1, 1 - cpu, 7),
  (x) => x.goto(x.start),
  comeIn,
  goOut,
  store(TURN, 1 - cpu),
  store(flagOf(cpu), 0),
];

describe.each([
  ['Peterson', peterson],
  ['Dekker', dekker],
])('%s on a machine with store buffers', (_, algorithm) => {
  const threads = (fence: Op): Op[][] => [algorithm(0, fence), algorithm(1, fence)];
  const bothInside: Look = ({ machine }) => String(machine.mem.peek32(BOTH));
  const nothing: Op = () => undefined;

  it('lets both in without a fence', () => {
    expect(outcomes(threads(nothing), bothInside)).toEqual(['0', '1']);
  });
  it('lets one in with a fence behind the stores', () => {
    expect(outcomes(threads(mfence), bothInside)).toEqual(['0']);
  });
  it('needs no fence where every store is visible at once', () => {
    const plain = new Memory(4 * SEGMENT_BYTES, SEGMENT_BYTES);
    expect(outcomes(threads(nothing), bothInside, plain)).toEqual(['0']);
  });
});

describe('a store buffer', () => {
  const run = (litmus: Litmus, ...cpus: readonly number[]): void => {
    litmus.machine.instant = true;
    for (const cpu of cpus) litmus.machine.choose(cpu);
  };

  it('gives the newest of the own stores, byte by byte', () => {
    const litmus = new Litmus([
      [
        (x) => x.mem.fill(X, 0x0a, 8),
        store(X, 0x11223344),
        (x) => x.mem.writeBytes(X + 1, Uint8Array.of(0xff)),
        load(0, X),
        (x) => x.set(1, x.mem.readBytes(X, 2)[1]!),
        mfence,
      ],
    ]);
    run(litmus, 0, 0, 0, 0, 0);
    expect(litmus.machine.mem.peek64(X)).toBe(0);
    run(litmus, 0);
    expect([litmus.machine.mem.peek32(X), litmus.machine.mem.peek32(X + 4)]).toEqual([
      0x1122ff44, 0x0a0a0a0a,
    ]);
    expect(litmus.register(0, 0)).toBe(0x1122ff44);
    expect(litmus.register(0, 1)).toBe(0xff);
  });

  it(`holds ${STORES_MAX}: the next store waits for the oldest`, () => {
    const ops = Array.from({ length: STORES_MAX + 1 }, (_, i) => store(X + 4 * i, i + 1));
    const litmus = new Litmus([ops]);
    run(litmus, ...ops.slice(1).map(() => 0));
    expect(litmus.machine.stores!.count(0)).toBe(STORES_MAX);
    expect(litmus.machine.mem.peek32(X)).toBe(0);
    run(litmus, 0);
    expect(litmus.machine.stores!.count(0)).toBe(STORES_MAX);
    expect(litmus.machine.mem.peek32(X)).toBe(1);
    expect(litmus.machine.mem.peek32(X + 4)).toBe(0);
  });

  it('lets what is too long through when it is empty', () => {
    const litmus = new Litmus([
      [store(X, 5), (x) => x.mem.writeBytes(Y, new Uint8Array(4000).fill(9)), mfence],
    ]);
    run(litmus, 0, 0);
    expect(litmus.machine.stores!.count(0)).toBe(0);
    expect([litmus.machine.mem.peek32(X), litmus.machine.mem.peek32(Y)]).toEqual([5, 0x09090909]);
  });

  it('takes the notes of the observer along', () => {
    const litmus = new Litmus([
      [
        (x) => {
          x.mem.fill(X, 0, 64);
          x.mem.sign(X, 3, 4);
        },
        mfence,
      ],
    ]);
    run(litmus, 0);
    expect([litmus.machine.mem.note(X), litmus.machine.mem.note(X + 16)]).toEqual([0, 0]);
    run(litmus, 0);
    expect([litmus.machine.mem.note(X), litmus.machine.mem.note(X + 16)]).toEqual([3, 4]);
  });

  it('is emptied by an interrupt, and by the way back from one', () => {
    const litmus = new Litmus([[store(X, 1), store(X, 2), mfence], [mfence]]);
    const { machine } = litmus;
    run(litmus, 0);
    machine.launch(1, 0, DeliveryMode.fixed, 0xea);
    machine.choose(0, true);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([1, 0]);
    run(litmus, 0, 0);
    expect([machine.mem.peek32(Y), machine.stores!.count(0)]).toEqual([0, 1]);
    machine.choose(0);
    expect([machine.mem.peek32(Y), machine.stores!.count(0)]).toEqual([7, 0]);
  });

  it(`drains by itself ${DRAIN_NS} ns later when time decides`, () => {
    const litmus = new Litmus([
      [store(X, 1), load(0, X), load(0, X), load(0, X), load(0, X), load(0, X)],
    ]);
    const { machine } = litmus;
    machine.run(4);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([0, 1]);
    machine.run(100);
    expect([machine.mem.peek32(X), machine.stores!.count(0)]).toEqual([1, 0]);
    expect([litmus.drained, machine.quiet]).toEqual([[0], true]);
  });

  it('is the same after other stores have left it: nothing stays behind', () => {
    const once = new Litmus([[store(X, 7), mfence]]);
    const twice = new Litmus([[store(X, 7), mfence]]);
    for (const { machine } of [once, twice]) {
      machine.instant = true;
      machine.choose(0);
    }
    expect(once.hash).toBe(twice.hash);
    const before = once.machine.snapshot();
    once.machine.drain(0);
    once.machine.restore(before);
    expect(once.hash).toBe(twice.hash);
  });

  it('refuses to drain what is not there', () => {
    expect(() => new Litmus([[mfence]]).machine.drain(0)).toThrow('cpu0 has no store to drain');
  });
});
