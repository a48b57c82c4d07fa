import type { FlipKind, FlipOutcome } from '../../../sim/world/flips/flips.ts';
import type { FlipAsk, FlipTold } from '../../../worker/flips.ts';
import type { Port } from '../../../worker/protocol.ts';

/** A thread that flips bits, until it is closed. */
export interface FlipWorker {
  readonly port: Port;
  readonly close: () => void;
  readonly onend: (ended: (why: string) => void) => void;
}

/** What came of one bit. */
export interface Bit {
  readonly bit: number;
  readonly outcome: FlipOutcome;
  readonly detail: string;
}

/** An outcome with the bits that have it. */
export interface Group {
  readonly outcome: FlipOutcome;
  readonly number: number;
  readonly bits: number;
}

/** Loudest first: what a byte is marked with when its bits differ. */
export const KINDS = ['hazard', 'changed', 'unchanged', 'refused'] as const satisfies FlipKind[];
/** A bit that was not flipped yet. */
const NOT_YET = 0xffff;

function hireWorker(): FlipWorker {
  // In one expression, or the build does not see that it is a worker.
  const worker = new Worker(new URL('../../../worker/flips.worker.ts', import.meta.url), {
    type: 'module',
  });
  return {
    port: worker,
    close: () => worker.terminate(),
    onend: (ended) => worker.addEventListener('error', ({ message }) => ended(message)),
  };
}

/** The bit-flip map of one blob: made in a thread of its own, which nobody waits for. */
export class FlipRun {
  readonly #hire: () => FlipWorker;
  #worker: FlipWorker | undefined;
  #outcome = new Uint16Array(0);
  #details: string[] = [];
  /** The blob whose bits are flipped; undefined before the first run. */
  blob: Uint8Array | undefined = $state.raw();
  state: 'none' | 'running' | 'done' | 'cancelled' | 'failed' = $state('none');
  why = $state('');
  done = $state(0);
  groups: readonly Group[] = $state.raw([]);

  constructor(hire: () => FlipWorker = hireWorker) {
    this.#hire = hire;
  }

  readonly bits = $derived((this.blob?.length ?? 0) * 8);
  /** Bits by kind of outcome. */
  readonly counts: Readonly<Record<FlipKind, number>> = $derived.by(() => {
    const counts = { unchanged: 0, refused: 0, changed: 0, hazard: 0 };
    for (const { outcome, bits } of this.groups) counts[outcome.kind] += bits;
    return counts;
  });

  start(blob: Uint8Array, profile: string): void {
    this.cancel();
    this.blob = blob;
    this.#outcome = new Uint16Array(8 * blob.length).fill(NOT_YET);
    this.#details = [];
    this.done = 0;
    this.groups = [];
    this.state = 'running';
    const worker = this.#hire();
    this.#worker = worker;
    worker.onend((why) => this.#fail(worker, why));
    worker.port.addEventListener('message', ({ data }) => {
      // Only our own worker is at the other end.
      if (this.#worker === worker) this.#hear(worker, data as FlipTold);
    });
    const ask: FlipAsk = { blob, profile };
    worker.port.postMessage(ask);
  }

  /** Stops where it is; what is known stays. */
  cancel(): void {
    if (this.state === 'running') this.state = 'cancelled';
    this.#worker?.close();
    this.#worker = undefined;
  }

  #fail(worker: FlipWorker, why: string): void {
    if (this.#worker !== worker) return;
    this.cancel();
    this.state = 'failed';
    this.why = why;
  }

  #hear(worker: FlipWorker, told: FlipTold): void {
    if ('failure' in told) return this.#fail(worker, told.failure.why);
    const { from, outcome, added, details, bits } = told;
    this.#outcome.set(outcome, from);
    for (const [bit, text] of details) this.#details[bit] = text;
    const next = [
      ...this.groups.map((group) => ({ ...group })),
      ...added.map((one, i) => ({ outcome: one, number: this.groups.length + i, bits: 0 })),
    ];
    for (const number of outcome) next[number]!.bits++;
    this.groups = next;
    this.done = from + outcome.length;
    if (this.done < bits) return;
    this.cancel();
    this.state = 'done';
  }

  /** What came of a bit; undefined while it is not known. */
  bit(bit: number): Bit | undefined {
    const group = this.groups[this.#outcome[bit] ?? NOT_YET];
    return group && { bit, outcome: group.outcome, detail: this.#details[bit] ?? '' };
  }

  /** Kind of the outcome of a bit, for drawing. */
  kindOf(bit: number): FlipKind | undefined {
    return this.groups[this.#outcome[bit] ?? NOT_YET]?.outcome.kind;
  }

  /** The next byte after `at`, around the end, with a bit of that outcome; -1 for none. */
  nextByte(group: number, at: number): number {
    const { length } = this.#outcome;
    const start = 8 * (at + 1);
    for (let i = 0; i < length; i++) {
      const bit = (start + i) % length;
      if (this.#outcome[bit] === group) return bit >> 3;
    }
    return -1;
  }
}
