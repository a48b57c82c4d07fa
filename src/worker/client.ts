import { Refused } from '../sim/base/assert.ts';
import type { Call, Calls, Failure, Port, Push, Reply } from './protocol.ts';

/** Asks the worker one of the questions of the protocol. */
export type Ask = <C extends Call>(call: C, ask: Calls[C]['ask']) => Promise<Calls[C]['answer']>;

/** A bug of ours that showed in the worker; `where` is the stack it left there. */
export class WorkerBug extends Error {
  override readonly name = 'WorkerBug';
  readonly where: string;

  constructor(why: string, where: string) {
    super(why);
    this.where = where;
  }
}

/** The worker is gone, and with it what was asked. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

export interface Client {
  readonly ask: Ask;
  /** Questions that wait for an answer. */
  readonly waiting: number;
  /** Gives up on every question that is open, and on all to come. */
  die(why: string): void;
}

interface Waiting {
  readonly resolve: (answer: Calls[Call]['answer']) => void;
  readonly reject: (why: Error) => void;
}

/** The page's only way to the simulation: questions with answers, and what comes unasked. */
export function connect(port: Port, onpush: (push: Push) => void): Client {
  const open = new Map<number, Waiting>();
  let dead = '';
  let last = 0;

  port.addEventListener('message', ({ data }) => {
    // Only our own worker is at the other end; the protocol is checked when it is compiled.
    const message = data as Reply | Push;
    if ('push' in message) {
      if (dead === '') onpush(message);
      return;
    }
    const waiting = open.get(message.id);
    open.delete(message.id);
    if ('failure' in message) waiting?.reject(errorOf(message.failure));
    else waiting?.resolve(message.answer);
  });

  return {
    get waiting() {
      return open.size;
    },
    ask: <C extends Call>(call: C, ask: Calls[C]['ask']) =>
      new Promise<Calls[C]['answer']>((resolve, reject) => {
        if (dead !== '') {
          reject(new WorkerDied(dead));
          return;
        }
        const id = ++last;
        // The answer to `id` is the one of `call`: the host replies to what it was asked.
        open.set(id, { resolve: resolve, reject });
        port.postMessage({ id, call, ask });
      }),
    die(why) {
      dead = why;
      for (const { reject } of open.values()) reject(new WorkerDied(why));
      open.clear();
    },
  };
}

/** A failure as the error to throw: the user's fault, or ours. */
export const errorOf = (failure: Failure): Error =>
  failure.kind === 'refused'
    ? new Refused(failure.why, failure.place)
    : new WorkerBug(failure.why, failure.stack);

/** How often somebody looks whether the worker is alive, while it owes an answer. */
const LOOK_MS = 5000;
/** How long it may be silent: longer than any slice of work of its own. */
const SILENCE_MAX_MS = 20_000;

/**
 * Watches over a worker that may hang: while a question is open it is asked for a sign of life now
 * and then, and `onhang` is called when none came for {@link SILENCE_MAX_MS}. Returns how to stop.
 */
export function watchOver(client: Client, onhang: (why: string) => void): () => void {
  let asked: number | undefined;
  const timer = setInterval(() => {
    if (asked !== undefined) {
      if (performance.now() - asked < SILENCE_MAX_MS) return;
      clearInterval(timer);
      onhang(`it has not answered for ${SILENCE_MAX_MS / 1000} seconds`);
      return;
    }
    if (client.waiting === 0) return;
    asked = performance.now();
    client.ask('ping', {}).then(
      () => (asked = undefined),
      // It died, and that is noticed elsewhere.
      () => clearInterval(timer),
    );
  }, LOOK_MS);
  return () => clearInterval(timer);
}
