import { BitFlips, type FlipOutcome } from '../sim/world/flips/flips.ts';
import { failureOf } from './host.ts';
import type { Failure, Port } from './protocol.ts';

/** The blob to flip the bits of, and the profile of the kernels that get it. */
export interface FlipAsk {
  readonly blob: Uint8Array;
  readonly profile: string;
}

/** Some bits more. */
export interface FlipNews {
  /** The first bit that is told of: they come in order. */
  readonly from: number;
  /** By bit: index among all outcomes told so far. */
  readonly outcome: Uint16Array<ArrayBuffer>;
  /** Outcomes that were not seen before. */
  readonly added: readonly FlipOutcome[];
  /** What is special about some of the bits. */
  readonly details: readonly (readonly [bit: number, text: string])[];
  /** Bits in all. */
  readonly bits: number;
}

export type FlipTold = FlipNews | { readonly failure: Failure };

/** Time between two tidings, in ms. */
const SLICE_MS = 50;
/** Flips between two looks at the clock. */
const FLIPS_A_LOOK = 16;

/** Flips the bits of the first blob that comes through the port, and tells as it goes. */
export function serveFlips(port: Port): void {
  port.addEventListener('message', ({ data }) => {
    try {
      // Only our own page is at the other end.
      flipAll(data as FlipAsk, (news) => port.postMessage(news, [news.outcome.buffer]));
    } catch (error) {
      port.postMessage({ failure: failureOf(error) });
    }
  });
}

/** All bits in order; `tell` hears of them in slices. Whoever has heard enough ends the thread. */
export function flipAll({ blob, profile }: FlipAsk, tell: (news: FlipNews) => void): void {
  const flips = new BitFlips(blob, profile);
  const { bits } = flips;
  let known = 0;
  for (let from = 0; from < bits || from === 0;) {
    const until = performance.now() + SLICE_MS;
    const outcomes: number[] = [];
    const details: [number, string][] = [];
    while (from + outcomes.length < bits) {
      const bit = from + outcomes.length;
      const { outcome, detail } = flips.flip(bit);
      outcomes.push(outcome);
      if (detail !== '') details.push([bit, detail]);
      if (outcomes.length % FLIPS_A_LOOK === 0 && performance.now() > until) break;
    }
    const added = flips.outcomes.slice(known);
    known = flips.outcomes.length;
    tell({ from, outcome: Uint16Array.from(outcomes), added, details, bits });
    if (bits === 0) return;
    from += outcomes.length;
  }
}
