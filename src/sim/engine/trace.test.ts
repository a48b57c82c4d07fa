import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { FACT, ROW, type PassageRow } from '../base/record.ts';
import { History, MARKS_MAX } from './history.ts';
import { CHUNK_ENTRIES } from './entries.ts';
import { Trace, type TraceRow } from './trace.ts';

/** Row number `n` says so in all its columns. */
function fill(trace: Trace, from: number, to: number): void {
  for (let n = from; n < to; n++) trace.row(ROW.log, 10 * n, n % 8, n + 0.5, n, 2 * n, -n);
}

describe('a trace', () => {
  it('numbers its rows from 0 and gives them back', () => {
    const trace = new Trace();
    fill(trace, 0, 3);
    expect(trace.at(2)).toEqual({
      ...{ index: 2, kind: ROW.log, time: 20, cpu: 2, a: 2.5, b: 2, c: 4, d: -2 },
    });
    expect([trace.begin, trace.end, trace.head]).toEqual([0, 3, 3]);
    expect(trace.at(3)).toBeUndefined();
    expect(trace.at(-1)).toBeUndefined();
  });

  it('lets the oldest rows fall out of a full window, and keeps the numbers of the others', () => {
    const trace = new Trace([], 2 * CHUNK_ENTRIES);
    fill(trace, 0, 3 * CHUNK_ENTRIES + 10);
    expect(trace.end).toBe(3 * CHUNK_ENTRIES + 10);
    expect(trace.begin).toBe(2 * CHUNK_ENTRIES);
    expect(trace.at(trace.begin - 1)).toBeUndefined();
    for (const n of [trace.begin, 3 * CHUNK_ENTRIES - 1, 3 * CHUNK_ENTRIES, trace.end - 1])
      expect(trace.at(n)).toMatchObject({ index: n, b: n, d: -n, time: 10 * n });
  });

  it('copies columns across chunks, clipped to what there is', () => {
    const trace = new Trace([], 2 * CHUNK_ENTRIES);
    fill(trace, 0, 2 * CHUNK_ENTRIES + 5);
    const middle = trace.slice(2 * CHUNK_ENTRIES - 2, 2 * CHUNK_ENTRIES + 3);
    expect(middle.from).toBe(2 * CHUNK_ENTRIES - 2);
    expect([...middle.b]).toEqual([-2, -1, 0, 1, 2].map((n) => 2 * CHUNK_ENTRIES + n));
    const early = trace.slice(0, CHUNK_ENTRIES + 2);
    expect([early.from, early.b.length]).toEqual([CHUNK_ENTRIES, 2]);
    expect(trace.slice(trace.end - 1, trace.end + 9).b).toHaveLength(1);
    expect(trace.slice(9, 3).b).toHaveLength(0);
  });

  it('gives copies: a later row does not change them', () => {
    const trace = new Trace();
    fill(trace, 0, 2);
    const before = trace.slice(0, 2);
    trace.cut(0);
    fill(trace, 5, 7);
    expect([...before.b]).toEqual([0, 1]);
  });

  it('finds the first row that is not before a time', () => {
    const trace = new Trace([], 2 * CHUNK_ENTRIES);
    fill(trace, 0, 2 * CHUNK_ENTRIES + 100);
    expect(trace.firstAt(10 * (CHUNK_ENTRIES + 7))).toBe(CHUNK_ENTRIES + 7);
    expect(trace.firstAt(10 * (CHUNK_ENTRIES + 7) - 1)).toBe(CHUNK_ENTRIES + 7);
    expect(trace.firstAt(0)).toBe(trace.begin);
    expect(trace.firstAt(1e12)).toBe(trace.end);
    const twins = new Trace();
    for (const time of [1, 5, 5, 5, 9]) twins.row(ROW.log, time, 0, 0, 0, 0, 0);
    expect(twins.firstAt(5)).toBe(1);
  });

  it('counts the rows of a replay instead of writing them twice', () => {
    const trace = new Trace();
    fill(trace, 0, 5);
    trace.head = 2; // the run went back
    fill(trace, 2, 7);
    expect([trace.end, trace.head]).toEqual([7, 7]);
    expect([...trace.slice(0, 7).b]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([3, CHUNK_ENTRIES - 1, CHUNK_ENTRIES, CHUNK_ENTRIES + 1, 2 * CHUNK_ENTRIES])(
    'forgets the rows from %d on, and goes on there with others',
    (end) => {
      const trace = new Trace([], 4 * CHUNK_ENTRIES);
      fill(trace, 0, 2 * CHUNK_ENTRIES + 50);
      trace.cut(end);
      expect([trace.end, trace.head]).toEqual([end, end]);
      expect(trace.at(end)).toBeUndefined();
      trace.row(ROW.take, 1, 0, 0, -7, 0, 0);
      expect(trace.at(end)).toMatchObject({ kind: ROW.take, b: -7 });
      expect(trace.at(end - 1)).toMatchObject({ b: end - 1 });
      fill(trace, end + 1, 3 * CHUNK_ENTRIES);
      for (const n of [end - 1, end + 1, 2 * CHUNK_ENTRIES + 1, 3 * CHUNK_ENTRIES - 1])
        expect(trace.at(n)).toMatchObject({ b: n });
    },
  );

  it('is empty after a cut before its window, and numbers on', () => {
    const trace = new Trace([], 2 * CHUNK_ENTRIES);
    fill(trace, 0, 4 * CHUNK_ENTRIES);
    trace.cut(CHUNK_ENTRIES + 3);
    expect([trace.begin, trace.end]).toEqual([CHUNK_ENTRIES + 3, CHUNK_ENTRIES + 3]);
    fill(trace, CHUNK_ENTRIES + 3, 3 * CHUNK_ENTRIES + 1);
    expect(trace.begin).toBeLessThanOrEqual(2 * CHUNK_ENTRIES);
    for (const n of [2 * CHUNK_ENTRIES, 3 * CHUNK_ENTRIES - 1, 3 * CHUNK_ENTRIES])
      expect(trace.at(n)).toMatchObject({ b: n });
  });
});

const told = (fact: number, plus: number) => [fact, plus] as const;
/** Two passages, of which one tells every fact. */
const PASSAGES: readonly (readonly PassageRow[])[] = [
  [
    {
      ...{ at: 0, kind: ROW.write, a: told(FACT.place, 8), b: told(FACT.bytes, 0) },
      ...{ c: told(FACT.none, 7), d: told(FACT.apic, 1) },
    },
    {
      ...{ at: 12, kind: ROW.sent, a: told(FACT.other, 0), b: told(FACT.type, 0) },
      ...{ c: told(FACT.subtype, 0), d: told(FACT.serial, 0) },
    },
    {
      ...{ at: 40, kind: ROW.log, a: told(FACT.start, 5), b: told(FACT.kernel, 0) },
      ...{ c: told(FACT.log, 1), d: told(FACT.flight, 0) },
    },
  ],
  Array.from({ length: 70 }, (_, n) => ({
    ...{ at: n, kind: ROW.step, a: told(FACT.none, 1), b: told(FACT.none, n) },
    ...{ c: told(FACT.cpu, 0), d: told(FACT.serial, n) },
  })),
];

describe('runs of steps and passages in a trace', () => {
  const COSTS = [4, 1, 22, 0, 3000, 7, 2, 9];
  const elapsed = new Float64Array(COSTS.length + 1);
  COSTS.forEach((cost, pc) => (elapsed[pc + 1] = elapsed[pc]! + cost));

  /** A trace, and beside it the plain list of what must be in it. */
  class Twin {
    readonly trace = new Trace(PASSAGES, 2 * CHUNK_ENTRIES);
    rows: TraceRow[] = [];
    time = 0;

    row(value: number): void {
      this.time += value % 3;
      this.#expect(ROW.log, this.time, value);
      this.trace.row(ROW.log, this.time, value % 8, value, value, 0 - value, 2);
    }

    steps(pc: number, count: number): void {
      const began = this.time;
      for (let at = pc; at < pc + count; at++) {
        this.rows.push({
          ...{ index: this.rows.length, kind: ROW.step, time: this.time, cpu: 3 },
          ...{ a: COSTS[at]!, b: at, c: 2, d: 5 },
        });
        this.time += COSTS[at]!;
      }
      this.trace.steps(elapsed, began, 3, pc, count, 2, 5);
    }

    passage(value: number): void {
      const [number, began] = [value % 2, this.time];
      const cpu = value % 1024;
      // Place, other, serial, flight, log, bytes, APIC id, type, subtype, kernel.
      const told = [2 ** 40 + value, began + 9, value, value + 1, value + 2] as const;
      const rest = [value % 4096, 1023 - cpu, 0x4000 + value, 0 - value, value % 8] as const;
      this.trace.passage(number, began, cpu, ...told, ...rest);
      const facts = [0, began, cpu, ...told, ...rest];
      for (const { at, kind, a, b, c, d } of PASSAGES[number]!) {
        const [ra, rb, rc, rd] = [a, b, c, d].map(([fact, plus]) => facts[fact]! + plus);
        this.time = began + at;
        const row = { time: this.time, cpu, a: ra!, b: rb!, c: rc!, d: rd! };
        this.rows.push({ index: this.rows.length, kind, ...row });
      }
    }

    #expect(kind: TraceRow['kind'], time: number, value: number): void {
      const index = this.rows.length;
      const cpu = value % 8;
      this.rows.push({ index, kind, time, cpu, a: value, b: value, c: 0 - value, d: 2 });
    }

    cut(end: number): void {
      this.rows.length = end;
      this.time = this.rows.at(-1)?.time ?? 0;
      this.trace.cut(end);
    }
  }

  const operation = fc.oneof(
    fc.record({ kind: fc.constant('row' as const), value: fc.nat(99) }),
    fc.record({
      kind: fc.constant('steps' as const),
      pc: fc.nat(7),
      count: fc.integer({ min: 1 }),
    }),
    fc.record({ kind: fc.constant('passage' as const), value: fc.nat(99_999) }),
    fc.record({ kind: fc.constant('cut' as const), share: fc.double({ min: 0, max: 1 }) }),
  );

  it('give the same rows as ones taken down one by one', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 300, size: 'max' }),
        fc.infiniteStream(fc.nat()),
        (all, some) => {
          const twin = new Twin();
          for (const each of all) {
            if (each.kind === 'row') twin.row(each.value);
            else if (each.kind === 'passage') twin.passage(each.value);
            else if (each.kind === 'steps')
              twin.steps(each.pc, 1 + (each.count % (COSTS.length - each.pc)));
            else if (!Number.isNaN(each.share))
              twin.cut(Math.floor(each.share * twin.rows.length * 2) % (twin.rows.length + 1));
          }
          const { trace, rows } = twin;
          expect([trace.begin, trace.end]).toEqual([0, rows.length]);
          for (const row of rows) expect(trace.at(row.index)).toEqual(row);
          for (let n = 0; n < 20; n++) {
            const index = some.next().value % (rows.length + 1);
            expect(trace.at(index)).toEqual(rows[index]);
            const columns = trace.slice(index, index + (some.next().value % 9));
            const part = rows.slice(index, index + columns.b.length);
            expect([...columns.b]).toEqual(part.map(({ b }) => b));
            expect([...columns.time]).toEqual(part.map(({ time }) => time));
            expect([...columns.a]).toEqual(part.map(({ a }) => a));
            expect([...columns.c]).toEqual(part.map(({ c }) => c));
            trace.head = some.next().value % (rows.length + 1);
            const kinds = new Set([ROW.step, ROW.log, ROW.write].slice(some.next().value % 4));
            const past = rows.slice(0, trace.head).reverse();
            let steps = 0;
            const back = past.map(
              (row) => [row, (steps += row.kind === ROW.step ? 1 : 0)] as const,
            );
            expect([...trace.back(kinds)]).toEqual(
              back.filter(([{ kind }]) => kinds.has(kind as never)),
            );
            trace.head = trace.end;
            const time = some.next().value % (twin.time + 2);
            const first = rows.findIndex((row) => row.time >= time);
            expect(trace.firstAt(time)).toBe(first < 0 ? rows.length : first);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are written from where the known rows end when a replay runs into news', () => {
    const twin = new Twin();
    twin.steps(0, 3);
    twin.trace.head = 1;
    twin.trace.steps(elapsed, elapsed[1]!, 3, 1, 5, 2, 5);
    expect([twin.trace.end, twin.trace.head]).toEqual([6, 6]);
    expect([...twin.trace.slice(0, 6).b]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...twin.trace.slice(0, 6).time]).toEqual([...elapsed.slice(0, 6)]);
  });

  it.each([0, 1, 35, 69, 70])(
    'are not written where a replay knows %d rows of a passage',
    (known) => {
      const twin = new Twin();
      twin.row(5);
      const began = twin.time;
      twin.passage(2001);
      const all = Array.from({ length: 71 }, (_, n) => twin.trace.at(n));
      twin.cut(1 + known);
      twin.trace.head = 1;
      twin.time = began;
      twin.passage(2001);
      expect([twin.trace.end, twin.trace.head]).toEqual([71, 71]);
      expect(Array.from({ length: 71 }, (_, n) => twin.trace.at(n))).toEqual(all);
      twin.trace.row(ROW.log, 99, 0, 1, 2, 3, 4);
      expect(twin.trace.at(71)).toMatchObject({ a: 1, b: 2 });
    },
  );

  it('fall out of a full window as passages, and the numbers of the rest stay', () => {
    const trace = new Trace(PASSAGES, 2 * CHUNK_ENTRIES);
    const passages = 3 * CHUNK_ENTRIES;
    // An entry before them: both halves of a passage may lie where a chunk ends.
    trace.row(ROW.log, 0, 0, 0, 0, 0, 0);
    for (let n = 0; n < passages; n++) trace.passage(0, 50 * n, 1, 0, 0, n, 0, 0, 0, 0, 0, 0, 0);
    expect(trace.end).toBe(1 + 3 * passages);
    expect(trace.begin).toBeGreaterThan(trace.end - 3 * CHUNK_ENTRIES);
    const first = trace.begin + ((3 - ((trace.begin - 1) % 3)) % 3);
    for (const n of [first, first + 3 * 777, trace.end - 3]) {
      const serial = (n - 1) / 3;
      expect(trace.at(n + 1)).toMatchObject({ kind: ROW.sent, time: 50 * serial + 12, d: serial });
      expect(trace.firstAt(50 * serial + 13)).toBe(n + 2);
    }
  });

  it('fall out of a full window, and the numbers of the rest stay', () => {
    const trace = new Trace([], 2 * CHUNK_ENTRIES);
    for (let n = 0; n < 3 * CHUNK_ENTRIES + 10; n++)
      trace.steps(elapsed, n * elapsed[8]!, n % 8, 0, 8, 1, 1);
    expect(trace.end).toBe(8 * (3 * CHUNK_ENTRIES + 10));
    expect(trace.begin).toBe(8 * 2 * CHUNK_ENTRIES);
    for (const n of [trace.begin, trace.begin + 1001, trace.end - 1, trace.begin + 5])
      expect(trace.at(n)).toMatchObject({ index: n, b: n % 8, cpu: (n >> 3) % 8 });
    expect(trace.at(trace.begin - 1)).toBeUndefined();
  });
});

describe('a history', () => {
  /** Keeps a mark whenever one is due, one look a step. */
  function walk(history: History<string>, from: number, to: number, stride = 1): void {
    for (let step = from; step <= to; step += stride)
      if (history.due(step)) history.keep(step, `at ${step}`);
  }

  it('gives the last mark at or before a step', () => {
    const history = new History<string>();
    walk(history, 0, 2000);
    expect(history.before(0)).toMatchObject({ step: 0, state: 'at 0' });
    const mark = history.before(1999)!;
    expect(mark.step).toBeLessThanOrEqual(1999);
    expect(history.before(mark.step)).toEqual(mark);
    expect(history.before(mark.step - 1)!.step).toBeLessThan(mark.step);
    expect(history.before(-1)).toBeUndefined();
  });

  it('keeps a bounded number of marks of a run of any length, the first always', () => {
    const history = new History<string>();
    const steps = new Set<number>();
    walk(history, 0, 5_000_000, 64);
    for (let step = 0; step <= 5_000_000; step += 500) steps.add(history.before(step)!.step);
    expect(steps.size).toBeLessThanOrEqual(MARKS_MAX);
    expect(steps.size).toBeGreaterThan(MARKS_MAX / 4);
    expect(steps.has(0)).toBe(true);
  });

  it('never has more than twice the usual distance to replay', () => {
    const history = new History<string>();
    walk(history, 0, 1_000_000, 64);
    const gaps = [];
    for (let step = 0; step <= 1_000_000; step += 1000)
      gaps.push(step - history.before(step)!.step);
    expect(Math.max(...gaps)).toBeLessThanOrEqual((4 * 1_000_000) / MARKS_MAX);
  });

  it('forgets what lies after a cut, and keeps marks again from there', () => {
    const history = new History<string>();
    walk(history, 0, 5000);
    history.cut(1500);
    expect(history.before(5000)!.step).toBeLessThanOrEqual(1500);
    expect(history.due(4000)).toBe(true);
    history.keep(4000, 'another future');
    expect(history.before(5000)).toMatchObject({ step: 4000, state: 'another future' });
  });
});
