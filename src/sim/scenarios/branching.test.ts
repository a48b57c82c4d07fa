import { fc } from '../testing/properties.ts';
import { expect, test } from 'vitest';
import { Refused } from '../base/assert.ts';
import { block, BOOT } from '../testing/lesson.ts';
import { ready } from '../testing/world.ts';
import { readBranches, writeBranches } from './branch-record.ts';
import { Branching } from './branching.ts';
import { currentOf, NAME_MAX, type Settings, type Tree } from './branches.ts';
import { choicesOf } from './chosen.ts';
import { parseScenario } from './parse.ts';
import { Run } from './run.ts';
import type { Reason } from './run-parts.ts';

const TEXT = `---\ntitle: T\n---\n${BOOT('user')}# Two\n${block('console host', 'mk send web user 1 0x01')}\n# Three${block('console host', 'echo three')}`;
const SCENARIO = parseScenario(TEXT, 'branches.md');
const SETTINGS: Settings = { seed: 1, profile: 'rfc-v2', glue: {}, own: [] };

const start = (settings = SETTINGS, inputs: Tree['branches'][number]['inputs'] = []): Run =>
  ready(new Run(SCENARIO, { ...settings, inputs, trace: true }));

const playOut = (run: Run): Run => {
  for (let reason: Reason = 'stop'; reason !== 'ended';) reason = run.advance({ through: true });
  return run;
};

/** Types, and waits until it is over. */
function typeOn(branching: Branching, kernel: string, line: string): void {
  branching.do({ kind: 'line', kernel, line });
  while (!['typed', 'ended', 'chosen'].includes(branching.run.advance({ through: true })));
}

function turn(branching: Branching, id: number): Run {
  const { branch, run } = branching.turnTo(id);
  const next = run ?? start(branch.settings, branch.inputs);
  if (!run) branching.adopt(id, next);
  next.goTo(branch.spot);
  return next;
}

/** To a moment of the past at which nobody is busy. */
function idle({ run }: Branching, stop = 1): void {
  run.goToStop(stop);
}

const names = ({ tree }: Branching): string[] => tree.branches.map(({ name }) => name);

test('a line typed at an earlier moment leaves the future that was as a branch', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const { run } = branching;
  const end = run.step;
  const hash = run.hash();
  run.seek(Math.floor(end / 2));
  typeOn(branching, 'host', 'echo hello');
  branching.grow();
  expect(names(branching)).toEqual(['main', 'host: echo hello']);
  expect(currentOf(branching.tree).parent).toBe(0);
  expect(branching.tree.branches[0]).toMatchObject({ hash, spot: { step: end }, inputs: [] });
  expect(turn(branching, 0).hash()).toBe(hash);
  expect(run.step).toBe(end);
  expect(currentOf(branching.tree).name).toBe('main');
});

test('a line typed where the run ends makes no branch', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  typeOn(branching, 'host', 'echo one');
  typeOn(branching, 'host', 'true');
  expect(names(branching)).toEqual(['main']);
});

test('what is refused makes no branch and loses nothing', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const { run } = branching;
  const end = run.step;
  run.seek(end - 20);
  expect(() => branching.do({ kind: 'choose', cpu: 1, take: false })).toThrow(Refused);
  expect(names(branching)).toEqual(['main']);
  expect(run.stepEnd).toBe(end);
});

test('the same choice again leads along the branch, another one makes a branch', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const { run } = branching;
  typeOn(branching, 'host', 'mk send web user 2 0x02 --cpu 1 --hold');
  typeOn(branching, 'host', 'mk send web user 3 0x03 --cpu 6 --hold');
  branching.do({ kind: 'chosen', on: true });
  for (let n = 0; n < 6; n++) branching.do({ kind: 'choose', cpu: 1, take: false });
  run.undo();
  run.undo();
  branching.do({ kind: 'choose', cpu: 1, take: false });
  expect(names(branching)).toEqual(['main']);
  branching.do({ kind: 'choose', cpu: 6, take: false });
  expect(branching.tree.branches).toHaveLength(2);
  expect(currentOf(branching.tree).name).toMatch(/^cpu6 /);
  expect(branching.tree.branches[0]!.inputs).toHaveLength(9);
});

test('a moment before a branch begins belongs to the one it grows from', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  idle(branching, 2);
  typeOn(branching, 'host', 'echo late');
  idle(branching);
  typeOn(branching, 'host', 'echo early');
  expect(branching.tree.branches.map(({ name, parent }) => [name, parent])).toEqual([
    ['main', null],
    ['host: echo late', 0],
    ['host: echo early', 0],
  ]);
});

test('other settings are a branch that is named after what is different', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const ring = { ...SETTINGS, profile: 'ring-n1', seed: 9, glue: { 'spawn-copy': false } };
  branching.restart(start(ring), ring);
  expect(currentOf(branching.tree).name).toBe('ring-n1, seed 9, without spawn-copy');
  const { hash } = branching.tree.branches[0]!;
  expect(turn(branching, 0).hash()).toBe(hash);
});

test('a lesson that is started over keeps what it had come to', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const end = branching.run.step;
  branching.restart(start(), SETTINGS);
  expect(names(branching)).toEqual(['main']);
  playOut(branching.run);
  idle(branching);
  branching.restart(start(), SETTINGS);
  branching.run.goToStop(1);
  typeOn(branching, 'host', 'echo again');
  expect(names(branching)).toEqual(['main', 'host: echo again']);
  expect(branching.tree.branches[0]!.spot.step).toBe(end);
});

test('names are unique, not empty and not endless', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  const again = (): void => {
    idle(branching);
    typeOn(branching, 'host', `echo ${'x'.repeat(90)}`);
  };
  again();
  again();
  const [, one, two] = names(branching);
  expect(one).toHaveLength(NAME_MAX);
  expect(two).toHaveLength(NAME_MAX);
  expect(two).toMatch(/ 2$/);
  branching.rename(1, '  mine ');
  expect(names(branching)[1]).toBe('mine');
  expect(() => branching.rename(2, 'mine')).toThrow('there is a branch mine already');
  expect(() => branching.rename(2, ' ')).toThrow('a branch needs a name');
  expect(() => branching.rename(2, 'y'.repeat(NAME_MAX + 1))).toThrow('at most 60 characters');
  expect(() => branching.rename(9, 'z')).toThrow('there is no such branch any more');
});

test('a branch that is deleted hands on what grew from it, and comes back whole', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  idle(branching);
  typeOn(branching, 'host', 'echo one');
  playOut(branching.run);
  idle(branching, 2);
  typeOn(branching, 'host', 'echo two');
  const before = branching.tree;
  expect(before.branches.map(({ parent }) => parent)).toEqual([null, 0, 1]);
  branching.remove(1);
  expect(branching.tree.branches.map(({ parent }) => parent)).toEqual([null, 0]);
  expect(branching.putBack()).toBe(true);
  expect(branching.tree).toEqual(before);
  expect(branching.putBack()).toBe(false);
  expect(() => branching.remove(0)).toThrow('the first branch stays');
  expect(() => branching.remove(2)).toThrow('this branch runs');
});

/** A deed drawn from numbers: a walk, a line, choices, a switch, a deletion and back. */
function deed(branching: Branching, kind: number, draw: number): void {
  const { run, tree } = branching;
  switch (kind) {
    case 0:
      run.seek(Math.max(0, run.step - (draw % 300)));
      return;
    case 1:
      run.advance({ steps: draw % 500, through: true });
      return;
    case 2:
    case 3: {
      const on = draw % 2 ? 'host' : 'web';
      if (run.state.typing !== null || !run.world.isRunning(on)) return;
      branching.do({ kind: 'line', kernel: on, line: draw % 3 ? `echo ${draw}` : 'mk listen io' });
      run.advance({ steps: draw % 900, through: true });
      return;
    }
    case 4:
      if (run.world.machine.flights.count === 0 && !run.state.schedule)
        branching.do({ kind: 'chosen', on: !run.state.picks });
      return;
    case 5: {
      const choices = run.state.picks ? choicesOf(run.world) : [];
      const choice = choices[draw % Math.max(1, choices.length)];
      if (choice) branching.do({ kind: 'choose', cpu: choice.cpu, take: choice.pc < 0 });
      return;
    }
    case 6:
      turn(branching, tree.branches[draw % tree.branches.length]!.id);
      return;
    default: {
      const { id, parent } = tree.branches[draw % tree.branches.length]!;
      if (parent === null || id === tree.current) return;
      branching.remove(id);
      if (draw % 2) branching.putBack();
    }
  }
}

/** What is refused changes nothing. */
function tried(branching: Branching, kind: number, draw: number): void {
  const { tree } = branching;
  try {
    deed(branching, kind, draw);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    expect(branching.tree.branches).toHaveLength(tree.branches.length);
  }
}

test('each branch always replays to the state it was recorded in', () => {
  const deeds = fc.array(fc.tuple(fc.nat(7), fc.nat(9999)), { minLength: 4, maxLength: 24 });
  fc.assert(
    fc.property(deeds, (list) => {
      const branching = new Branching(playOut(start()), SETTINGS);
      for (const [kind, draw] of list) tried(branching, kind, draw);
      const { branches } = branching.grow();
      for (const { id, hash, spot, parent, fork } of branches) {
        const run = turn(branching, id);
        expect(run.hash()).toBe(hash);
        expect(run.step).toBe(spot.step);
        const fresh = start(SETTINGS, branches.find((each) => each.id === id)!.inputs);
        fresh.goTo(spot);
        expect(fresh.hash()).toBe(hash);
        if (parent === null) continue;
        const stem = branches.find((each) => each.id === parent)!;
        expect(branches.indexOf(stem)).toBeLessThan(branches.findIndex((each) => each.id === id));
        expect(fork.inputs).toBeLessThanOrEqual(stem.inputs.length);
      }
    }),
    { numRuns: 25 },
  );
});

test('a tree that is broken is refused with the part that is wrong', () => {
  const branching = new Branching(playOut(start()), SETTINGS);
  idle(branching);
  typeOn(branching, 'host', 'echo kept');
  const tree = branching.grow();
  const { inputs } = currentOf(tree);
  const whole = JSON.parse(JSON.stringify(writeBranches(tree))) as { list: object[] };
  const read = (change: object): Tree =>
    readBranches({ ...whole, ...change }, { ...SETTINGS, inputs });
  expect(read({})).toEqual(tree);
  const [main, kept] = whole.list;
  const broken: readonly object[] = [
    { list: [] },
    { list: 'x' },
    { current: 7 },
    { current: 0 },
    { next: 1 },
    { list: [kept, main] },
    { list: [main, { ...kept, name: 'main' }] },
    { list: [main, { ...kept, name: ' ' }] },
    { list: [main, { ...kept, id: 0 }] },
    { list: [main, { ...kept, parent: 9 }] },
    { list: [main, { ...kept, fork: { step: 1, inputs: 5 } }] },
    { list: [main, { ...kept, inputs: [] }] },
    { list: [{ ...main, settings: undefined }, kept] },
  ];
  for (const change of broken)
    expect(() => read(change), JSON.stringify(change).slice(0, 80)).toThrow(
      /^this session is broken: /,
    );
});
