/** Passes on the newest of what is offered, but not more often than every so many milliseconds. */
export class Throttled<T> {
  readonly #everyMs: number;
  readonly #pass: (value: T) => void;
  #waiting: { readonly value: T } | undefined;

  constructor(everyMs: number, pass: (value: T) => void) {
    this.#everyMs = everyMs;
    this.#pass = pass;
  }

  offer(value: T): void {
    const waits = this.#waiting !== undefined;
    this.#waiting = { value };
    if (waits) return;
    setTimeout(() => {
      const { value: newest } = this.#waiting!;
      this.#waiting = undefined;
      this.#pass(newest);
    }, this.#everyMs);
  }
}
