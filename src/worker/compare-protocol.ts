import type { Align } from '../sim/scenarios/alignment.ts';
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
  /** What is beside each other from now on. */
  | { readonly kind: 'align'; readonly by: Align; readonly bins: number }
  /** Both runs at a place of the axis. */
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
  /** Where they part on the axis. */
  readonly parted: number | undefined;
  readonly lanes: Lanes;
  /** Length of the axis: steps of the longer run, or of the longer run of each stop. */
  readonly end: number;
  readonly align: Align;
  /** Where stops begin on it; none when it is of steps. */
  readonly stops: readonly number[];
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
