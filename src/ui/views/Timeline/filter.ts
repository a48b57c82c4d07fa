import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { MARK } from './history.ts';

/** Kinds of marks that can be hidden, in the order of the legend. */
export const KINDS = [
  'tasks',
  'interrupts',
  'ipis',
  'messages',
  'log',
  'hazards',
  'claims',
] as const;
export type MarkKind = (typeof KINDS)[number];

export const KIND_NAMES: Readonly<Record<MarkKind, string>> = {
  tasks: 'Tasks',
  interrupts: 'Interrupts',
  ipis: 'IPIs',
  messages: 'Messages',
  log: 'Log lines',
  hazards: 'Hazards',
  claims: 'Failed claims',
};

/** What of a run is shown; everything when nothing is named. */
export interface Filter {
  /** CPUs that have a lane; empty: all. */
  readonly cpus: readonly number[];
  /** Only what was done by or to CPUs of this kernel, by index; -1: all. */
  readonly kernel: number;
  readonly hidden: readonly MarkKind[];
}

export const EVERYTHING: Filter = { cpus: [], kernel: -1, hidden: [] };

export const kindOfBar = (mode: number): MarkKind =>
  mode === MODE.interrupt || mode === MODE.irqWork ? 'interrupts' : 'tasks';

const OF_MARK: Readonly<Record<number, MarkKind>> = {
  [MARK.log]: 'log',
  [MARK.outcome]: 'messages',
  [MARK.hazard]: 'hazards',
};
export const kindOfMark = (mark: number): MarkKind => OF_MARK[mark] ?? 'log';

export const isEverything = ({ cpus, kernel, hidden }: Filter): boolean =>
  cpus.length === 0 && kernel < 0 && hidden.length === 0;
