import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { MIB } from '../../sim/base/units.ts';
import { booting } from '../../sim/scenarios/booting.ts';
import { exploreRun } from '../../sim/scenarios/explore.ts';
import type { WorldOptions } from '../../sim/world/explore/world-explorer.ts';
import { playedTo, readPoint } from '../explore/point.ts';
import { exploreOnThreads } from '../explore/pool.ts';
import { WrongUsage, type Io } from '../verb.ts';

const FILE = 'bench.md';
/** Searches before the one that counts, so that the engine has compiled what it will. */
const WARM_UP = 1;
const FOUR_STATES_MAX = 5_000_000;
const SAMPLE_MS = 20;
const WORKERS_MAX = 64;

/**
 * `bench explore [--workers N]`: three senders to one slot, every interleaving, outcomes on, nothing
 * left out; then what reductions leave of it, and four senders up to 5,000,000 states on 1 and 2 workers
 * with the most memory the process had meanwhile.
 */
export async function benchExplore(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { workers: { type: 'string' } } });
  const workers = Number(values.workers ?? 1);
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX)
    throw new WrongUsage(`--workers is a whole number from 1 to ${WORKERS_MAX}`);
  const three = workers === 1 ? alone({}) : await shared(3, workers, Infinity);
  const result = {
    bench: 'explore',
    ...{ senders: 3, workers, ...three },
    reduced_states: {
      commutes: alone({ commutes: true }).states,
      renames: alone({ renames: true }).states,
      both: alone({ commutes: true, renames: true }).states,
    },
    four_senders: [await shared(4, 1, FOUR_STATES_MAX), await shared(4, 2, FOUR_STATES_MAX)],
  };
  io.stdout(`${JSON.stringify(result)}\n`);
  return 0;
}

/** Three senders on this thread; the last of a few searches counts. */
function alone(options: WorldOptions) {
  const first = exploreRun(playedTo(readPoint(scenarioOf(3), FILE)), options);
  while (first.run());
  let search = first;
  let seconds = 0;
  for (let n = 0; n < WARM_UP; n++) {
    search = first.again(options);
    const began = performance.now();
    while (search.run());
    seconds = (performance.now() - began) / 1000;
  }
  const { states, transitions, outcomes, complete } = search.explorer;
  return { states, transitions, complete, outcomes: outcomes.length, ...rate(states, seconds) };
}

/** Several senders on threads of their own. */
async function shared(senders: number, workers: number, statesMax: number) {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const scenario = { text: scenarioOf(senders), file: FILE };
  const found = await exploreOnThreads(scenario, workers, statesMax);
  clearInterval(timer);
  const { states, transitions, complete, tally, seconds } = found;
  return {
    ...{ workers, states, transitions, complete, outcomes: tally.outcomes },
    ...rate(states, seconds),
    peak_mib: Math.round(peak / MIB),
  };
}

const rate = (states: number, seconds: number) => ({
  seconds: Number(seconds.toFixed(4)),
  per_second: Math.round(states / seconds),
});

const SUBTYPES = ['heartbeat', 'shutdown', '0x3003', '0x3004'];
const PAYLOADS = ['0xa1a1a1a1', '0xb2b2b2b2', '0xc3c3c3c3', '0xd4d4d4d4'];

/** CPUs 1, 2 … of the host each hold back one message to the same slot. */
function scenarioOf(senders: number): string {
  const receiver = Math.max(4, senders + 1);
  const sends = Array.from(
    { length: senders },
    (_, i) => `mk send web-server system ${SUBTYPES[i]} ${PAYLOADS[i]} --cpu ${i + 1} --hold`,
  );
  return `---
title: Race
machine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }
---
${booting('web-server', String(receiver), 'system')}\`\`\`console host
${sends.join('\n')}
\`\`\`
\`\`\`explore
\`\`\`
`;
}
