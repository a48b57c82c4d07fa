import { expect, test } from 'vitest';
import { block, BOOT, lessonRun, playOut } from '../testing/lesson.ts';
import { Comparison, partingSentence } from './comparison.ts';
import type { FlightDiff } from './flight-diff.ts';
import type { Run } from './run.ts';

const TEXT = `${BOOT('user')}# Two\n${block('console host', 'mk send web user 1 0x01')}`;

const NOTHING = { cpus: [], shared: [], others: [], flights: [] };

const sent = (...lines: readonly string[]): Run => {
  const run = playOut(lessonRun(TEXT));
  for (const line of lines) {
    run.type('host', line);
    while (run.advance({ through: true }) !== 'typed');
  }
  return run;
};

test('runs that do the same have no parting and no difference', () => {
  const both = new Comparison(sent(), sent());
  expect(both.parting).toBeUndefined();
  expect(both.at(both.end).diff).toEqual(NOTHING);
  expect(both.nextChange(both.end - 20)).toBeUndefined();
  expect(partingSentence(both, ['a', 'b'])).toBe(
    'In a and b the machine does the same to the end.',
  );
});

test('the first difference is named: the step, and what each does there', () => {
  const before = sent().step;
  const both = new Comparison(sent(), sent('mk send web user 2 0xa1a1'));
  expect(both.parting).toMatchObject({ step: before, before: '' });
  expect(both.bytesDiffer).toBeUndefined();
  expect(both.first).toBe(before + 1);
  expect(both.stepsA).toBe(before);
  expect(both.stepsB).toBeGreaterThan(before);
  const sentence = partingSentence(both, ['main', 'two']);
  expect(sentence).toContain(`They take the same ${before} steps; then in main nothing more`);
  expect(both.at(before).diff.shared).toEqual([]);
});

test('at a step, the slots that differ are there byte by byte, and the APICs register by register', () => {
  const both = new Comparison(sent('mk send web user 2 0xa1a1'), sent('mk send web user 2 0xb2b2'));
  expect(both.parting).toBeUndefined();
  expect(both.at(both.first!).diff).not.toEqual(NOTHING);
  expect(both.at(both.first! - 1).diff).toEqual(NOTHING);
  expect(partingSentence(both, ['a', 'b'])).toBe(
    `a and b take the same steps to their ends, but their bytes differ from step ${both.first} on.`,
  );
  const { diff, steps } = both.at(both.end);
  const [slot] = diff.shared;
  expect(slot?.name).toBe('slot 4 of web');
  const differing = [...slot!.a].flatMap((byte, i) => (byte === slot!.b[i] ? [] : [i]));
  expect(differing.map((i) => [slot!.a[i], slot!.b[i]])).toEqual([
    [0xa1, 0xb2],
    [0xa1, 0xb2],
  ]);
  expect(diff.cpus).toEqual([]);
  expect(diff.others.length).toBeGreaterThan(0);
  expect(steps.every(({ isSame }) => isSame)).toBe(true);
});

test('a pending interrupt is seen in the IRR of one and not of the other', () => {
  const line = (cpu: number): string => `mk send web user 2 0xa1a1 --cpu ${cpu}`;
  const both = new Comparison(sent(line(1)), sent(line(6)));
  const found: string[] = [];
  for (let at = both.nextChange(both.parting!.step); at !== undefined; at = both.nextChange(at))
    for (const { cpu, registers } of both.at(at).diff.cpus)
      for (const { name, a, b } of registers) if (a !== b) found.push(`cpu${cpu} ${name}`);
  expect(found).toContain('cpu1 ICR low');
  expect(found).toContain('cpu6 ICR low');
});

test('an IPI under way is a difference, from the step that sends it to the one that finds it arrived', () => {
  const line = (cpu: number): string => `mk send web user 2 0xa1a1 --cpu ${cpu}`;
  const both = new Comparison(sent(line(1)), sent(line(6)));
  const flying = new Map<string, number>();
  for (let at = both.nextChange(both.parting!.step); at !== undefined; at = both.nextChange(at))
    for (const flight of both.at(at).diff.flights) {
      const { what, from, to, a, b } = flight;
      flying.set(`${what} ${from} ${to} ${a ? 'a' : ''}${b ? 'b' : ''}`, at);
      const times = a ?? b!;
      expect(times.arrivesNs).toBeGreaterThan(times.sentNs);
    }
  expect([...flying.keys()].sort()).toEqual(['vector 0xea 1 4 a', 'vector 0xea 6 4 b']);
  const last = Math.max(...flying.values());
  expect(both.at(both.nextChange(last)!).diff.flights).toEqual([]);
});

test('runs that part by the way of an IPI differ at once, and it is all that differs', () => {
  const other = playOut(lessonRun(TEXT, { seed: 8 }));
  const both = new Comparison(sent(), other);
  expect(both.bytesDiffer).toBeUndefined();
  const { diff } = both.at(both.first!);
  expect(diff).toMatchObject({ ...NOTHING, flights: [{ what: 'INIT', from: 0, to: 4 }] });
  const [{ a, b }] = diff.flights as [FlightDiff];
  expect(a!.sentNs).toBe(b!.sentNs);
  expect(both.parting!.before).toContain(`arrives at ${a!.arrivesNs} ns`);
  expect(both.parting!.now).toContain(`arrives at ${b!.arrivesNs} ns`);
  expect(both.at(both.first! - 1).diff).toEqual(NOTHING);
});

test('what both do at different times is said with the times', () => {
  const parting = {
    ...{ timeNs: 7, step: 3, cpu: 1, before: 'cpu1 waits', now: 'cpu1 waits' },
    times: [5, 7] as const,
  };
  expect(partingSentence({ parting, bytesDiffer: undefined }, ['a', 'b'])).toBe(
    'They take the same 3 steps; then cpu1 waits, in a at 5 ns and in b at 7 ns.',
  );
});

test('lanes say who took steps when', () => {
  const both = new Comparison(sent(), sent('mk send web user 2 0xa1a1 --cpu 6'));
  const { cpus, a, b, bins } = both.lanes(0, both.end, 100);
  const lane = cpus.indexOf(6);
  expect(a.slice(lane * bins, (lane + 1) * bins).every((cell) => cell === 0)).toBe(true);
  expect(b.slice(lane * bins, (lane + 1) * bins).some((cell) => cell === 1)).toBe(true);
  expect(() => both.lanes(5, 5, 10)).toThrow('nothing to draw');
});

/** The same lesson but for one command in its second stop; its third one is the same again. */
const threeStops = (line: string): Run =>
  playOut(
    lessonRun(
      `${BOOT('user')}# Two\n${block('console host', line)}\n# Three\n${block('console host', 'mk send web user 9 0x99')}`,
    ),
  );

test('aligned by stop, the stop behind the parting begins beside itself', () => {
  const [short, long] = [
    'mk send web user 1 0x01',
    'mk send web user 1 0x01\nmk send web user 2 0x02',
  ];
  const both = new Comparison(threeStops(short), threeStops(long));
  expect(both.stepsA).toBeLessThan(both.stepsB);
  const byStep = both.at(both.end);
  expect(byStep).toMatchObject({ stepA: both.stepsA, stepB: both.stepsB });
  const { first } = both;

  both.align = 'stop';
  expect(both.first).toBe(first);
  const third = both.stretches[2]!;
  expect(third.stepsA).toBe(third.stepsB);
  const begin = both.at(third.at);
  expect(begin).toMatchObject({ stepA: third.fromA, stepB: third.fromB, label: '3·0' });
  expect(begin.stepB - begin.stepA).toBe(both.stepsB - both.stepsA);
  // The same command: what each does from here on is the same, step by step.
  const ahead = begin.steps.filter(({ step }) => step >= third.at);
  expect(ahead.length).toBeGreaterThan(4);
  expect(ahead.every(({ isSame, a }) => isSame && a !== '')).toBe(true);
  expect(ahead[0]!.label).toBe('3·1');
  // In the stop before, the shorter run waits at its end.
  const before = both.at(third.at - 1);
  expect(before.stepA).toBe(third.fromA);
  expect(before.stepB).toBe(third.fromB - 1);
});

test('what is different at the end of each stop', () => {
  const both = new Comparison(
    threeStops('mk send web user 1 0xa1'),
    threeStops('mk send web user 1 0xb2'),
  );
  const [one, two, three, ...more] = both.stopEnds();
  expect(more).toEqual([]);
  expect(one).toMatchObject({ stop: 0, registers: 0, shared: 0, others: 0 });
  expect(two).toMatchObject({ stop: 1, title: 'Two', shared: 1 });
  // The last message lies over both.
  expect(three).toMatchObject({ stop: 2, title: 'Three', shared: 0 });
});
