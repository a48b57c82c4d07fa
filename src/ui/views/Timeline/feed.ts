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
  /** Changes with every load. */
  readonly run: number;
  readonly step: number;
  readonly stepEnd: number;
  readonly traceEnd: number;
}

/** A history as it is now. A new object each time, so that whoever draws it knows. */
export interface Followed {
  readonly history: TimelineHistory;
  /** Step number of the first step the history knows. */
  readonly firstStep: number;
  readonly version: number;
}

/** Every so many rows one is remembered, to notice when another future has begun. */
const SAMPLE_ROWS = 16;

/**
 * Keeps a history in step with the trace. A jump back leaves the rows behind the playhead in place:
 * the run has reached them, and the timeline shows them until another future is chosen.
 */
export class Feed {
  #history = new TimelineHistory(0);
  #run = -1;
  #stepEnd = 0;
  #firstStep = 0;
  readonly #samples = new Map<number, number>();

  follow(known: Known): Followed {
    const fresh =
      known.run !== this.#run ||
      known.cpus !== this.#history.lanes.length ||
      known.stepEnd < this.#stepEnd ||
      known.begin > this.#history.next ||
      this.#differs(known);
    if (fresh) this.#restart(known);
    this.#stepEnd = known.stepEnd;
    for (const batch of known.batches) this.#take(batch);
    const { history } = this;
    if (known.end === known.traceEnd && known.end === history.next) {
      this.#firstStep = known.step - history.steps.length;
    }
    return { history, firstStep: this.#firstStep, version: known.version };
  }

  get history(): TimelineHistory {
    return this.#history;
  }

  #restart({ cpus, run, begin }: Known): void {
    this.#history = new TimelineHistory(cpus);
    this.#history.next = begin;
    this.#run = run;
    this.#firstStep = 0;
    this.#samples.clear();
  }

  #take(batch: Rows): void {
    const end = batch.from + batch.kind.length;
    if (end <= this.#history.next) return;
    this.#history.digest(batch, end);
    const first = Math.ceil(batch.from / SAMPLE_ROWS) * SAMPLE_ROWS;
    for (let row = first; row < end; row += SAMPLE_ROWS) {
      this.#samples.set(row, sampleOf(batch, row - batch.from));
    }
  }

  /** Whether rows that were digested before are others now. Looks at the newest batch only. */
  #differs({ batches }: Known): boolean {
    const batch = batches.at(-1);
    if (!batch) return false;
    const last = batch.from + batch.kind.length - 1;
    const row = Math.floor(last / SAMPLE_ROWS) * SAMPLE_ROWS;
    const sample = this.#samples.get(row);
    return (
      row >= batch.from && sample !== undefined && sample !== sampleOf(batch, row - batch.from)
    );
  }
}

/** A number that two different rows hardly share. */
const sampleOf = (rows: Rows, i: number): number =>
  rows.time[i]! * 4096 + rows.cpu[i]! * 32 + rows.kind[i]!;
