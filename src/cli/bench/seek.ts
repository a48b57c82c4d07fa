import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { assert } from '../../sim/base/assert.ts';
import { nextRandom, seedRandom } from '../../sim/base/rng.ts';
import { booting } from '../../sim/scenarios/booting.ts';
import { buildFrame } from '../../sim/scenarios/build-frame.ts';
import { CONSOLE_WORK } from '../../sim/scenarios/consoles.ts';
import { parseScenario } from '../../sim/scenarios/parse.ts';
import { Run } from '../../sim/scenarios/run.ts';
import { WrongUsage, type Io } from '../verb.ts';

const STEPS_DEFAULT = 10_000_000;
const STEPS_MAX = 100_000_000;
const TARGETS = 200;
const SEED = 5;
const PAUSED = { playing: false, paused: '', stepsPerSecond: 0, hits: [] };

/**
 * `bench seek [--steps N]`: a run of that many steps with its trace, then 200 random moments of it,
 * each shown as a frame.
 */
export function benchSeek(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { steps: { type: 'string' } } });
  const steps = Number(values.steps ?? STEPS_DEFAULT);
  if (!Number.isInteger(steps) || steps < 1 || steps > STEPS_MAX)
    throw new WrongUsage(`--steps is a whole number from 1 to ${STEPS_MAX}`);
  const run = longRun(steps);
  const last = run.hash();
  const took: number[] = [];
  let random = seedRandom(SEED);
  for (let n = 0; n < TARGETS; n++) {
    random = nextRandom(random);
    const target = (random >>> 0) % steps;
    const began = performance.now();
    run.seek(target);
    const frame = buildFrame(run, PAUSED);
    took.push(performance.now() - began);
    assert(frame.step === target, `went to step ${target}`);
  }
  run.seek(steps);
  assert(run.hash() === last, 'the end is what it was');
  io.stdout(`${JSON.stringify(report(steps, took))}\n`);
  return Promise.resolve(0);
}

function report(steps: number, took: readonly number[]): object {
  const sorted = took.toSorted((a, b) => a - b);
  const seconds = took.reduce((sum, ms) => sum + ms, 0) / 1000;
  const at = (share: number): number =>
    Number(sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(3));
  return {
    bench: 'seek',
    steps,
    targets: took.length,
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    seconds: Number(seconds.toFixed(4)),
    per_second: Math.round(took.length / seconds),
  };
}

/** A host that floods another kernel, typed on its console. */
function longRun(steps: number): Run {
  const text = `---
title: Seek
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
---
${booting('web', '4 5', 'user')}`;
  const run = new Run(parseScenario(text, 'bench.md'), { trace: true });
  run.consoles = CONSOLE_WORK;
  while (run.advance({ through: true }) !== 'ended');
  run.type('host', `mk flood web --count ${Math.min(10_000_000, steps)}`);
  while (run.step < steps) run.advance({ steps: steps - run.step, through: true });
  return run;
}
