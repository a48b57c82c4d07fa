import type { Effect } from '../sim/world/explore/effects.ts';
import type { PropertyResult } from '../sim/scenarios/explore-properties.ts';
import type { Tally } from '../sim/scenarios/explore.ts';
import type { OwnFile } from '../sim/scenarios/run-parts.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import type { Parcel, ShardState } from '../sim/engine/shard.ts';
import type { Failure, Port } from './protocol.ts';

/** What the page says to the worker that explores. To cancel, it ends the worker. */
export type ExploreAsk =
  | {
      readonly kind: 'begin';
      readonly scenario: Scenario;
      readonly seed: number;
      readonly profile: string;
      readonly own: readonly OwnFile[];
      readonly statesMax: number;
      readonly bytesMax: number;
      /** Threads a large search may use; a small one is over before they have started. */
      readonly workers: number;
    }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** About one outcome, by its place in {@link Explored.outcomes}. */
  | { readonly kind: 'detail'; readonly outcome: number };

/** How far a search has come. */
export interface ExploreProgress {
  readonly states: number;
  readonly expanded: number;
  readonly transitions: number;
  readonly outcomes: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Threads that search. */
  readonly workers: number;
}

/** One ending: what the receiver logged and handled, as places in {@link Explored.effects}. */
export interface OutcomeRow {
  readonly effects: readonly number[];
  readonly lost: readonly number[];
  readonly torn: readonly number[];
  readonly phantom: number;
  readonly duplicated: readonly number[];
  /** Entries of a shortest schedule. */
  readonly steps: number;
}

export interface Explored {
  readonly progress: ExploreProgress;
  readonly complete: boolean;
  readonly stopped: 'states' | 'memory' | null;
  readonly tally: Tally & { readonly outcomes: number };
  readonly properties: readonly PropertyResult[];
  readonly builtIns: readonly PropertyResult[];
  readonly effects: readonly Effect[];
  readonly outcomes: readonly OutcomeRow[];
}

/** A schedule's entry, and what it means for the ending. */
export interface ScheduleEntry {
  /** `cpu1 S6`, `cpu4 take`. */
  readonly word: string;
  /** The step in words; empty for the acceptance of an interrupt. */
  readonly text: string;
  /** Without it the ending would be another. */
  readonly needed: boolean;
  /** Of all continuations after it, how many end badly: 0 to 1; null where that is not known. */
  readonly share: number | null;
}

/** What the worker says. */
export type ExploreTell =
  | { readonly kind: 'progress'; readonly progress: ExploreProgress }
  | { readonly kind: 'explored'; readonly explored: Explored }
  | {
      readonly kind: 'detail';
      readonly outcome: number;
      /** The share before the first entry. */
      readonly share: number | null;
      readonly entries: readonly ScheduleEntry[];
    }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** What the first of several threads that search says to another. */
export type ShardAsk =
  | {
      readonly kind: 'shard';
      readonly begin: Extract<ExploreAsk, { kind: 'begin' }>;
      readonly me: number;
      readonly of: number;
    }
  | {
      readonly kind: 'expand';
      readonly statesMax: number;
      readonly slice: number;
      readonly isNewRound: boolean;
    }
  | { readonly kind: 'receive'; readonly parcels: readonly Parcel[] }
  | { readonly kind: 'finish' }
  | { readonly kind: 'trace'; readonly state: number };

export interface ShardCounts {
  readonly states: number;
  readonly expanded: number;
  readonly transitions: number;
  readonly outcomes: number;
  readonly bytes: number;
  readonly isRoundOver: boolean;
}

/** An ending a thread knows of: as {@link OutcomeRow}, and where it is. */
export interface ShardOutcome extends OutcomeRow {
  readonly end: ShardState;
}

/** What the others answer, each ask once. */
export type ShardTell =
  | { readonly kind: 'ready' | 'received'; readonly counts: ShardCounts }
  | { readonly kind: 'expanded'; readonly parcels: readonly Parcel[] }
  | {
      readonly kind: 'finished';
      readonly tally: Explored['tally'];
      readonly effects: readonly Effect[];
      readonly outcomes: readonly ShardOutcome[];
      /** Per property, the state that decides it; -1 for none. */
      readonly decided: readonly { readonly state: number; readonly isOpen: boolean }[];
      readonly hang: number;
    }
  | {
      readonly kind: 'traced';
      readonly actions: readonly number[];
      readonly before: ShardState | null;
    }
  | {
      readonly kind: 'failure';
      readonly failure: Failure;
      /** Something changed that nobody knew of: only one thread can begin again. */
      readonly hasGrown: boolean;
    };

/** A thread that was started: where to talk to it, what to do when it ends by itself, how to end it. */
export interface Hired {
  readonly port: Port;
  readonly onend: (ended: (why: string) => void) => void;
  readonly close: () => void;
}
