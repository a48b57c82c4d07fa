import type { Effect, Effects } from './effects.ts';
import type { SentMessage } from './start.ts';

/** What became of the messages where an observer saw these effects. */
export interface Verdict {
  /** Subtypes of messages no handler call had with header and payload. */
  readonly lost: readonly number[];
  /** Of each call with the header of a message and other bytes: the subtype, in order. */
  readonly torn: readonly number[];
  /** Calls whose header is all zero. */
  readonly phantom: number;
  /** Subtypes of messages that were handled whole more than once. */
  readonly duplicated: readonly number[];
}

/** Judges sequences of effects by their bytes; what each call is, is worked out once. */
export class Judge {
  readonly #effects: Effects;
  readonly #messages: readonly SentMessage[];
  readonly #calls = new Map<number, Call | null>();

  constructor(effects: Effects, messages: readonly SentMessage[]) {
    this.#effects = effects;
    this.#messages = messages;
  }

  verdict(effects: readonly number[]): Verdict {
    const times = this.#messages.map(() => 0);
    const torn: number[] = [];
    let phantom = 0;
    for (const effect of effects) {
      const call = this.#callOf(effect);
      if (!call) continue;
      if (call.whole >= 0) times[call.whole]!++;
      else if (call.isPhantom) phantom++;
      else if (call.isTorn) torn.push(call.subtype);
    }
    const subtypes = (which: (count: number) => boolean): number[] =>
      this.#messages.filter((_, i) => which(times[i]!)).map(({ subtype }) => subtype);
    return {
      lost: subtypes((count) => count === 0),
      torn,
      phantom,
      duplicated: subtypes((count) => count > 1),
    };
  }

  /** Counts handler calls as the statistics of a run do. */
  count(effects: readonly number[]) {
    const counts = { handled: 0, whole: 0, torn: 0, phantom: 0, repeated: 0 };
    const had = new Set<number>();
    for (const effect of effects) {
      const call = this.#callOf(effect);
      if (!call) continue;
      counts.handled++;
      if (call.isPhantom) counts.phantom++;
      else if (call.whole < 0) counts.torn++;
      else if (had.has(call.whole)) counts.repeated++;
      else counts.whole++;
      had.add(call.whole);
    }
    return counts;
  }

  #callOf(effect: number): Call | null {
    const known = this.#calls.get(effect);
    if (known !== undefined) return known;
    const call = callOf(this.#effects.describe(effect), this.#messages);
    this.#calls.set(effect, call);
    return call;
  }
}

interface Call {
  readonly subtype: number;
  /** The message it had whole, -1 for none. */
  readonly whole: number;
  readonly isTorn: boolean;
  readonly isPhantom: boolean;
}

function callOf(effect: Effect, messages: readonly SentMessage[]): Call | null {
  if (effect.t !== 'cb') return null;
  const { type, subtype, payload } = effect;
  const hasHeader = (message: SentMessage): boolean =>
    message.type === type && message.subtype === subtype;
  const whole = messages.findIndex((message) => hasHeader(message) && message.payload === payload);
  return {
    subtype,
    whole,
    isTorn: whole < 0 && messages.some(hasHeader),
    isPhantom: type === 0 && subtype === 0 && payload === '',
  };
}
