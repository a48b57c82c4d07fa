import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { assert } from '../../sim/base/assert.ts';
import { Shard, type Parcel } from '../../sim/engine/shard.ts';
import { exploreRun, tallyEnds, type Tally } from '../../sim/scenarios/explore.ts';
import { readPoint, playedTo } from './point.ts';

/** What a thread is started with: the scenario, and which part of the states is its. */
export interface Start {
  readonly text: string;
  readonly file: string;
  readonly me: number;
  readonly of: number;
}
export type Ask =
  | { readonly kind: 'expand'; readonly statesMax: number }
  | { readonly kind: 'receive'; readonly parcels: readonly Parcel[] }
  | { readonly kind: 'finish' };
export type Answer =
  | { readonly kind: 'ready'; readonly counts: Counts }
  | { readonly kind: 'received'; readonly counts: Counts }
  | { readonly kind: 'expanded'; readonly parcels: readonly Parcel[] }
  | { readonly kind: 'finished'; readonly tally: Tally & { readonly outcomes: number } };
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  /** States whose actions were not taken yet. */
  readonly open: number;
}

/** The body of a thread: plays the scenario to its explore point, then answers round by round. */
export function serve(): void {
  assert(parentPort !== null, 'this runs in a thread');
  const { text, file, me, of } = workerData as Start; // `Pool` gives it.
  const search = exploreRun(playedTo(readPoint(text, file)));
  const shard = new Shard(search.model, me, of);
  const counts = (): Counts => ({
    ...{ states: shard.states, transitions: shard.transitions },
    open: shard.states - shard.expanded,
  });
  const port = parentPort;
  port.on('message', (ask: Ask) => {
    switch (ask.kind) {
      case 'expand': {
        const parcels = shard.expand(ask.statesMax);
        return post(port, { kind: 'expanded', parcels }, parcels.flatMap(buffersOf));
      }
      case 'receive':
        ask.parcels.forEach((parcel, from) => {
          if (from !== me) shard.receive(from, parcel);
        });
        return post(port, { kind: 'received', counts: counts() });
      case 'finish': {
        search.model.audit();
        const ends = [...shard.ends.keys()].map((end) => shard.seen.list(end));
        return post(port, { kind: 'finished', tally: tallyEnds(search, ends) });
      }
    }
  });
  post(port, { kind: 'ready', counts: counts() });
}

const post = (port: MessagePort, answer: Answer, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(answer, [...transfer]);

/** What can be handed over instead of copied. */
export const buffersOf = ({ blocks, sequences, states, ends }: Parcel): ArrayBuffer[] =>
  [...blocks.flatMap(({ lengths, words }) => [lengths, words]), sequences, states, ends].map(
    ({ buffer }) => buffer as ArrayBuffer, // `Shard` makes no shared ones.
  );
