import type { Lanes, Moment } from '../sim/scenarios/comparison.ts';
import type { Change } from '../sim/scenarios/follow.ts';
import type { Parting } from '../sim/scenarios/start-again.ts';
import type { Failure } from './protocol.ts';

/** One of the two runs: a recording, or that one with other settings. */
export interface Side {
  readonly name: string;
  /** What `record` answered, or a session file. */
  readonly text: string;
  readonly change?: Change;
  /** Beyond where it was recorded, to the end of its lesson. */
  readonly finish?: boolean;
}

/** What the page says to the worker that compares. To cancel, it ends the worker. */
export type CompareAsk =
  | { readonly kind: 'begin'; readonly a: Side; readonly b: Side; readonly bins: number }
  /** Both runs after that many steps. */
  | { readonly kind: 'look'; readonly step: number }
  /** The next step after this one at which something else is different. */
  | { readonly kind: 'next'; readonly step: number };

/** What is known of two runs once both were followed to their ends. */
export interface Compared {
  readonly parting: Parting | undefined;
  /** Where they part, in a sentence. */
  readonly sentence: string;
  /** The first moment at which anything differs. */
  readonly first: number | undefined;
  readonly stepsA: number;
  readonly stepsB: number;
  readonly lanes: Lanes;
  /** Why a run could not be followed as far as it was recorded; '' when both could. */
  readonly why: string;
}

/** What the worker says. */
export type CompareTell =
  | { readonly kind: 'compared'; readonly compared: Compared }
  | { readonly kind: 'moment'; readonly moment: Moment }
  /** Nothing else becomes different from `from` to `to`. */
  | { readonly kind: 'nothing'; readonly from: number; readonly to: number }
  | { readonly kind: 'failure'; readonly failure: Failure };
