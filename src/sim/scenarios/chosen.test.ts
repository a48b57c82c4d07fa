import { expect, test } from 'vitest';
import { fc } from '../testing/properties.ts';
import { block, BOOT as BOOTED, lessonRun, playOut } from '../testing/lesson.ts';
import { booting } from './booting.ts';
import { choicesOf, scheduleOf } from './chosen.ts';
import { CONSOLE_WORK } from './consoles.ts';
import { newEvaluator } from './evaluator.ts';
import { parseScenario } from './parse.ts';
import { Run } from './run.ts';

const BOOT = `---
title: Choose
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
---
${booting('web', '4 5', 'system')}\`\`\`console host
mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold
mk send web system shutdown  0xb2b2b2b2 --cpu 6 --hold
\`\`\`
`;

function played(text: string, trace = true): Run {
  const run = new Run(parseScenario(text, 'choose.md'), { trace });
  run.consoles = CONSOLE_WORK;
  run.evaluator = newEvaluator();
  while (run.advance({ through: true }) !== 'ended');
  return run;
}

/** Chooses by the numbers given until nobody can move. */
function chooseBy(run: Run, numbers: readonly number[]): void {
  run.do({ kind: 'chosen', on: true });
  for (let n = 0; n < 400; n++) {
    const choices = choicesOf(run.world);
    if (choices.length === 0) return;
    const number = numbers[n % numbers.length]!;
    const choice = choices[number % choices.length]!;
    const take = choice.vector >= 0 && (choice.pc < 0 || number % 3 === 0);
    run.do({ kind: 'choose', cpu: choice.cpu, take });
  }
}

test('in chosen mode nothing moves until somebody chooses', () => {
  const run = played(BOOT);
  run.do({ kind: 'chosen', on: true });
  const { step } = run;
  expect(run.advance({ steps: 100, through: true })).toBe('chosen');
  expect(run.step).toBe(step);
  expect(choicesOf(run.world).map(({ cpu }) => cpu)).toEqual([1, 6]);
  run.do({ kind: 'choose', cpu: 6, take: false });
  expect(run.step).toBe(step + 1);
});

test('what cannot be chosen is refused in a sentence, and nothing is lost', () => {
  const run = played(BOOT);
  expect(() => run.do({ kind: 'choose', cpu: 1, take: false })).toThrow('time decides here');
  run.do({ kind: 'chosen', on: true });
  run.do({ kind: 'choose', cpu: 1, take: false });
  const hash = run.hash();
  expect(() => run.do({ kind: 'choose', cpu: 4, take: false })).toThrow('cpu4 has nothing to do');
  expect(() => run.do({ kind: 'choose', cpu: 1, take: true })).toThrow('no interrupt to take');
  expect(() => run.do({ kind: 'choose', cpu: 99, take: false })).toThrow('there is no cpu99');
  expect(run.hash()).toBe(hash);
  expect(run.state.picks).toHaveLength(1);
});

test('undo takes choices back one by one, to where it began', () => {
  const run = played(BOOT);
  run.do({ kind: 'chosen', on: true });
  const hashes = [run.hash()];
  for (const cpu of [1, 6, 1, 1, 6]) {
    run.do({ kind: 'choose', cpu, take: false });
    hashes.push(run.hash());
  }
  for (hashes.pop(); hashes.length > 0; hashes.pop()) {
    expect(run.undo()).toBe(true);
    expect(run.hash()).toBe(hashes.at(-1));
    expect(run.state.picks).toHaveLength(hashes.length - 1);
  }
  expect(run.undo()).toBe(false);
});

test('seeking goes through what was chosen', () => {
  const run = played(BOOT);
  chooseBy(run, [0, 1, 1, 0, 5]);
  const { step } = run;
  const hash = run.hash();
  run.seek(step - 7);
  expect(run.state.picks).not.toBeNull();
  run.seek(0);
  expect(run.state.picks).toBeNull();
  run.seek(step);
  expect(run.hash()).toBe(hash);
});

test('the choices made are a schedule that ends in the same effects', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }), (numbers) => {
      const run = played(BOOT, false);
      chooseBy(run, numbers);
      const lines = scheduleOf(run.world, run.state.picks ?? []);
      const again = played(`${BOOT}\n\`\`\`schedule\n${lines.join('\n')}\n\`\`\`\n`, false);
      expect(again.step).toBe(run.step);
      run.do({ kind: 'chosen', on: false });
      expect(again.hash()).toBe(run.hash());
    }),
    { numRuns: 15 },
  );
});

test('a run with the inputs of another one becomes that run', () => {
  const run = played(BOOT);
  chooseBy(run, [1, 0, 2]);
  run.do({ kind: 'chosen', on: false });
  run.type('host', 'mk send web system heartbeat 0x01');
  while (run.advance({ through: true }) !== 'typed');
  const again = new Run(run.scenario, { trace: false, inputs: run.inputs });
  again.consoles = CONSOLE_WORK;
  expect(again.goTo(run.spot)).toBe('steps');
  expect(again.hash()).toBe(run.hash());
});

test('a run goes back to the very spot at which it ended', () => {
  const run = played(BOOT);
  const again = new Run(run.scenario, { trace: false });
  again.consoles = CONSOLE_WORK;
  expect(again.goTo(run.spot)).toBe('steps');
  expect(again.state.ended).toBe(true);
});

test('lets stores become visible one by one on a machine with store buffers, and writes it down', () => {
  const text =
    `---\ntitle: T\nmachine: { ordering: tso }\n---\n${BOOTED('system')}` +
    block('console host', 'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold');
  const run = playOut(lessonRun(text));
  run.do({ kind: 'chosen', on: true });
  expect(() => run.do({ kind: 'choose', cpu: 1, take: false, drain: true })).toThrow(
    'cpu1 has no store to drain',
  );
  while (run.answers.cpu(1)!.stores < 2) run.do({ kind: 'choose', cpu: 1, take: false });
  const slot = run.answers.slot('web', undefined)!;
  expect(slot.data_size).toBe(0);
  const step = run.step;
  for (let n = 0; n < 2; n++) run.do({ kind: 'choose', cpu: 1, take: false, drain: true });
  expect(run.answers.slot('web', undefined)!.data_size).toBeGreaterThan(0);
  expect(run.step).toBe(step + 2);
  const lines = scheduleOf(run.world, run.state.picks ?? []);
  expect(lines.slice(-2)).toEqual(['cpu1 drain', 'cpu1 drain']);
  const hash = run.hash();
  expect(run.undo()).toBe(true);
  expect(run.answers.cpu(1)!.stores).toBe(1);
  run.do({ kind: 'choose', cpu: 1, take: false, drain: true });
  expect(run.hash()).toBe(hash);
  // What is left in the buffer is seen as soon as time decides again.
  run.undo();
  run.do({ kind: 'chosen', on: false });
  expect(run.answers.cpu(1)!.stores).toBe(0);
});
