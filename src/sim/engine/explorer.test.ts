import { describe, expect, it } from 'vitest';
import { Explorer } from './explorer.ts';
import type { Model } from './model.ts';

/** Variables by name; a process's program counter is one of them. */
type Vars = Readonly<Record<string, number>>;
/** One line of a transition table: who, when, and what then. */
interface Row {
  readonly by: number;
  when(v: Vars): boolean;
  then(v: Vars): Vars;
  /** What an observer sees of it. */
  readonly shows?: number;
}
interface Toy {
  readonly start: Vars;
  readonly rows: readonly Row[];
}

/** A line of process `by`: from its counter `from` to `to`, if `guard` holds, with these changes. */
const line = (
  by: number,
  from: number,
  to: number,
  change: (v: Vars) => Vars = () => ({}),
  guard: (v: Vars) => boolean = () => true,
): Row => ({
  by,
  when: (v) => v[`pc${by}`] === from && guard(v),
  then: (v) => ({ ...v, ...change(v), [`pc${by}`]: to }),
});

/** The plain way: a queue, and a set of texts. */
function plainSearch({ start, rows }: Toy) {
  const seen = new Map([[JSON.stringify(start), start]]);
  const queue = [start];
  let transitions = 0;
  const ends: Vars[] = [];
  for (const state of queue) {
    const able = rows.filter((row) => row.when(state));
    if (able.length === 0) ends.push(state);
    for (const row of able) {
      transitions++;
      const next = row.then(state);
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.set(key, next);
      queue.push(next);
    }
  }
  return { states: seen.size, transitions, ends, all: [...seen.values()] };
}

/** The table as a model of the engine: a word a variable, an action a row. */
class ToyModel implements Model {
  readonly width: number;
  readonly actions: number;
  readonly effects: number[] = [];
  readonly #names: readonly string[];
  readonly #toy: Toy;
  #now: Vars;

  constructor(toy: Toy) {
    this.#toy = toy;
    this.#now = toy.start;
    this.#names = Object.keys(toy.start);
    this.width = this.#names.length;
    this.actions = toy.rows.length;
  }
  first(keys: Int32Array, at: number): void {
    this.#store(this.#toy.start, keys, at);
  }
  read(keys: Int32Array, at: number): Vars {
    return Object.fromEntries(this.#names.map((name, i) => [name, keys[at + i]!]));
  }
  load(keys: Int32Array, at: number): void {
    this.#now = this.read(keys, at);
  }
  enabled(out: Int32Array): number {
    let count = 0;
    this.#toy.rows.forEach((row, action) => {
      if (row.when(this.#now)) out[count++] = action;
    });
    return count;
  }
  step(action: number, keys: Int32Array, from: number, out: Int32Array): void {
    const row = this.#toy.rows[action]!;
    this.effects.length = 0;
    if (row.shows !== undefined) this.effects.push(row.shows);
    this.#store(row.then(this.read(keys, from)), out, 0);
  }
  #store(vars: Vars, out: Int32Array, at: number): void {
    this.#names.forEach((name, i) => (out[at + i] = vars[name]!));
  }
}

function explored(toy: Toy) {
  const model = new ToyModel(toy);
  const explorer = new Explorer(model, { edges: true });
  explorer.run();
  const all = Array.from({ length: explorer.states }, (_, state) =>
    model.read(explorer.keys, state * explorer.width),
  );
  return { explorer, model, all };
}

/** Explores both ways, and holds the counts against each other. */
function both(toy: Toy) {
  const plain = plainSearch(toy);
  const { explorer, all } = explored(toy);
  expect(explorer.complete).toBe(true);
  expect([explorer.states, explorer.transitions, explorer.ends]).toEqual([
    plain.states,
    plain.transitions,
    plain.ends.length,
  ]);
  expect(new Set(all.map((vars) => JSON.stringify(vars))).size).toBe(plain.states);
  expect(explorer.graph.starts.at(-1)).toBe(plain.transitions);
  return plain;
}

/** Read x, add one, write it back; `n` processes. */
const lostUpdate = (n: number): Toy => ({
  start: Object.fromEntries([
    ['x', 0],
    ...Array.from({ length: n }, (_, i) => [`pc${i}`, 0]),
    ...Array.from({ length: n }, (_, i) => [`t${i}`, 0]),
  ]) as Vars,
  rows: Array.from({ length: n }, (_, i) => [
    line(i, 0, 1, (v) => ({ [`t${i}`]: v.x! })),
    line(i, 1, 2, (v) => ({ x: v[`t${i}`]! + 1 })),
  ]).flat(),
});

/** Two processes that go round for ever: 0 idle, 1 wants, 2 waits, 3 inside. */
const peterson = (withTurn: boolean): Toy => ({
  start: { pc0: 0, pc1: 0, flag0: 0, flag1: 0, turn: 0 },
  rows: [0, 1].flatMap((i) => {
    const other = 1 - i;
    const mayEnter = (v: Vars) => v[`flag${other}`] === 0 || (withTurn && v.turn === i);
    return [
      line(i, 0, 1, () => ({ [`flag${i}`]: 1 })),
      line(i, 1, 2, () => (withTurn ? { turn: other } : {})),
      line(i, 2, 3, undefined, mayEnter),
      line(i, 3, 0, () => ({ [`flag${i}`]: 0 })),
    ];
  }),
});

/** Dekker's algorithm, each read and write a line of its own. */
const dekker: Toy = {
  start: { pc0: 0, pc1: 0, wants0: 0, wants1: 0, turn: 0 },
  rows: [0, 1].flatMap((i) => {
    const other = 1 - i;
    const wanted = (v: Vars) => v[`wants${other}`] === 1;
    return [
      line(i, 0, 1, () => ({ [`wants${i}`]: 1 })),
      line(i, 1, 5, undefined, (v) => !wanted(v)),
      line(i, 1, 2, undefined, wanted),
      line(i, 2, 1, undefined, (v) => v.turn === i),
      line(
        i,
        2,
        3,
        () => ({ [`wants${i}`]: 0 }),
        (v) => v.turn !== i,
      ),
      line(i, 3, 4, undefined, (v) => v.turn === i),
      line(i, 4, 1, () => ({ [`wants${i}`]: 1 })),
      line(i, 5, 6, () => ({ turn: other })),
      line(i, 6, 0, () => ({ [`wants${i}`]: 0 })),
    ];
  }),
};

/** Two readers share, one writer does not; a reader counts itself in a step of its own. */
const readersWriter: Toy = {
  start: { pc0: 0, pc1: 0, pc2: 0, readers: 0, locked: 0 },
  rows: [
    ...[0, 1].flatMap((i) => [
      line(
        i,
        0,
        1,
        () => ({ locked: 1 }),
        (v) => v.locked === 0,
      ),
      line(i, 1, 2, (v) => ({ readers: v.readers! + 1 })),
      line(i, 2, 3, () => ({ locked: 0 })),
      line(
        i,
        3,
        4,
        () => ({ locked: 1 }),
        (v) => v.locked === 0,
      ),
      line(i, 4, 5, (v) => ({ readers: v.readers! - 1 })),
      line(i, 5, 0, () => ({ locked: 0 })),
    ]),
    line(
      2,
      0,
      1,
      () => ({ locked: 1 }),
      (v) => v.locked === 0,
    ),
    line(2, 1, 2, undefined, (v) => v.readers === 0),
    line(
      2,
      1,
      0,
      () => ({ locked: 0 }),
      (v) => v.readers !== 0,
    ),
    line(2, 2, 0, () => ({ locked: 0 })),
  ],
};

const isInside = (pc: number) => (v: Vars) => v.pc0 === pc && v.pc1 === pc;

describe('the explorer finds the states a plain search finds', () => {
  it.each([1, 2, 3, 4])('lost update of %d processes: an increment can get lost', (n) => {
    const { ends } = both(lostUpdate(n));
    const results = new Set(ends.map(({ x }) => x));
    expect([...results].sort()).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  });

  it('Peterson: never both inside, and nobody stuck', () => {
    const { all, ends } = both(peterson(true));
    expect(all.filter(isInside(3))).toEqual([]);
    expect(ends).toEqual([]);
    expect(all.some(({ pc0 }) => pc0 === 3)).toBe(true);
  });

  it('Peterson without its turn fails: both want, and nobody ever enters', () => {
    const { ends } = both(peterson(false));
    expect(ends).toEqual([{ pc0: 2, pc1: 2, flag0: 1, flag1: 1, turn: 0 }]);
  });

  it('Dekker: never both inside, and nobody stuck', () => {
    const { all, ends } = both(dekker);
    expect(all.filter(isInside(5))).toEqual([]);
    expect(ends).toEqual([]);
  });

  it('readers and a writer: readers together, the writer alone', () => {
    const { all } = both(readersWriter);
    expect(all.filter(({ pc2, readers }) => pc2 === 2 && readers! > 0)).toEqual([]);
    expect(all.some(({ readers }) => readers === 2)).toBe(true);
    expect(all.some(({ pc2 }) => pc2 === 2)).toBe(true);
  });
});

describe('a schedule', () => {
  it('is a shortest one, and where two are equal the one with the lower action', () => {
    const { explorer, model } = explored(lostUpdate(2));
    const x = (state: number) => model.read(explorer.keys, state * explorer.width).x;
    const ends = Array.from({ length: explorer.states }, (_, state) => state).filter(
      (state) => explorer.schedule(state).length === 4,
    );
    expect(explorer.schedule(ends.find((state) => x(state) === 2)!)).toEqual([0, 1, 2, 3]);
    expect(explorer.schedule(ends.find((state) => x(state) === 1)!)).toEqual([0, 2, 1, 3]);
    expect(explorer.schedule(0)).toEqual([]);
  });
});

describe('what was seen', () => {
  /** Two processes that each say their number twice. */
  const speakers: Toy = {
    start: { pc0: 0, pc1: 0 },
    rows: [0, 1].flatMap((i) => [0, 1].map((pc) => ({ ...line(i, pc, pc + 1), shows: i }))),
  };

  it('is part of the state: each order of effects is an outcome of its own', () => {
    const { explorer } = explored(speakers);
    const orders = explorer.outcomes.map(({ seen }) => explorer.seen.list(seen).join(''));
    expect(orders).toEqual(['0011', '0101', '0110', '1001', '1010', '1100']);
    expect(explorer.states).toBe(1 + 2 + 4 + 6 + 6);
  });

  it('ends at the limit of states and says so', () => {
    const explorer = new Explorer(new ToyModel(speakers), { statesMax: 5 });
    expect(explorer.run()).toBe(false);
    expect([explorer.states, explorer.complete, explorer.stopped]).toEqual([5, false, 'states']);
  });

  it('runs in slices and finds the same', () => {
    const whole = explored(dekker).explorer;
    const sliced = new Explorer(new ToyModel(dekker));
    let slices = 1;
    while (sliced.run(7)) slices++;
    expect([sliced.states, sliced.transitions]).toEqual([whole.states, whole.transitions]);
    expect(slices).toBeGreaterThan(3);
  });
});
