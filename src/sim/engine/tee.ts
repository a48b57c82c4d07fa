import type { Recorder, Row, StepRun } from '../base/record.ts';

/** Takes rows down twice. */
export class Tee implements Recorder {
  readonly #first: Recorder;
  readonly #second: Recorder;

  constructor(first: Recorder, second: Recorder) {
    this.#first = first;
    this.#second = second;
  }

  row(kind: Row, time: number, cpu: number, a: number, b: number, c: number, d: number): void {
    this.#first.row(kind, time, cpu, a, b, c, d);
    this.#second.row(kind, time, cpu, a, b, c, d);
  }

  steps(...run: StepRun): void {
    this.#first.steps(...run);
    this.#second.steps(...run);
  }
}
