import { connect, watchOver, WorkerDied, type Ask, type Client } from '../../worker/client.ts';
import type { Port, Push } from '../../worker/protocol.ts';

/** A worker, or whatever answers like one. */
export interface Worked {
  readonly port: Port;
  /** Calls back when the worker cannot go on. */
  readonly onend: (ended: (why: string) => void) => void;
  readonly close: () => void;
}

/** The post of the one who simulates: a worker is hired for it, watched over, and may be lost. */
export class WorkerPost {
  readonly #start: () => Worked;
  readonly #heard: (push: Push) => void;
  readonly #lost: (why: string) => void;
  #worked: Worked | undefined;
  #client: Client | undefined;
  #stopWatching: () => void = () => undefined;

  /** `heard` is told what the worker says unasked, `lost` why it is gone: the post is empty then. */
  constructor(start: () => Worked, heard: (push: Push) => void, lost: (why: string) => void) {
    this.#start = start;
    this.#heard = heard;
    this.#lost = lost;
  }

  /** Asks the worker anything; rejects with `Refused` when it is the visitor's doing. */
  readonly ask: Ask = (call, ask) => {
    if (!this.#client) return Promise.reject(new WorkerDied('the simulation has stopped'));
    return this.#client.ask(call, ask);
  };

  hire(): void {
    const worked = this.#start();
    const client = connect(worked.port, this.#heard);
    this.#worked = worked;
    this.#client = client;
    const ended = (why: string): void => {
      if (this.#client !== client) return;
      this.#stopWatching();
      client.die(why);
      worked.close();
      this.#lost(why);
    };
    this.#stopWatching = watchOver(client, ended);
    worked.onend(ended);
  }

  close(): void {
    this.#stopWatching();
    this.#worked?.close();
  }
}

/** Time after the last thing done before it is written down, in ms. */
const RECORD_MS = 250;

/**
 * The run as it was recorded last, to be opened again in another worker. A worker that dies of
 * something never gets to writing that down.
 */
export class SafeCopy {
  readonly #ask: Ask;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** '' for none. */
  text = '';

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Something was done: has the worker write it down, a moment after the last of it. */
  readonly note = (): void => {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#ask('record', { branches: true }).then(
        (text) => (this.text = text),
        // It died meanwhile, which is noticed elsewhere; what was written before still counts.
        () => undefined,
      );
    }, RECORD_MS);
  };

  stop(): void {
    clearTimeout(this.#timer);
  }
}
