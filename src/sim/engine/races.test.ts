import { fc } from '../testing/properties.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROW, type Row } from '../base/record.ts';
import { block, BOOT, lessonRun, playOut } from '../testing/lesson.ts';
import type { Run } from '../scenarios/run.ts';
import { findRaces, RACES_MAX, type RaceReport, type RacingAccess } from './races.ts';
import { Trace } from './trace.ts';

const VECTOR = 0xea;
const INIT = 5 << 8;

/** What a CPU does in a made-up run; an access is followed by its step's own row. */
type Event =
  | {
      readonly kind: 'read' | 'write';
      readonly cpu: number;
      readonly addr: number;
      readonly bytes: number;
    }
  | { readonly kind: 'send'; readonly cpu: number; readonly serial: number }
  | {
      readonly kind: 'arrive';
      readonly cpu: number;
      readonly serial: number;
      readonly vector?: number;
    }
  | { readonly kind: 'take'; readonly cpu: number }
  | { readonly kind: 'lock'; readonly cpu: number };

/** Program counter of the n-th event's step; that of a lock's step is odd. */
const pcOf = (n: number, { kind }: Event): number => 2 * n + (kind === 'lock' ? 1 : 0);

function traceOf(events: readonly Event[]): Trace {
  const trace = new Trace();
  const row = (kind: Row, cpu: number, a: number, b: number, c: number, d: number): void =>
    trace.row(kind, trace.end, cpu, a, b, c, d);
  events.forEach((event, n) => {
    const { kind, cpu } = event;
    if (kind === 'read' || kind === 'write') row(ROW[kind], cpu, event.addr, event.bytes, 0, 0);
    else if (kind === 'send') row(ROW.send, cpu, 0, VECTOR, 0, event.serial);
    else if (kind === 'arrive') row(ROW.arrive, cpu, 0, event.vector ?? VECTOR, 0, event.serial);
    else if (kind === 'take') row(ROW.take, cpu, 0, VECTOR, 0, 0);
    if (kind !== 'arrive' && kind !== 'take') row(ROW.step, cpu, 1, pcOf(n, event), 1, 1);
  });
  return trace;
}

const races = (events: readonly Event[]): RaceReport =>
  findRaces({ rows: traceOf(events), steps: 0, lockOf: (pc) => (pc % 2 === 1 ? 'L' : '') });

/** The same question asked the slow way: a graph of events, and whether one is reached from another. */
function racingPairs(events: readonly Event[]): string[] {
  const after = events.map(() => new Set<number>());
  const edge = (from: number | undefined, to: number): void => {
    if (from === undefined) return;
    after[to]!.add(from);
    for (const each of after[from]!) after[to]!.add(each);
  };
  const last = new Map<number, number>();
  const sent = new Map<number, number>();
  const arrived = new Map<number, number[]>();
  let locked: number | undefined;
  events.forEach((event, n) => {
    // An arrival is the local APIC's doing: the CPU learns of it when it takes the vector.
    if (event.kind === 'arrive') {
      const from = sent.get(event.serial);
      if (from !== undefined) arrived.set(event.cpu, [...(arrived.get(event.cpu) ?? []), from]);
      sent.delete(event.serial);
      return;
    }
    edge(last.get(event.cpu), n);
    if (event.kind === 'send') sent.set(event.serial, n);
    if (event.kind === 'take') {
      for (const from of arrived.get(event.cpu) ?? []) edge(from, n);
      arrived.delete(event.cpu);
    }
    if (event.kind === 'lock') {
      edge(locked, n);
      locked = n;
    }
    last.set(event.cpu, n);
  });
  return pairsOf(events, (one, other) => after[other]!.has(one));
}

/**
 * Racing pairs that a detector which remembers only the last write and the reads since must find:
 * a pair that another access of the earlier CPU's bytes stands between may be left to that one.
 */
function pairsOf(
  events: readonly Event[],
  ordered: (one: number, other: number) => boolean,
): string[] {
  const found: string[] = [];
  events.forEach((later, n) => {
    if (later.kind !== 'read' && later.kind !== 'write') return;
    for (let at = later.addr; at < later.addr + later.bytes; at += 4) {
      const touches = (event: Event): boolean =>
        (event.kind === 'read' || event.kind === 'write') &&
        event.addr <= at &&
        at < event.addr + event.bytes;
      const write = events
        .slice(0, n)
        .findLastIndex((event) => event.kind === 'write' && touches(event));
      const seen = [write];
      if (later.kind === 'write')
        for (let i = write + 1; i < n; i++) {
          const event = events[i]!;
          const again = events
            .slice(i + 1, n)
            .some((one) => one.cpu === event.cpu && one.kind === 'read' && touches(one));
          if (event.kind === 'read' && touches(event) && !again) seen.push(i);
        }
      for (const i of seen)
        if (i >= 0 && events[i]!.cpu !== later.cpu && !ordered(i, n)) found.push(`${i} ${n}`);
    }
  });
  return [...new Set(found)].sort();
}

const pcPairs = ({ races }: RaceReport): string[] =>
  races
    .map(({ first, second }) => `${first.stack.at(-1)! >> 1} ${second.stack.at(-1)! >> 1}`)
    .sort();

const W = (cpu: number, addr = 0, bytes = 4): Event => ({ kind: 'write', cpu, addr, bytes });
const R = (cpu: number, addr = 0, bytes = 4): Event => ({ kind: 'read', cpu, addr, bytes });
const SEND = (cpu: number, serial: number): Event => ({ kind: 'send', cpu, serial });
const ARRIVE = (cpu: number, serial: number): Event => ({ kind: 'arrive', cpu, serial });
const TAKE = (cpu: number): Event => ({ kind: 'take', cpu });
const LOCK = (cpu: number): Event => ({ kind: 'lock', cpu });

describe('races', () => {
  it.each([
    ['two writes of two CPUs', [W(1), W(2)]],
    ['a write and a read', [W(1), R(2)]],
    ['a read and a write', [R(1), W(2)]],
    ['bytes that only overlap', [W(1, 0, 12), W(2, 8, 8)]],
    ['an interrupt that has arrived but was not taken', [W(1), SEND(1, 7), ARRIVE(2, 7), R(2)]],
    ['what the sender does after it rang', [SEND(1, 7), W(1), ARRIVE(2, 7), TAKE(2), R(2)]],
    ['an interrupt for somebody else', [W(1), SEND(1, 7), ARRIVE(3, 7), TAKE(3), R(2)]],
    ['a lock that only one of them took', [W(1), LOCK(1), R(2)]],
    ['a page and a word of it', [W(1, 4096, 8192), R(2, 8188)]],
  ] as const)('are found: %s', (_, events) => {
    expect(races(events).races).toHaveLength(1);
  });

  it.each([
    ['two reads', [R(1), R(2)]],
    ['one CPU', [W(1), R(1), W(1)]],
    ['other bytes', [W(1, 0), W(2, 4)]],
    ['an interrupt that was taken', [W(1), SEND(1, 7), ARRIVE(2, 7), TAKE(2), R(2)]],
    [
      'two interrupts folded into one',
      [
        ...[W(1, 0), SEND(1, 7), W(3, 4), SEND(3, 8)],
        ...[ARRIVE(2, 7), ARRIVE(2, 8), TAKE(2), R(2, 0, 8)],
      ],
    ],
    [
      'a message passed on',
      [...[W(1), SEND(1, 7), ARRIVE(2, 7), TAKE(2)], ...[SEND(2, 8), ARRIVE(3, 8), TAKE(3), W(3)]],
    ],
    ['a lock that both took', [W(1), LOCK(1), LOCK(2), W(2)]],
  ] as const)('are not seen where there are none: %s', (_, events) => {
    expect(races(events).races).toEqual([]);
  });

  it('do not cross the start of a CPU, which is not taken like a vector', () => {
    const events: Event[] = [
      W(1),
      SEND(1, 7),
      { kind: 'arrive', cpu: 2, serial: 7, vector: INIT },
      R(2),
    ];
    expect(races(events).races).toEqual([]);
  });

  it('say which bytes both touched, and how often the two steps raced', () => {
    const trace = new Trace();
    for (let n = 0; n < 3; n++)
      for (const cpu of [1, 2]) {
        trace.row(ROW.write, 10 * n, cpu, 64 + 4 * cpu, 8, 0, 0);
        trace.row(ROW.step, 10 * n, cpu, 1, 100 * cpu, 1, 1);
      }
    const { races: found } = findRaces({ rows: trace, steps: 6, lockOf: () => '' });
    expect(found.map(({ addr, bytes, count }) => [addr, bytes, count])).toEqual([
      [72, 4, 3],
      [72, 4, 2],
    ]);
  });

  it('are those of a search through the graph of all events', () => {
    const cpu = fc.integer({ min: 1, max: 3 });
    const place = {
      addr: fc.constantFrom(4080, 4084, 4088, 4092, 4096),
      bytes: fc.constantFrom(4, 8, 16),
    };
    const event: fc.Arbitrary<Event> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constantFrom('read', 'write'), cpu, ...place }),
      },
      fc.record({ kind: fc.constant('send'), cpu, serial: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant('arrive'), cpu, serial: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant('take'), cpu }),
      fc.record({ kind: fc.constant('lock'), cpu }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        expect(pcPairs(races(events))).toEqual(racingPairs(events));
      }),
      { numRuns: 400 },
    );
  });

  it('are at most so many, and the report says that there are more', () => {
    const events = Array.from({ length: 2 * RACES_MAX }, (_, n) => W(1 + (n % 2)));
    const report = races(events);
    expect([report.races.length, report.complete]).toEqual([RACES_MAX, false]);
  });
});

/** `cpu1 S6`, from a side's stack. */
function stepOf(run: Run, { cpu, stack }: RacingAccess): string {
  return `cpu${cpu} ${run.world.machine.program.steps[stack.at(-1)!]!.id}`;
}

const racesOf = (run: Run): RaceReport => {
  const { steps } = run.world.machine.program;
  return findRaces({ rows: run.world.trace!, steps: run.step, lockOf: (pc) => steps[pc]!.lock });
};

it('a replay passes the same rows as the run did, wherever it starts', () => {
  const run = playOut(lessonRun(BOOT('user') + block('console host', 'mk send web user 0x1 aa')));
  const { trace } = run.world;
  const heads: number[] = [];
  const end = run.step;
  for (let step = 0; step < end; step++) {
    run.seek(step);
    heads.push(trace!.head);
  }
  for (const step of [20, 50, 100, 140]) {
    run.seek(step - 15);
    run.seek(step);
    expect([step, trace!.head]).toEqual([step, heads[step]]);
  }
  run.seek(end);
  expect(trace!.head).toBe(trace!.end);
});

describe('races of the published code', () => {
  it('are two senders that write one slot, and the receiver that reads it meanwhile', () => {
    const run = playOut(lessonRun(readFileSync('public/scenarios/lost-message.md', 'utf8')));
    const { races: found, complete } = racesOf(run);
    expect(complete).toBe(true);
    const pairs = found.map(
      ({ first, second }) => `${stepOf(run, first)} | ${stepOf(run, second)}`,
    );
    expect(pairs).toContain('cpu1 S6 | cpu6 S6');
    expect(pairs).toContain('cpu6 S9 | cpu4 R7');
    expect(pairs).toContain('cpu6 S10 | cpu4 H1');
    // The upload that made the area was over before anybody could look the instance up.
    expect(pairs.filter((pair) => pair.startsWith('cpu0') && pair.includes('S6'))).toEqual([]);
  });

  it('are none between one sender and its receiver, until the next message', () => {
    const one = playOut(
      lessonRun(BOOT('user') + block('console host', 'mk send web user 0x1 aa', 'sleep 1ms')),
    );
    const slot = (report: RaceReport): RaceReport['races'] =>
      report.races.filter(({ addr }) => addr >= 0x80000000);
    expect(slot(racesOf(one))).toEqual([]);
  });

  it('know the step of the run at which each side happened', () => {
    const run = playOut(lessonRun(readFileSync('public/scenarios/lost-message.md', 'utf8')));
    const { second } = racesOf(run).races.find(
      (one) => `${stepOf(run, one.first)} | ${stepOf(run, one.second)}` === 'cpu1 S6 | cpu6 S6',
    )!;
    run.seek(second.step);
    expect(run.answers.cpu(6)?.step).toBe('slot.clear');
  });

  it('show the frames a step was called from', () => {
    const run = playOut(lessonRun(readFileSync('public/scenarios/messages.md', 'utf8')));
    const { program } = run.world.machine;
    const read = racesOf(run).races.find(
      ({ first }) => program.steps[first.stack.at(-1)!]!.id === 'H1',
    )!;
    const names = read.first.stack.map((pc) => program.routines[program.routineOf[pc]!]!.name);
    expect(names).toEqual(['irq_work_run', 'mk_message_type_ipi_callback', 'mk_listen_handler']);
  });
});
