import { createContext } from 'svelte';
import type { Frame } from '../../sim/world/frame.ts';

/** The one thing that is selected, everywhere. Names and numbers only, so it outlives a frame. */
export type Selected =
  | { readonly kind: 'none' }
  /** A CPU by its machine number. */
  | { readonly kind: 'cpu'; readonly cpu: number }
  /** A kernel by name; `host` is one. */
  | { readonly kind: 'kernel'; readonly name: string }
  /** An instance by name, which need not be running. */
  | { readonly kind: 'instance'; readonly name: string }
  /** An IPI by serial. */
  | { readonly kind: 'flight'; readonly serial: number }
  /** A slot of the shared area of an instance. */
  | { readonly kind: 'slot'; readonly instance: string; readonly slot: number }
  | { readonly kind: 'message'; readonly id: number }
  /** A stretch of physical memory by its first byte. */
  | { readonly kind: 'region'; readonly start: number }
  /** Any bytes. */
  | { readonly kind: 'memory'; readonly addr: number; readonly bytes: number };

/** The inspector's tabs, by the names `view` blocks use. */
export const TABS = [
  ...(['cpu', 'memory', 'messages', 'kernel', 'handlers', 'instances', 'files', 'heap'] as const),
  ...(['tree', 'hazards', 'races', 'breaks', 'checks'] as const),
];
export type Tab = (typeof TABS)[number];
const LABELS: Readonly<Partial<Record<Tab, string>>> = { cpu: 'CPU', tree: 'Device tree' };
/** What is written on a tab. */
export const tabLabel = (tab: Tab): string => LABELS[tab] ?? tab[0]!.toUpperCase() + tab.slice(1);

/** Tab that shows a selection best. */
const TAB_OF: Readonly<Record<Selected['kind'], Tab | undefined>> = {
  none: undefined,
  cpu: 'cpu',
  kernel: 'kernel',
  instance: 'kernel',
  flight: 'messages',
  slot: 'memory',
  message: 'messages',
  region: 'memory',
  memory: 'memory',
};

/** What is selected and which tab of the inspector is open. */
export class Selection {
  #now: Selected = $state.raw({ kind: 'none' });
  tab: Tab = $state('cpu');
  /** What the lesson has asked for last: anything else is the visitor's own choice. */
  #asked: { readonly now: Selected; readonly tab: Tab } = { now: this.#now, tab: this.tab };

  get now(): Selected {
    return this.#now;
  }

  /** Selects, and opens the tab that fits unless `stay`. */
  select(next: Selected, { stay = false } = {}): void {
    this.#now = next;
    const tab = TAB_OF[next.kind];
    if (!stay && tab !== undefined) this.tab = tab;
  }

  clear(): void {
    this.#now = { kind: 'none' };
  }

  /** Number of the CPU selected, -1 for none. */
  readonly cpu: number = $derived(this.#now.kind === 'cpu' ? this.#now.cpu : -1);

  /**
   * Does what a `view` block of a lesson asks for. What the visitor has chosen since the last one
   * stays when time only jumped to where such a block was before (`sought`); whoever looks at
   * breakpoints stays there in any case.
   */
  show(view: Readonly<Record<string, string>>, frame: Frame, sought = false): void {
    const own = { now: this.#now !== this.#asked.now, tab: this.tab !== this.#asked.tab };
    const before = this.tab;
    const wanted = view.select === undefined ? undefined : parse(view.select, frame);
    if (wanted && !(sought && own.now)) this.select(wanted);
    const tab = TABS.find((known) => known === view.tab);
    if (tab) this.tab = tab;
    if ((sought && own.tab) || before === 'breaks') this.tab = before;
    this.#asked = {
      now: sought && own.now ? this.#asked.now : this.#now,
      tab: sought && own.tab ? this.#asked.tab : this.tab,
    };
  }
}

/** `cpuN`, `kernel NAME`, `instance NAME`, `slot NAME`, `message N`, `memory ADDRESS` or `none`. */
function parse(text: string, frame: Frame): Selected | undefined {
  const cpu = /^cpu\s*(\d+)$/.exec(text);
  if (cpu) return { kind: 'cpu', cpu: Number(cpu[1]) };
  if (text === 'none') return { kind: 'none' };
  const [, kind, rest] = /^(\w+)\s+(.+)$/.exec(text) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  switch (kind) {
    case 'kernel':
    case 'instance':
      return { kind, name: rest };
    case 'slot': {
      const target = frame.areas.find(({ name }) => name === rest)?.target ?? 0;
      return { kind: 'slot', instance: rest, slot: target };
    }
    case 'message':
      return { kind: 'message', id: Number(rest) };
    case 'memory':
      return { kind: 'memory', addr: Number(rest), bytes: 256 };
    default:
      return undefined;
  }
}

export const [getSelection, setSelection] = createContext<Selection>();
