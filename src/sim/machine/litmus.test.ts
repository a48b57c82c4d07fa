import { describe, expect, it } from 'vitest';
import {
  X,
  Y,
  load,
  mfence,
  outcomes,
  registers,
  store,
  xchg,
  type Look,
  type Op,
} from '../testing/litmus.ts';
import { Memory, SEGMENT_BYTES } from './memory.ts';

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
