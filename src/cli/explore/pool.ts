import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { assert, SimBug } from '../../sim/base/assert.ts';
import type { Parcel } from '../../sim/engine/shard.ts';
import type { Tally } from '../../sim/scenarios/explore.ts';
import { buffersOf, type Answer, type Ask, type Counts, type Start } from './thread.ts';

/** What several threads found together; there are no schedules. */
export interface PoolFindings {
  readonly states: number;
  readonly transitions: number;
  readonly complete: boolean;
  readonly seconds: number;
  readonly tally: Tally & { readonly outcomes: number };
}

/** Starts the body of a thread from the module that has it, whatever the bundler called its file. */
const BODY = `import(require('node:worker_threads').workerData.module).then((it) => it.serve())`;

/**
 * Explores a scenario on several threads. States are shared out by their content; threads go round by
 * round, and hand each other what is not theirs.
 */
export async function exploreOnThreads(
  scenario: Pick<Start, 'text' | 'file'>,
  threads: number,
  statesMax: number,
): Promise<PoolFindings> {
  const { MODULE, serve } = await import('./module.ts');
  // Named here, or the bundler would leave out what only threads call.
  assert(typeof serve === 'function', 'a thread has something to run');
  const pool = Array.from({ length: threads }, (_, me) => {
    const workerData = { ...scenario, me, of: threads, module: MODULE };
    return new Thread(new Worker(BODY, { eval: true, workerData }));
  });
  try {
    let counts = await Promise.all(pool.map((thread) => thread.next('ready')));
    const began = performance.now();
    const each = Math.ceil(statesMax / threads);
    while (counts.some(({ open }) => open > 0) && sum(counts, 'states') < statesMax)
      counts = await round(pool, each);
    const seconds = (performance.now() - began) / 1000;
    const found = await Promise.all(
      pool.map((thread) => thread.ask({ kind: 'finish' }, 'finished')),
    );
    return {
      ...{ states: sum(counts, 'states'), transitions: sum(counts, 'transitions'), seconds },
      complete: counts.every(({ open }) => open === 0),
      tally: found.map(({ tally }) => tally).reduce(addTallies),
    };
  } finally {
    await Promise.all(pool.map((thread) => thread.end()));
  }
}

/** All threads expand what is new to them, then all receive what is theirs. */
async function round(pool: readonly Thread[], statesMax: number): Promise<Counts[]> {
  const packed = await Promise.all(
    pool.map((thread) => thread.ask({ kind: 'expand', statesMax }, 'expanded')),
  );
  const received = await Promise.all(
    pool.map((thread, me) => {
      const parcels = packed.map((each) => each.parcels[me]!);
      return thread.ask({ kind: 'receive', parcels }, 'received', parcels);
    }),
  );
  return received.map(({ counts }) => counts);
}

type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>;

/** One thread, asked one thing at a time. */
class Thread {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  ask<Kind extends Answer['kind']>(
    ask: Ask,
    kind: Kind,
    parcels: readonly Parcel[] = [],
  ): Promise<AnswerOf<Kind>> {
    const answer = this.#answer(kind);
    this.#worker.postMessage(ask, parcels.flatMap(buffersOf));
    return answer;
  }

  async next(kind: 'ready'): Promise<Counts> {
    return (await this.#answer(kind)).counts;
  }

  #answer<Kind extends Answer['kind']>(kind: Kind): Promise<AnswerOf<Kind>> {
    return new Promise((resolve, reject) => {
      const worker = this.#worker;
      const done = (): void => {
        worker.off('message', onMessage);
        worker.off('error', onError);
      };
      const onMessage = (answer: Answer): void => {
        done();
        if (answer.kind === kind) resolve(answer as AnswerOf<Kind>);
        else reject(new SimBug(`a thread answers ${answer.kind}, not ${kind}`));
      };
      const onError = (error: Error): void => {
        done();
        reject(error);
      };
      worker.on('message', onMessage);
      worker.on('error', onError);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

const sum = (counts: readonly Counts[], field: 'states' | 'transitions'): number =>
  counts.reduce((all, each) => all + each[field], 0);

const addTallies = <T extends Tally & { readonly outcomes: number }>(a: T, b: T): T => ({
  ...a,
  outcomes: a.outcomes + b.outcomes,
  lose: a.lose + b.lose,
  tear: a.tear + b.tear,
  invent: a.invent + b.invent,
  repeat: a.repeat + b.repeat,
});
