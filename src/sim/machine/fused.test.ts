import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import { flood } from '../kernel/flood.ts';
import { heapKind, kmalloc } from '../kernel/heap.ts';
import { MK_MSG } from '../kernel/mk.layout.ts';
import { bootedRun, lookAt, typeAll, WEB, type Wish } from '../testing/world.ts';

const DB: Wish = { name: 'db', id: 3, cpus: [6], memory: WEB.memory! };
/** Not an instance: sending to it is refused at once. */
const NOBODY = 90;
const STEPS_MAX = 100_000;

/** A host and two instances that listen, with nothing going on. */
const { world } = (() => {
  const run = bootedRun([WEB, DB]);
  for (const name of ['web', 'db']) typeAll(run, name, ['mk listen user', 'mk listen io']);
  const payload = kmalloc(lookAt(run, 'host'), heapKind('buffer'), 256, true);
  expect(payload).toBeGreaterThan(0);
  return run;
})();
const { machine } = world;
const trace = world.trace!;
const before = world.snapshot();
const payload = machine.kernelBase[0]!;

/** Somebody sends: where, how many, to whom, of which type and length. */
interface Sender {
  readonly cpu: number;
  readonly count: number;
  readonly first: number;
  readonly instances: number;
  readonly type: number;
  readonly length: number;
}

const sender = (first: fc.Arbitrary<number>): fc.Arbitrary<Sender> =>
  fc.record({
    cpu: fc.constantFrom(0, 1, 2, 3, 7),
    count: fc.integer({ min: 1, max: 4 }),
    first,
    instances: fc.constantFrom(1, 2),
    type: fc.constantFrom(MK_MSG.USER, MK_MSG.IO, MK_MSG.SYSTEM, 0),
    length: fc.constantFrom(0, 1, 8, 31, 232, 233),
  });
const senders = fc.uniqueArray(sender(fc.constantFrom(2, 3, NOBODY)), {
  ...{ minLength: 1, maxLength: 3 },
  selector: ({ cpu }) => cpu,
});

/** Back to the beginning, and everybody begins. */
function begin(all: readonly Sender[]): void {
  world.restore(before);
  trace.cut(before.traceHead);
  for (const { cpu, count, first, instances, type, length } of all)
    world.startTask(cpu, flood, [count, first, instances, type, payload, length], 'flood', false);
}

/** All that can be told apart: memory and registers, how many steps, when, and every row. */
function outcome() {
  const rows = [];
  for (let index = before.traceHead; index < trace.end; index++) rows.push(trace.at(index));
  return { hash: world.hash(), steps: machine.steps, now: machine.now, rows };
}

function play(all: readonly Sender[], slices: readonly number[]) {
  begin(all);
  for (let n = 0; !world.quiet && n < STEPS_MAX; n++) world.run(slices[n % slices.length]!);
  return outcome();
}

describe('a fused routine', () => {
  it('comes to the same in one burst as one step at a time', () => {
    fc.assert(
      fc.property(senders, (all) => {
        expect(play(all, [1])).toEqual(play(all, [STEPS_MAX]));
      }),
      { numRuns: 40 },
    );
  });

  it('may be left after any step', () => {
    const slices = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(senders, slices, (all, each) => {
        expect(play(all, each)).toEqual(play(all, [STEPS_MAX]));
      }),
      { numRuns: 40 },
    );
  });

  it('may be left at any moment', () => {
    fc.assert(
      fc.property(senders, fc.integer({ min: 0, max: 12_000 }), (all, after) => {
        begin(all);
        while (!world.quiet && world.machine.nextAt <= before.machine.scalars[0] + after)
          world.run(STEPS_MAX, before.machine.scalars[0] + after);
        while (!world.quiet) world.run(STEPS_MAX);
        expect(outcome()).toEqual(play(all, [STEPS_MAX]));
      }),
      { numRuns: 40 },
    );
  });

  it('comes to the same when a schedule chooses each of its steps', () => {
    fc.assert(
      fc.property(sender(fc.constant(NOBODY)), (one) => {
        begin([one]);
        while (machine.canStep(one.cpu)) machine.choose(one.cpu);
        expect(outcome()).toEqual(play([one], [STEPS_MAX]));
      }),
      { numRuns: 20 },
    );
  });

  it('takes one step, and only its own CPU moves, each time a schedule chooses it', () => {
    const choices = fc.array(fc.record({ cpu: fc.nat({ max: 7 }), take: fc.boolean() }), {
      ...{ minLength: 50, maxLength: 400 },
    });
    fc.assert(
      fc.property(senders, choices, (all, each) => {
        begin(all);
        machine.instant = true;
        for (const { cpu, take } of each) {
          if (!machine.canStep(cpu)) continue;
          const { steps } = machine;
          const { end } = trace;
          const others = counters(cpu);
          const pc = machine.pcOf(cpu);
          machine.choose(cpu, take);
          expect(machine.steps).toBe(steps + 1);
          expect(counters(cpu)).toEqual(others);
          const taken = rowsFrom(end, ROW.take);
          const stepped = rowsFrom(end, ROW.step);
          expect(taken.length + stepped.length).toBe(1);
          if (stepped.length > 0) expect(stepped[0]).toMatchObject({ cpu, b: pc });
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('an interrupt', () => {
  it('is taken when it has arrived, not before, one sent to oneself as well', () => {
    fc.assert(
      fc.property(senders, (all) => {
        const arrived = new Map<string, number>();
        let taken = 0;
        for (const row of play(all, [STEPS_MAX]).rows) {
          if (row?.kind === ROW.arrive) arrived.set(`${row.cpu} ${row.b}`, row.time);
          if (row?.kind !== ROW.take) continue;
          taken++;
          expect(row.time).toBeGreaterThanOrEqual(arrived.get(`${row.cpu} ${row.b}`) ?? Infinity);
        }
        const refused = all.every(({ first, length }) => first === NOBODY || length > 232);
        expect(taken > 0).toBe(!refused);
      }),
      { numRuns: 30 },
    );
  });
});

/** Program counters of all CPUs but one. */
const counters = (but: number): number[] =>
  Array.from({ length: machine.cpus }, (_, cpu) => (cpu === but ? -1 : machine.pcOf(cpu)));

function rowsFrom(from: number, kind: number) {
  const rows = [];
  for (let index = from; index < trace.end; index++) {
    const row = trace.at(index)!;
    if (row.kind === kind) rows.push(row);
  }
  return rows;
}
