import type { Align } from '../../../sim/scenarios/alignment.ts';
import type { Moment } from '../../../sim/scenarios/comparison.ts';
import { errorOf } from '../../../worker/client.ts';
import type { CompareAsk, Compared, CompareTell, Side } from '../../../worker/compare-protocol.ts';
import type { Port } from '../../../worker/protocol.ts';

/** A worker, or whatever answers like one. */
export interface ComparingWorker {
  readonly port: Port;
  readonly onend: (ended: (why: string) => void) => void;
  readonly close: () => void;
}

/** Cells of a lane of the picture. */
const BINS = 480;

/** Two runs that are compared, as the page sees it. */
export class Comparing {
  compared: Compared | undefined = $state.raw();
  moment: Moment | undefined = $state.raw();
  /** A question waits for its answer. */
  busy = $state(true);
  /** Why it cannot go on; '' while it can. */
  failure = $state('');
  /** What a search came to that found nothing. */
  said = $state('');
  readonly #worker: ComparingWorker;
  #wish: number | undefined;
  #settle: () => void = () => undefined;
  /** Resolves when the two have been compared, or that failed. */
  readonly ready = new Promise<void>((resolve) => (this.#settle = resolve));

  constructor(hire: () => ComparingWorker, a: Side, b: Side) {
    this.#worker = hire();
    this.#worker.port.addEventListener('message', ({ data }) => {
      // Only our own worker is at the other end; the protocol is checked when it is compiled.
      this.#hear(data as CompareTell);
    });
    this.#worker.onend((why) => this.#fail(`the comparison stopped: ${why}`));
    this.#say({ kind: 'begin', a, b, bins: BINS });
  }

  /** Length of the axis. */
  readonly end: number = $derived(this.compared?.end ?? 0);

  /** Puts other moments beside each other. */
  align(by: Align): void {
    if (this.compared && by !== this.compared.align && !this.busy)
      this.#say({ kind: 'align', by, bins: BINS });
  }

  /** To a step. While one question is open only the newest wish is kept: drag as you like. */
  look(step: number): void {
    const wish = Math.min(Math.max(0, Math.round(step)), this.end);
    if (this.busy) this.#wish = wish;
    else this.#say({ kind: 'look', step: wish });
  }

  first(): void {
    if (this.compared?.first !== undefined) this.look(this.compared.first);
  }

  next(): void {
    if (!this.busy && this.moment) this.#say({ kind: 'next', step: this.moment.step });
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.#worker.close();
    this.#settle();
  }

  #say(ask: CompareAsk): void {
    this.busy = true;
    this.said = '';
    this.#worker.port.postMessage(ask);
  }

  #fail(why: string): void {
    this.failure = why;
    this.busy = false;
    this.#settle();
  }

  #hear(tell: CompareTell): void {
    switch (tell.kind) {
      case 'compared':
        this.compared = tell.compared;
        this.#settle();
        return;
      case 'moment':
        this.moment = tell.moment;
        break;
      case 'nothing':
        this.said = `Up to step ${tell.to}, nothing else becomes different.`;
        break;
      case 'failure':
        this.#fail(errorOf(tell.failure).message);
        return;
    }
    this.busy = false;
    const wish = this.#wish;
    this.#wish = undefined;
    if (wish !== undefined) this.look(wish);
  }
}
