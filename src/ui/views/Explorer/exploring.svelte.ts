import { errorOf } from '../../../worker/client.ts';
import type {
  ExploreAsk,
  Explored,
  ExploreProgress,
  ExploreTell,
} from '../../../worker/explore-protocol.ts';
import type { Port } from '../../../worker/protocol.ts';

/** A worker, or whatever answers like one. */
export interface ExploreWorker {
  readonly port: Port;
  readonly onend: (ended: (why: string) => void) => void;
  readonly close: () => void;
}

export type Detail = Extract<ExploreTell, { kind: 'detail' }>;
export type Begin = Extract<ExploreAsk, { kind: 'begin' }>;

/** An exploration as the page sees it: how far it is, what it found, and one ending looked at. */
export class Exploring {
  progress: ExploreProgress | undefined = $state.raw();
  explored: Explored | undefined = $state.raw();
  detail: Detail | undefined = $state.raw();
  paused = $state(false);
  /** Why it cannot go on; '' while it can. */
  failure = $state('');
  /** Bytes it may use. */
  readonly bytesMax: number;
  readonly #worker: ExploreWorker;
  #end: () => void = () => undefined;
  /** Resolves when all was found, it failed, or it was closed. */
  readonly over = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(hire: () => ExploreWorker, begin: Begin) {
    this.bytesMax = begin.bytesMax;
    this.#worker = hire();
    this.#worker.port.addEventListener('message', ({ data }) => {
      // Only our own worker is at the other end; the protocol is checked when it is compiled.
      this.#hear(data as ExploreTell);
    });
    this.#worker.onend((why) => {
      this.failure = why;
      this.#end();
    });
    this.#say(begin);
  }

  readonly running: boolean = $derived(!this.explored && this.failure === '');

  togglePause(): void {
    this.paused = !this.paused;
    this.#say({ kind: this.paused ? 'pause' : 'resume' });
  }

  look(outcome: number): void {
    this.#say({ kind: 'detail', outcome });
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.#worker.close();
    this.#end();
  }

  #say(ask: ExploreAsk): void {
    this.#worker.port.postMessage(ask);
  }

  #hear(tell: ExploreTell): void {
    switch (tell.kind) {
      case 'progress':
        this.progress = tell.progress;
        break;
      case 'explored':
        this.progress = tell.explored.progress;
        this.explored = tell.explored;
        this.#end();
        break;
      case 'detail':
        this.detail = tell;
        break;
      case 'failure':
        this.failure = errorOf(tell.failure).message;
        this.#end();
        break;
    }
  }
}
