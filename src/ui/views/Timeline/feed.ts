import type { Rows } from '../../../worker/protocol.ts';
import { TimelineHistory } from './history.ts';

/** What the feed looks at: the trace as far as the page knows it, and the moment shown. */
export interface Known {
  /** Grows with every change of the batches. */
  readonly version: number;
  /** Batches that follow each other without a gap. */
  readonly batches: readonly Rows[];
  readonly begin: number;
  readonly end: number;
  readonly cpus: number;
  /** Grows when rows that were here are others now. */
  readonly epoch: number;
  readonly folding: boolean;
  /** Changes with every load. */
  readonly run: number;
  readonly step: number;
  readonly stepEnd: number;
  readonly traceEnd: number;
  readonly traceHead: number;
}

/** A history as it is now. A new object when it has changed, so that whoever draws it knows. */
export interface Followed {
  readonly history: TimelineHistory;
  /** Step number of the first step the history knows. */
  readonly firstStep: number;
  readonly version: number;
  readonly folding: boolean;
}

/**
 * Keeps a history in step with the trace. A jump back leaves the rows behind the playhead in place:
 * the run has reached them, and the timeline shows them until another future is chosen.
 */
export class Feed {
  #history = new TimelineHistory(0);
  #run = -1;
  #stepEnd = 0;
  #firstStep = 0;
  #epoch = -1;
  #followed: Followed | undefined;

  follow(known: Known): Followed {
    const fresh =
      known.run !== this.#run ||
      known.cpus !== this.#history.lanes.length ||
      known.stepEnd < this.#stepEnd ||
      known.begin > this.#history.next ||
      known.epoch !== this.#epoch;
    if (fresh) this.#restart(known);
    this.#stepEnd = known.stepEnd;
    for (const batch of known.batches) this.#take(batch);
    const { history } = this;
    // Only at the end of what has run do rows and steps meet.
    if (known.end === history.next && known.end === known.traceEnd && known.end === known.traceHead)
      this.#firstStep = known.step - history.steps.length;
    history.time.folding = known.folding;
    const { version, folding } = known;
    const last = this.#followed;
    const firstStep = this.#firstStep;
    const same = last?.version === version && last.folding === folding;
    // Whoever draws it need not do so again because the playhead moved.
    if (last && same && last.history === history && last.firstStep === firstStep) return last;
    return (this.#followed = { history, firstStep, version, folding });
  }

  get history(): TimelineHistory {
    return this.#history;
  }

  #restart({ cpus, run, begin, epoch }: Known): void {
    this.#history = new TimelineHistory(cpus);
    this.#history.next = begin;
    this.#run = run;
    this.#firstStep = 0;
    this.#epoch = epoch;
  }

  #take(batch: Rows): void {
    const end = batch.from + batch.kind.length;
    if (end <= this.#history.next) return;
    this.#history.digest(batch, end);
  }
}
