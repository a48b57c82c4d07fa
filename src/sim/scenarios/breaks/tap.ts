import {
  isStepRow,
  ROW,
  stepByStep,
  type Recorder,
  type Row,
  type StepRun,
} from '../../base/record.ts';

/** A row that may be a hit, with the number of steps of the run before the one it belongs to. */
export interface TapRow {
  readonly step: number;
  readonly kind: Row;
  readonly time: number;
  readonly cpu: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Rows kept of one stretch; a stretch has fewer. */
const ROWS_MAX = 1_000_000;

/** Notes the rows of some kinds, and the step each belongs to: unlike a trace it also sees a replay. */
export class Tap implements Recorder {
  readonly #wanted: ReadonlySet<number>;
  rows: TapRow[] = [];
  /** Steps of the run that are over. */
  #steps = 0;

  constructor(kinds: Iterable<Row>) {
    this.#wanted = new Set(kinds);
  }

  /** Begins anew at a number of steps. */
  begin(steps: number): void {
    this.#steps = steps;
    this.rows = [];
  }

  steps(...run: StepRun): void {
    if (this.#wanted.has(ROW.step)) return stepByStep(this, ...run);
    const [, , , , count] = run;
    this.#steps += count;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    const step = this.#steps;
    // A step's own row comes after all that it did.
    if (isStepRow(kind, c)) this.#steps++;
    if (this.#wanted.has(kind) && this.rows.length < ROWS_MAX)
      this.rows.push({ step, kind, time, cpu, a, b, c, d });
  }
}
