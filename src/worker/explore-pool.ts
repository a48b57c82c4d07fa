import { SimBug } from '../sim/base/assert.ts';
import type { ShardState } from '../sim/engine/shard.ts';
import type {
  ExploreAsk,
  Explored,
  ExploreProgress,
  Hired,
  ShardAsk,
  ShardCounts,
  ShardOutcome,
  ShardTell,
} from './explore-protocol.ts';
import { buffersOf } from './explore-shard.ts';
import type { Failure } from './protocol.ts';

/** States a thread takes the actions of before all exchange what they found. */
const SLICE_STATES = 16_384;

/** A thread of the pool has failed, and what of. */
export class PoolFailed extends Error {
  readonly failure: Failure;
  /** Only one thread can do this search. */
  readonly hasGrown: boolean;

  constructor(failure: Failure, hasGrown: boolean) {
    super(failure.why);
    this.failure = failure;
    this.hasGrown = hasGrown;
  }
}

/** One thread, asked one thing at a time. */
class Helper {
  readonly #hired: Hired;
  #answered: (tell: ShardTell) => void = () => undefined;
  #died: (why: string) => void = () => undefined;
  #isDead = '';

  constructor(hired: Hired) {
    this.#hired = hired;
    // Only our own worker is at the other end; the protocol is checked when it is compiled.
    hired.port.addEventListener('message', ({ data }) => this.#answered(data as ShardTell));
    hired.onend((why) => {
      this.#isDead = why || 'it gave no reason';
      this.#died(this.#isDead);
    });
  }

  ask<Kind extends ShardTell['kind']>(
    ask: ShardAsk,
    kind: Kind,
  ): Promise<Extract<ShardTell, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      this.#died = (why) =>
        reject(
          new PoolFailed(
            { kind: 'refused', why: `one of the threads that explore has ended: ${why}` },
            false,
          ),
        );
      if (this.#isDead !== '') return this.#died(this.#isDead);
      this.#answered = (tell) => {
        if (tell.kind === kind) resolve(tell as Extract<ShardTell, { kind: Kind }>);
        else if (tell.kind === 'failure') reject(new PoolFailed(tell.failure, tell.hasGrown));
        else reject(new SimBug(`a thread answers ${tell.kind}, not ${kind}`));
      };
      const buffers = ask.kind === 'receive' ? buffersOf(ask.parcels) : [];
      this.#hired.port.postMessage(ask, buffers);
    });
  }

  close(): void {
    this.#hired.close();
  }
}

/** All that several threads found. */
export interface PoolFindings extends Pick<Explored, 'complete' | 'stopped' | 'tally' | 'effects'> {
  readonly outcomes: readonly ShardOutcome[];
  /** Per property, the schedule that decides it; null for none. Open: nobody could tell. */
  readonly decided: readonly {
    readonly schedule: readonly number[] | null;
    readonly isOpen: boolean;
  }[];
  readonly hang: readonly number[] | undefined;
}

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;
type Counted = Omit<ExploreProgress, 'seconds' | 'workers'>;

/**
 * A search shared by several threads: each keeps the states whose content falls to it. They go round by
 * round, an action deeper each time, in slices, and hand each other what is not theirs.
 */
export class ExplorePool {
  readonly #helpers: readonly Helper[];
  readonly #begin: Begin;
  #counts: readonly ShardCounts[] = [];

  constructor(hire: () => Hired, begin: Begin) {
    this.#begin = begin;
    this.#helpers = Array.from({ length: begin.workers }, () => new Helper(hire()));
  }

  /** Searches to the end or to a limit; `between` is waited for after each slice. */
  async search(between: (counted: Counted) => Promise<void>): Promise<PoolFindings> {
    const of = this.#helpers.length;
    const ready = await this.#all(
      (me) => ({ kind: 'shard', begin: this.#begin, me, of }) as const,
      'ready',
    );
    this.#counts = ready.map(({ counts }) => counts);
    let stopped = this.#stopped();
    for (let isNewRound = true; this.#open() > 0 && stopped === null;) {
      const statesMax = Math.ceil(this.#begin.statesMax / of);
      const ask = { kind: 'expand', statesMax, slice: SLICE_STATES, isNewRound } as const;
      const expanded = await this.#all(() => ask, 'expanded');
      const received = await this.#all(
        (me) => ({ kind: 'receive', parcels: expanded.map((each) => each.parcels[me]!) }) as const,
        'received',
      );
      this.#counts = received.map(({ counts }) => counts);
      isNewRound = this.#counts.every(({ isRoundOver }) => isRoundOver);
      stopped = this.#stopped();
      await between(this.counted);
    }
    return this.#finish(stopped);
  }

  get counted(): Counted {
    return {
      ...{ states: this.#sum('states'), expanded: this.#sum('expanded') },
      ...{ transitions: this.#sum('transitions'), outcomes: this.#sum('outcomes') },
      bytes: this.#sum('bytes'),
    };
  }

  async #finish(stopped: Explored['stopped']): Promise<PoolFindings> {
    const found = await this.#all(() => ({ kind: 'finish' }) as const, 'finished');
    const { effects, outcomes } = merged(found);
    const hangs = found.map(({ hang }, shard) => ({ shard, state: hang }));
    return {
      ...{ complete: this.#open() === 0, stopped: this.#open() === 0 ? null : stopped },
      ...{ effects, outcomes, tally: found.map(({ tally }) => tally).reduce(addTallies) },
      decided: await Promise.all(
        found[0]!.decided.map(async (_, property) => {
          const all = found.map(({ decided }, shard) => ({ shard, ...decided[property]! }));
          const way = await this.#shortest(all);
          return { schedule: way ?? null, isOpen: all.some(({ isOpen }) => isOpen) && !way };
        }),
      ),
      hang: await this.#shortest(hangs),
    };
  }

  /** Of the ways to these states, a shortest one; those below 0 are none. */
  async #shortest(states: readonly ShardState[]): Promise<number[] | undefined> {
    const ways: number[][] = [];
    for (const each of states) if (each.state >= 0) ways.push(await this.schedule(each));
    return ways.sort((a, b) => a.length - b.length)[0];
  }

  /** The actions that lead to a state. */
  readonly schedule = (to: ShardState): Promise<number[]> => {
    const way = this.#tracing.then(() => this.#trace(to));
    this.#tracing = way.catch(() => undefined);
    return way;
  };
  /** Threads are asked one thing at a time. */
  #tracing: Promise<unknown> = Promise.resolve();

  async #trace(to: ShardState): Promise<number[]> {
    let way: number[] = [];
    for (let at: ShardState | null = to; at;) {
      const ask: ShardAsk = { kind: 'trace', state: at.state };
      const { actions, before }: Extract<ShardTell, { kind: 'traced' }> = await this.#helpers[
        at.shard
      ]!.ask(ask, 'traced');
      way = [...actions, ...way];
      at = before;
    }
    return way;
  }

  close(): void {
    for (const helper of this.#helpers) helper.close();
  }

  #all<Kind extends ShardTell['kind']>(
    ask: (me: number) => ShardAsk,
    kind: Kind,
  ): Promise<Extract<ShardTell, { kind: Kind }>[]> {
    return Promise.all(this.#helpers.map((helper, me) => helper.ask(ask(me), kind)));
  }

  #stopped(): Explored['stopped'] {
    const { statesMax, bytesMax } = this.#begin;
    if (this.#sum('bytes') > bytesMax) return 'memory';
    return this.#sum('states') >= statesMax ? 'states' : null;
  }

  #open = (): number => this.#sum('states') - this.#sum('expanded');

  #sum(field: 'states' | 'expanded' | 'transitions' | 'outcomes' | 'bytes'): number {
    return this.#counts.reduce((all, each) => all + each[field], 0);
  }
}

/** Endings of all threads, shortest first, with one numbering of their effects. */
function merged(
  found: readonly Extract<ShardTell, { kind: 'finished' }>[],
): Pick<PoolFindings, 'effects' | 'outcomes'> {
  const effects: PoolFindings['effects'][number][] = [];
  const numbers = new Map<string, number>();
  const numberOf = (effect: (typeof effects)[number]): number => {
    const key = JSON.stringify(effect);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, effects.length);
    return effects.push(effect) - 1;
  };
  const outcomes = found.flatMap(({ effects: own, outcomes: rows }) => {
    const to = own.map(numberOf);
    return rows.map((row) => ({ ...row, effects: row.effects.map((effect) => to[effect]!) }));
  });
  return { effects, outcomes: outcomes.sort((a, b) => a.steps - b.steps) };
}

const addTallies = (a: Explored['tally'], b: Explored['tally']): Explored['tally'] => ({
  outcomes: a.outcomes + b.outcomes,
  lose: a.lose + b.lose,
  tear: a.tear + b.tear,
  invent: a.invent + b.invent,
  repeat: a.repeat + b.repeat,
});
