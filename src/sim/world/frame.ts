import type { LogLevel } from '../kernel/log-events.ts';

/** One routine on a CPU's stack; the last one runs. `step` is its next step. */
export interface FrameStack {
  readonly routine: string;
  readonly source: string;
  /** Index into `Legend.steps` of the routine's first step, behind its last, and of the next one. */
  readonly start: number;
  readonly end: number;
  readonly pc: number;
  readonly locals: readonly { readonly name: string; readonly value: number }[];
}

/** A CPU at one moment. */
export interface CpuFrame {
  readonly id: number;
  readonly apicId: number;
  /** Index into `Frame.kernels`, -1 while nobody owns it. */
  readonly kernel: number;
  /** Its number inside that kernel. */
  readonly logical: number;
  readonly mode:
    'offline' | 'idle' | 'task' | 'interrupt' | 'irq_work' | 'wait-sipi' | 'boot' | 'hung';
  readonly interruptsOn: boolean;
  /** Pending and in-service vectors, highest first. */
  readonly irr: readonly number[];
  readonly isr: readonly number[];
  readonly tpr: number;
  readonly svr: number;
  readonly icrLow: number;
  readonly icrHigh: number;
  /** Outermost first; empty while idle. */
  readonly stack: readonly FrameStack[];
  /** Times 0xea and 0xf6 were taken. */
  readonly countCall: number;
  readonly countIrqWork: number;
  /** Commands held back for a schedule: what they are. */
  readonly held: readonly string[];
}

export interface KernelFrame {
  readonly index: number;
  readonly name: string;
  /** 0 for the host. */
  readonly instanceId: number;
  readonly running: boolean;
  /** The instance's state as the host sees it; 'running' for the host. */
  readonly state: string;
  /** Machine numbers of its CPUs by logical number. */
  readonly cpus: readonly number[];
  /** Changes whenever the text of its console does; ask for the text then. */
  readonly console: number;
  /** The command its console is busy with, '' when it waits for one. */
  readonly busy: string;
}

/** An IPI under way. */
export interface FlightFrame {
  readonly serial: number;
  readonly from: number;
  /** -1 when no local APIC has the destination id. */
  readonly to: number;
  readonly vector: number;
  readonly kind: 'fixed' | 'nmi' | 'init' | 'startup';
  readonly sentNs: number;
  readonly arrivesNs: number;
  /** Category of the message it announces (0x1000 …), 0 for none. */
  readonly messageType: number;
  readonly messageSubtype: number;
}

/** A stretch of physical memory and whose it is. Bytes; `end` is exclusive. */
export interface RegionFrame {
  readonly start: number;
  readonly end: number;
  /** What /proc/iomem of the host would say, or what we say of it. */
  readonly name: string;
  readonly kind: 'host' | 'free' | 'pool' | 'instance' | 'ipi' | 'kho' | 'image' | 'kernel';
  /** Index into `Frame.kernels`, or -1. */
  readonly kernel: number;
  /** Id of the instance it was given to, 0 for none. */
  readonly instanceId: number;
}

/** The shared area of an instance: `slots` slots from `start` on. */
export interface AreaFrame {
  readonly instanceId: number;
  readonly name: string;
  readonly start: number;
  readonly slots: number;
  /** What a slot is: its bytes, and the name of its struct. */
  readonly slotBytes: number;
  readonly struct: string;
  /** They are a ring: the target is the next one. Else there is one a CPU. */
  readonly ring: boolean;
  /** The slot the next message goes to; where there is one a CPU, all of them: its first CPU's. */
  readonly target: number;
  /** Slots that are not all zero, with their first bytes. */
  readonly used: readonly { readonly slot: number; readonly bytes: Uint8Array }[];
}

export interface MessageFrame {
  readonly id: number;
  readonly fromCpu: number;
  readonly toInstance: number;
  readonly type: number;
  readonly subtype: number;
  readonly bytes: number;
  readonly sentNs: number;
  /** Lost is what was written over, and what lies in its slot `unread` when all is quiet. */
  readonly outcome: 'sending' | 'sent' | 'whole' | 'torn' | 'duplicated' | 'overwritten' | 'unread';
}

export interface StatsFrame {
  readonly sent: number;
  readonly handled: number;
  readonly whole: number;
  readonly lost: number;
  readonly torn: number;
  readonly phantom: number;
  readonly duplicated: number;
  readonly merged: number;
  readonly hazards: number;
}

/** How a claim of the lesson came out. */
export interface ClaimFrame {
  readonly stop: number;
  readonly line: number;
  readonly column: number;
  readonly claim: string;
  readonly ok: boolean;
  /** Simulated time of the judgement. */
  readonly timeNs: number;
  readonly actual: readonly (readonly [name: string, value: unknown])[];
}

/** Where the lesson is. */
export interface TourFrame {
  /** Stop shown: its blocks are about to run, running, or done. */
  readonly stop: number;
  readonly phase: 'ready' | 'running' | 'done';
  /** Number of the item of that stop that runs now, -1 for none. */
  readonly item: number;
  /** True once the last stop is done. */
  readonly ended: boolean;
}

/** What somebody who chooses every step can choose from. */
export interface ChosenFrame {
  readonly made: number;
  readonly choices: readonly {
    readonly cpu: number;
    /** Index into `Legend.steps` of its next step, -1 when an interrupt comes first. */
    readonly pc: number;
    /** The vector it would take instead, -1 for none. */
    readonly vector: number;
  }[];
  /** CPUs with stores in their buffers, and how many. */
  readonly drains: readonly { readonly cpu: number; readonly count: number }[];
}

/** Everything the page needs to draw one moment. Plain data; the page never changes it. */
export interface Frame {
  readonly step: number;
  readonly timeNs: number;
  /** Largest step number this run has reached: the end of the timeline. */
  readonly stepEnd: number;
  readonly timeEndNs: number;
  readonly playing: boolean;
  /** Why it is not playing, in a sentence; '' when there is nothing to say. */
  readonly paused: string;
  /** Numbers of the breakpoints that have stopped it here. */
  readonly hits: readonly number[];
  readonly cpus: readonly CpuFrame[];
  readonly kernels: readonly KernelFrame[];
  readonly flights: readonly FlightFrame[];
  readonly regions: readonly RegionFrame[];
  readonly areas: readonly AreaFrame[];
  /** Newest last; the last few dozen. */
  readonly messages: readonly MessageFrame[];
  readonly stats: StatsFrame;
  readonly tour: TourFrame;
  readonly claims: readonly ClaimFrame[];
  /** Chosen mode: what each CPU could do next, and how many choices were made; null in timed mode. */
  readonly chosen: ChosenFrame | null;
  /** Rows of the trace that exist now: `[traceBegin, traceEnd)`. */
  readonly traceBegin: number;
  readonly traceEnd: number;
  /** Rows that have happened at this moment; fewer than `traceEnd` after going back. */
  readonly traceHead: number;
  /** What the lesson asks the page to show, when that has just changed. */
  readonly view: Readonly<Record<string, string>>;
  /** Simulated steps a second while playing; 0 else. */
  readonly stepsPerSecond: number;
}

/** What numbers in frames and trace rows stand for; sent once a run. */
export interface Legend {
  readonly routines: readonly {
    readonly name: string;
    readonly source: string;
    readonly start: number;
  }[];
  /** By program counter. */
  readonly steps: readonly {
    readonly routine: number;
    readonly id: string;
    readonly label: string;
    readonly text: string;
    readonly cost: number;
    readonly local: boolean;
  }[];
  readonly hazards: readonly { readonly id: number; readonly key: string; readonly text: string }[];
  readonly glue: readonly {
    readonly name: string;
    readonly on: boolean;
    readonly without: string;
    /** Whether the profile has such a switch at all. */
    readonly known: boolean;
  }[];
  /** Parts of the mailbox the profile has or could have. */
  readonly design: readonly {
    readonly name: string;
    readonly title: string;
    readonly on: boolean;
    readonly what: string;
    readonly without: string;
    /** Whether the profile was published with it, and if not, where it comes from. */
    readonly isPublished: boolean;
    readonly origin: string;
  }[];
  /** Models of the design that can be run. */
  readonly profiles: readonly { readonly name: string; readonly what: string }[];
}

/** A log record as the page shows it. */
export interface LogLine {
  /** Number of the record in its kernel: what rows of the trace have of it. */
  readonly record: number;
  readonly timeNs: number;
  readonly cpu: number;
  readonly level: LogLevel;
  readonly key: string;
  readonly text: string;
}
