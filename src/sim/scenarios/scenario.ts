import type { DesignSwitch } from '../kernel/system.ts';
import type { Ordering } from '../machine/ordering.ts';

/**
 * A scenario as plain data: what `parse.ts` makes of a Markdown file. It holds nothing that JSON
 * cannot, so that the bundled ones are parsed when the page is built, not when it loads.
 */
export interface Scenario {
  readonly file: string;
  readonly title: string;
  /** One or two sentences; empty when the file gives none. */
  readonly summary: string;
  readonly level: Level;
  readonly profile: ProfileName;
  /** Glue switched on or off by hand; a switch that is not named keeps the profile's setting. */
  readonly glue: Readonly<Partial<Record<GlueName, boolean>>>;
  /** Parts of the mailbox switched by hand; missing when none is. */
  readonly design?: Readonly<Partial<Record<DesignSwitch, boolean>>>;
  /** Slots of a ring; as published unless given. */
  readonly ringSlots?: number;
  readonly machine: MachineSettings;
  readonly seed: number;
  /** Stop 0 is what stands before the first heading and carries the scenario's title. */
  readonly stops: readonly Stop[];
}

/** 1 look, 2 understand, 3 find out yourself. */
export type Level = 1 | 2 | 3;

/** Models of the design a scenario can ask for. */
export const PROFILES = [
  'rfc-v2',
  'rfc-v2-as-posted',
  'rfc-v1',
  'ring-n1',
  'ring-n3',
  'doorbell',
] as const;
export type ProfileName = (typeof PROFILES)[number];

/** The switches that let the published v2 run, and the one that gives it a way back. */
export const GLUE = [
  'ipi-area',
  'ipi-param',
  'load-ids',
  'restore-memory',
  'own-ram',
  'kerf-loading',
  'two-way',
] as const;
export type GlueName = (typeof GLUE)[number];

export interface MachineSettings {
  readonly cpus: number;
  readonly memory: number;
  /** What `mkkernel_pool=` says; a null base leaves the place to the kernel. */
  readonly pool: { readonly size: number; readonly base: number | null } | null;
  /** APIC id of each CPU; null means that it is the CPU's number. */
  readonly apic: readonly number[] | null;
  /** `tso` gives every CPU a store buffer; unless given, a store is visible at once. */
  readonly ordering?: Ordering;
}

export interface Stop {
  readonly title: string;
  /** Of the heading; 1 for stop 0. */
  readonly line: number;
  /** Prose and blocks in the order of the file. */
  readonly items: readonly Item[];
}

export type Item = ProseItem | Block;

export interface ProseItem {
  readonly kind: 'prose';
  readonly line: number;
  readonly content: readonly Prose[];
}

/** Prose that fills the width of the page. No raw HTML, whatever the author wrote. */
export type Prose =
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'quote'; readonly content: readonly Prose[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'list';
      /** Number of the first item, or null for bullets. */
      readonly start: number | null;
      readonly items: readonly (readonly Prose[])[];
    }
  | {
      readonly kind: 'table';
      readonly align: readonly (Align | null)[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };
export type Align = 'left' | 'right' | 'center';

/** Prose within a line. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong' | 'emphasis'; readonly content: readonly Inline[] }
  /** `to` is http, https or relative; nothing else becomes a link. */
  | { readonly kind: 'link'; readonly to: string; readonly content: readonly Inline[] };

/** What acts. `line` is that of the opening fence. */
export type Block =
  ConsoleBlock | FileBlock | ScheduleBlock | ExploreBlock | ClaimsBlock | QuestionBlock | ViewBlock;

export interface ConsoleBlock {
  readonly kind: 'console';
  readonly line: number;
  readonly kernel: string;
  readonly lines: readonly ConsoleLine[];
}
export interface ConsoleLine {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A file of the host; `dts` ones are device tree source, which editors treat as such. */
export interface FileBlock {
  readonly kind: 'dts' | 'file';
  readonly line: number;
  readonly name: string;
  /** Every line ends in a newline. Line 1 of it is line `line + 1` of the scenario. */
  readonly text: string;
}

export interface ScheduleBlock {
  readonly kind: 'schedule';
  readonly line: number;
  readonly entries: readonly ScheduleEntry[];
}
/** One choice: which CPU moves next, and how far. */
export type ScheduleEntry = {
  readonly line: number;
  readonly column: number;
  readonly cpu: number;
} & Move;
export type Move =
  /** Up to and including the step of that label or id. */
  | { readonly kind: 'until'; readonly label: string }
  /** Only the acceptance of an interrupt; a null vector is whichever comes first. */
  | { readonly kind: 'take'; readonly vector: number | null }
  /** The oldest store of the CPU's buffer becomes visible. */
  | { readonly kind: 'drain' }
  /** Until the CPU is idle. */
  | { readonly kind: 'end' }
  /** One step, which must be the one of that label or id. */
  | { readonly kind: 'step'; readonly label: string }
  | { readonly kind: 'steps'; readonly count: number };

/** Text of the expression language, not yet compiled, and where it begins. */
export interface Claim {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface ExploreBlock {
  readonly kind: 'explore';
  readonly line: number;
  readonly properties: readonly Property[];
}
export interface Property {
  readonly when: 'never' | 'always' | 'sometimes';
  readonly name: string;
  readonly claim: Claim;
}

/** `expect`: claims that must hold here. `break`: stop when one of them comes true. */
export interface ClaimsBlock {
  readonly kind: 'expect' | 'break';
  readonly line: number;
  readonly claims: readonly Claim[];
}

export interface QuestionBlock {
  readonly kind: 'question';
  readonly line: number;
  readonly prompt: string;
  /** The right answer, computed from the run. */
  readonly answer: Claim;
  /** To choose from; empty when the reader types the answer. */
  readonly choices: readonly (string | number | boolean)[];
  /** Shown after the answer; empty when there is nothing to say. */
  readonly because: string;
}

/** What the page should show. A property that is missing stays as the reader left it. */
export interface ViewBlock {
  readonly kind: 'view';
  readonly line: number;
  readonly select?: string;
  readonly tab?: ViewTab;
  /** A factor, or `fit`. */
  readonly zoom?: number | 'fit';
  /** Steps a second, or `max`. */
  readonly speed?: number | 'max';
}

/** The inspector's tabs by the names `view` blocks use. */
export const VIEW_TABS = ['cpu', 'memory', 'messages', 'tree', 'files', 'races', 'checks'] as const;
export type ViewTab = (typeof VIEW_TABS)[number];
