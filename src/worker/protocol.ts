import type { Columns } from '../sim/engine/columns.ts';
import type { RaceReport } from '../sim/engine/races.ts';
import type { LineFault, NumberedLine } from '../sim/scenarios/breaks/breaks.ts';
import type { ComparedDesign, DesignChange, DesignName } from '../sim/scenarios/designs.ts';
import type { SituationName, SITUATIONS } from '../sim/scenarios/designs.ts';
import type { Format } from '../sim/scenarios/diagram/diagram.ts';
import type { Recorded } from '../sim/scenarios/record.ts';
import type { Scenario } from '../sim/scenarios/scenario.ts';
import type { Frame, Legend, LogLine } from '../sim/world/frame.ts';
import type { BranchCalls, BranchList } from './branch-calls.ts';
import type { Inspections, Writer } from './inspect/inspections.ts';
import type { TreeChoice, TreeReading } from './tree-types.ts';

/** How fast time goes while playing. */
export type Speed =
  | { readonly kind: 'steps'; readonly perSecond: number }
  | { readonly kind: 'time'; readonly nsPerSecond: number }
  | { readonly kind: 'max' };

/** What to load: one of ours by name, or any text as a file. */
export type Source =
  | { readonly kind: 'bundled'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string; readonly file: string };

/** A file of the scenario that the user has replaced by an own one. */
export interface OwnFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What came of a run that was started again with another model of the design. */
export interface StartedAgain {
  /** Where it first differs from the run before; undefined when it does not. */
  readonly parting:
    | {
        readonly timeNs: number;
        readonly step: number;
        readonly cpu: number;
        readonly before: string;
        readonly now: string;
      }
    | undefined;
  /** Why it could not go as far; '' when it could. */
  readonly why: string;
}

/** What came of a recorded session that was opened again. */
export interface Reopened {
  /** It ended in the very state it was recorded in. */
  readonly matches: boolean;
  /** Where and why it could not be followed, '' when it could. */
  readonly why: string;
  /** It was recorded with the program that runs here. */
  readonly sameEngine: boolean;
}

export interface Loaded {
  readonly reopened?: Reopened;
  readonly again?: StartedAgain;
  readonly scenario: Scenario;
  readonly legend: Legend;
  readonly seed: number;
  readonly profile: string;
  readonly frame: Frame;
  /** Files the lesson puts into the host's file system: what they are now, and whose. */
  readonly files: readonly {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly own: boolean;
  }[];
}

/** Rows of the trace, from row number `from` on. */
export type Rows = Columns;

/** JSON of `window.playground.state()`. */
export interface StateJson {
  readonly time_ns: number;
  readonly step: number;
  readonly cpus: readonly object[];
  readonly kernels: readonly object[];
  readonly messages: readonly object[];
}

/** What a watched expression is: a value as text, or why there is none. */
export type WatchValue =
  | { readonly kind: 'value'; readonly text: string }
  /** Something it asks for does not exist (yet). */
  | { readonly kind: 'absent' }
  | { readonly kind: 'wrong'; readonly why: string; readonly column: number };

/** Every question the page may ask. A new row fails to compile until the worker answers it. */
export interface Calls extends Inspections, BranchCalls {
  load: {
    ask: {
      readonly source: Source;
      readonly seed?: number;
      readonly profile?: string;
      /** Glue switched by hand, over what the lesson says. */
      readonly glue?: Readonly<Record<string, boolean>>;
      /** Replace the lesson's files of these names, for this run. */
      readonly own?: readonly OwnFile[];
      /** Go on to where the present run is, with what was typed in it. */
      readonly again?: boolean;
      /** The same lesson as now: the run before stays as a branch. */
      readonly branch?: boolean;
    };
    answer: Loaded;
  };
  /** Frames are pushed while it plays; it pauses by itself at the next stop of the lesson. */
  play: { ask: { readonly speed: Speed }; answer: Frame };
  pause: { ask: object; answer: Frame };
  /** Answered at once, whatever runs: a worker that does not is hung. */
  ping: { ask: object; answer: null };
  /** So many steps on; fewer when something stops the run, or `pause`. */
  step: { ask: { readonly count: number }; answer: Frame };
  /** To any step of the run, back or forward; beyond its end it runs on. `pause` ends it on its way. */
  seek: { ask: { readonly step: number }; answer: Frame };
  /** From here on each step is chosen by hand; off: time decides again. */
  chosen: { ask: { readonly on: boolean }; answer: Frame };
  /** In chosen mode: a CPU's next step, or the interrupt that waits for it. */
  choose: {
    ask: { readonly cpu: number; readonly take: boolean; readonly drain?: boolean };
    answer: Frame;
  };
  /** Takes the last choice back. */
  undo: { ask: object; answer: Frame };
  /** The choices made so far, as lines of a `schedule` block. */
  schedule: { ask: object; answer: readonly string[] };
  /** The run up to this moment as text: what `reopen` takes. */
  record: {
    ask: Pick<Recorded, 'breakpoints' | 'watches'> & {
      /** With all branches; the run alone without. */
      readonly branches?: boolean;
    };
    answer: string;
  };
  /** Opens a recorded run again, and says what came of it. */
  reopen: {
    ask: { readonly text: string };
    answer: Loaded &
      Pick<Calls['load']['ask'], 'source' | 'glue'> &
      Pick<Recorded, 'breakpoints' | 'watches'>;
  };
  /** Runs the lesson's present stop to its end at once, and goes to the next one. */
  finishStop: { ask: object; answer: Frame };
  /** Back to where a stop began, or forward to it. */
  goToStop: { ask: { readonly stop: number }; answer: Frame };
  runUntil: {
    ask: { readonly claim: string; readonly maxSteps?: number };
    answer: { readonly reached: boolean; readonly frame: Frame };
  };
  /** The breakpoints there are: answers what is wrong with those that mean nothing. */
  breakpoints: {
    ask: { readonly lines: readonly NumberedLine[] };
    answer: readonly LineFault[];
  };
  /**
   * To the last moment before this one at which one of these lines, or else a breakpoint, would have
   * stopped the run. {@link Push} tells where it looks; `pause` makes it give up.
   */
  runBack: {
    ask: { readonly lines?: readonly string[] };
    answer: { readonly came: 'found' | 'none' | 'left'; readonly frame: Frame };
  };
  /** Who wrote a byte last, however long that takes; `left` when `pause` has ended it. */
  lastWriter: {
    ask: { readonly addr: number };
    answer: { readonly writer: Writer | undefined; readonly left: boolean };
  };
  /** What expressions are at this moment. */
  watches: {
    ask: { readonly lines: readonly string[] };
    answer: readonly WatchValue[];
  };
  evaluate: { ask: { readonly expression: string }; answer: unknown };
  /** A line typed on a kernel's console; answers when the command is over. */
  type: {
    ask: { readonly kernel: string; readonly line: string };
    answer: {
      readonly status: number;
      readonly output: string;
      /** Somebody ended the waiting: the command is not over, and these are of the one before. */
      readonly left?: true;
    };
  };
  /** Ctrl-C on a kernel's console: ends the command that runs there, and whoever waits for it. */
  interrupt: { ask: { readonly kernel: string }; answer: Frame };
  /** Text of a console so far (with ANSI colours), for a terminal. */
  console: { ask: { readonly kernel: string }; answer: { readonly text: string } };
  /** Words that could stand at the end of a line typed on a console. */
  complete: {
    ask: { readonly kernel: string; readonly line: string };
    answer: { readonly from: number; readonly words: readonly string[] };
  };
  hash: { ask: object; answer: string };
  state: { ask: object; answer: StateJson };
  memory: { ask: { readonly addr: number; readonly bytes: number }; answer: Uint8Array };
  rows: { ask: { readonly from: number; readonly to: number }; answer: Rows };
  /** Of the lesson's schedules, as far as they have run: by the line of an entry, the step behind it. */
  entryEnds: { ask: object; answer: readonly (readonly [line: number, step: number])[] };
  /** Mailboxes that can be compared, and what they are put through. */
  designs: {
    ask: object;
    answer: {
      readonly designs: readonly ComparedDesign[];
      readonly situations: typeof SITUATIONS;
    };
  };
  /** One of them in one situation, with parts switched, as a scenario to be explored. */
  design: {
    ask: {
      readonly design: DesignName;
      readonly situation: SituationName;
      readonly change?: DesignChange;
    };
    answer: { readonly scenario: Scenario; readonly text: string };
  };
  /** A stretch of the run as a diagram: a stop from 0, or all there is. */
  diagram: {
    ask: {
      readonly stop: number | null;
      readonly format: Format;
      /** Lines below it that say how to see the same again. */
      readonly again: readonly string[];
    };
    answer: string;
  };
  /** The data races of the run up to this moment. */
  races: { ask: object; answer: RaceReport };
  log: { ask: { readonly kernel: string; readonly last: number }; answer: readonly LogLine[] };
  /** Device trees there are at this moment, beside the lesson's own files. */
  trees: { ask: object; answer: readonly TreeChoice[] };
  /** Bytes of a file of the host. */
  treeFile: { ask: { readonly path: string }; answer: Uint8Array };
  /** A source with its tree and its bytes. */
  compileTree: { ask: { readonly text: string; readonly file: string }; answer: TreeReading };
  /** A blob with its tree and its source. */
  mapTree: { ask: { readonly bytes: Uint8Array; readonly file: string }; answer: TreeReading };
}
export type Call = keyof Calls;

export type Request = {
  [C in Call]: { readonly id: number; readonly call: C; readonly ask: Calls[C]['ask'] };
}[Call];

/** The user's fault, worth showing as is, or ours, worth a stack. */
export type Failure =
  | {
      readonly kind: 'refused';
      readonly why: string;
      readonly place?: { readonly file: string; readonly line: number; readonly column: number };
    }
  | { readonly kind: 'bug'; readonly why: string; readonly stack: string };

export type Reply =
  | { readonly id: number; readonly answer: Calls[Call]['answer'] }
  | { readonly id: number; readonly failure: Failure };

/** A long way of the run to another moment, while it is gone. */
export interface Jump {
  /** The step it began at, and the one it has got to. */
  readonly from: number;
  readonly step: number;
  /** The step it goes to; null when it goes on until something happens. */
  readonly to: number | null;
}

/** What the worker says without being asked. */
export type Push =
  /** While it plays: a moment, with the trace rows since the push before (a jump starts anew). */
  | { readonly push: 'frame'; readonly frame: Frame; readonly rows: Rows }
  /** How far a call is that takes long; null when it is over. */
  | { readonly push: 'jump'; readonly jump: Jump | null }
  /** A search has got to a step, on its way back from another. */
  | { readonly push: 'looking'; readonly step: number; readonly of: number }
  /** Another branch runs, there is one more, or one has another name. */
  | { readonly push: 'branches'; readonly branches: BranchList }
  /** Playing failed: our bug, or a refusal inside the lesson. It is paused. */
  | { readonly push: 'failure'; readonly failure: Failure };

export type Handlers = {
  readonly [C in Call]: (ask: Calls[C]['ask']) => Calls[C]['answer'] | Promise<Calls[C]['answer']>;
};

/** One end of a channel: a `Worker`, the global scope of one, or a `MessagePort` in a test. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}
