/**
 * The types of `window.playground`, for tests in other projects. This file imports nothing, so that
 * any of them can: `import type {} from '…/src/ui/state/playground-types.ts'` makes the name known.
 */

/** What `load` takes besides the lesson. */
export interface LoadOptions {
  /** 0 to 4294967295; that of the lesson unless given. */
  readonly seed?: number;
  /** One of the profiles; that of the lesson unless given. */
  readonly profile?: string;
}

/** How a command ended that was typed on a console. */
export interface Typed {
  /** Exit status, 0 to 255. */
  readonly status: number;
  /** What it printed, without colours. */
  readonly output: string;
}

/** A line that says when the run is to stop. */
export interface SetBreakpoint {
  readonly id: number;
  readonly text: string;
  readonly enabled: boolean;
  /** How often it has stopped the run. */
  readonly hits: number;
  /** Why it means nothing to this version of the page, '' for nothing wrong. */
  readonly fault: string;
}

/** The futures of a lesson that were tried. */
export interface Futures {
  /** A branch comes behind the one it grows from. */
  readonly branches: readonly {
    readonly id: number;
    readonly name: string;
    /** Id of the branch it grows from; null for the first. */
    readonly parent: number | null;
    /** Step at which it leaves that one. */
    readonly forkStep: number;
    /** Furthest step it has reached. */
    readonly endStep: number;
    /** Things done by hand in it. */
    readonly inputs: number;
    /** What it is run with that the one it grows from is not; '' when nothing. */
    readonly settings: string;
  }[];
  /** Id of the branch that runs. */
  readonly current: number;
}

/** Two branches that were followed to their ends. */
export interface Comparison {
  /** Where they part, in words. */
  readonly sentence: string;
  /** The first thing one does and the other does not; undefined when they do the same. */
  readonly parting:
    | {
        readonly timeNs: number;
        /** Steps both have in common. */
        readonly step: number;
        readonly cpu: number;
        /** What each does there, '' for nothing any more. */
        readonly before: string;
        readonly now: string;
        /** When each does it, in ns, where both do the same. */
        readonly times: readonly [before: number, now: number] | undefined;
      }
    | undefined;
  /** The first step behind which anything differs. */
  readonly first: number | undefined;
}

/** The present moment. The names of a CPU are those of `cpu(n)` in expressions. */
export interface PlaygroundState {
  /** Simulated nanoseconds since power-on. */
  readonly time_ns: number;
  readonly step: number;
  readonly cpus: readonly {
    readonly id: number;
    readonly apic: number;
    /** The kernel it runs, or ''. */
    readonly owner: string;
    readonly mode: string;
    readonly interrupts_on: boolean;
    readonly online: boolean;
    readonly irr: readonly number[];
    readonly isr: readonly number[];
    readonly routine: string;
    readonly step: string;
    readonly interrupts: number;
    readonly stores: number;
  }[];
  readonly kernels: readonly {
    readonly name: string;
    /** Id of its instance; 0 for the host. */
    readonly id: number;
    readonly running: boolean;
    readonly state: string;
    readonly cpus: readonly number[];
    /** Exit status of the last command on its console; null before the first. */
    readonly last_status: number | null;
  }[];
  /** The newest 1000, oldest first. */
  readonly messages: readonly {
    readonly id: number;
    readonly from_cpu: number;
    readonly to: string;
    readonly type: number;
    readonly subtype: number;
    /** Hex digits. */
    readonly payload: string;
    /** in-flight, whole, lost, torn or duplicated. */
    readonly outcome: string;
    readonly sent_ns: number;
  }[];
}

/**
 * `window.playground`: lets a test, a teacher's script or the console drive the page. Whatever makes
 * no sense is refused: the promise rejects with one sentence, and nothing has changed.
 */
export interface Playground {
  /** Resolves once the first lesson is loaded, drawn and paused. */
  readonly ready: Promise<void>;
  /** A bundled lesson by name, or the text of one. Rejects when it is refused. */
  load(nameOrText: string, options?: LoadOptions): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** So many steps on; resolves when they are done, or where `pause` or a breakpoint ends them. */
  step(n?: number): Promise<void>;
  /** To any step; resolves there, or where `pause` ends it. A newer wish takes the place of this one. */
  seek(step: number): Promise<void>;
  /** Runs until a claim is true, for 1,000,000 steps at most unless told; tells whether it became so. */
  runUntil(claim: string, options?: { readonly maxSteps?: number }): Promise<boolean>;
  evaluate(expression: string): Promise<unknown>;
  /**
   * Types a line on a kernel's console and waits until the command is over. Rejects when `pause` or
   * `interrupt` ends the wait: some commands, such as `watch`, go on until then.
   */
  type(kernel: string, line: string): Promise<Typed>;
  /** Ctrl-C on a kernel's console. Rejects when no command runs there. */
  interrupt(kernel: string): Promise<void>;
  /**
   * Stops the run when that comes true or happens: a line as the Breaks tab takes it. Answers its
   * number; rejects with the place when the line means nothing.
   */
  addBreakpoint(line: string): Promise<number>;
  /** False when there is none of that number. */
  removeBreakpoint(id: number): boolean;
  /** All there are, with how often each has stopped the run. */
  breakpoints(): readonly SetBreakpoint[];
  /**
   * Back to the last moment before this one at which that line, or else any breakpoint, would have
   * stopped the run. False when there is none: the run then stays where it is.
   */
  runBack(line?: string): Promise<boolean>;
  /** Hash of the whole state: 16 lower-case hex digits. */
  hash(): Promise<string>;
  state(): Promise<PlaygroundState>;
  /** The futures of this lesson that were tried; the one that runs is `current`. */
  branches(): Promise<Futures>;
  /** Runs the branch of a name, to its end. Rejects when there is none. */
  switchTo(name: string): Promise<void>;
  /** Follows two branches to their ends: where they part, and that in a sentence. */
  compare(a: string, b: string): Promise<Comparison>;
}

declare global {
  interface Window {
    playground: Playground;
  }
}
