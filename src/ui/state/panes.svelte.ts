import { createContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import type { Stop } from '../../sim/scenarios/scenario.ts';

/** Sizes of the panes in px, and what is open. Remembered. */
interface Kept {
  readonly tour: number;
  readonly side: number;
  readonly bottom: number;
  readonly tourOpen: boolean;
}
export type Split = 'tour' | 'side' | 'bottom';
/** What shares the one pane beside the stage on a smaller screen. */
export type SideTab = 'tour' | 'inspector' | 'consoles';

const KEY = 'multikernel-playground.panes';
/** A projector has few rows of pixels; the stage comes first. */
const LOW_PX = 800;
const isLow = typeof innerHeight === 'number' && innerHeight <= LOW_PX;
const AT_FIRST: Kept = { tour: 280, side: 400, bottom: isLow ? 196 : 236, tourOpen: true };
export const SPLIT_LIMITS: Readonly<Record<Split, readonly [least: number, most: number]>> = {
  tour: [200, 460],
  side: [280, 680],
  bottom: [120, 560],
};

/** How the page is divided: three columns, two, or one. */
export class Panes {
  readonly #phone = new MediaQuery('(max-width: 640px)');
  readonly #medium = new MediaQuery('(max-width: 1024px)');
  readonly layout: 'wide' | 'medium' | 'phone' = $derived(
    this.#phone.current ? 'phone' : this.#medium.current ? 'medium' : 'wide',
  );
  #kept: Kept = $state.raw(read());
  sideTab: SideTab = $state('tour');
  palette = $state(false);
  diagram = $state(false);
  /** The choice of another model of the design is open. */
  model = $state(false);
  explorer = $state(false);
  /** The word that is explained: any id, or '' for all of them; undefined while that is closed. */
  word: string | undefined = $state(wordIn(location.hash));
  /** Puts terms in a stop under links; there once what is not needed to see the stage has come. */
  mark: ((stop: Stop) => Stop) | undefined = $state.raw();
  designs = $state(false);
  branches = $state(false);
  /** Two branches side by side, by id; undefined while that is closed. */
  compare: { readonly a: number; readonly b: number | 'came' } | undefined = $state.raw();
  /** The run an ending was played from: its lesson, its recording, and the text of the ending. */
  came: { readonly name: string; readonly record: string; readonly ending: string } | undefined =
    $state.raw();
  /** On a phone: inspector and consoles lie over the page. */
  sheet = $state(false);

  get tourOpen(): boolean {
    return this.#kept.tourOpen;
  }
  set tourOpen(tourOpen: boolean) {
    this.#keep({ ...this.#kept, tourOpen });
    if (tourOpen) this.sideTab = 'tour';
  }

  size(split: Split): number {
    return this.#kept[split];
  }

  resize(split: Split, px: number): void {
    const [least, most] = SPLIT_LIMITS[split];
    this.#keep({ ...this.#kept, [split]: Math.round(Math.min(Math.max(px, least), most)) });
  }

  /** Back to the size it had at first. */
  reset(split: Split): void {
    this.resize(split, AT_FIRST[split]);
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    remember(KEY, JSON.stringify(kept));
  }
}

/** The id of a term in an address such as `#word=irr`; undefined where there is none. */
export const wordIn = (hash: string): string | undefined => /[#&]word=([\w-]*)/.exec(hash)?.[1];

/** What was stored under a key; undefined where storage is off or empty. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores; a page without storage works all the same. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows and full stores: only the comfort of the next visit is lost.
  }
}

function read(): Kept {
  try {
    const stored: unknown = JSON.parse(recall(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return AT_FIRST;
    const number = (name: Split): number => {
      const value: unknown = (stored as Record<string, unknown>)[name];
      const [least, most] = SPLIT_LIMITS[name];
      return typeof value === 'number' && value >= least && value <= most ? value : AT_FIRST[name];
    };
    return {
      tour: number('tour'),
      side: number('side'),
      bottom: number('bottom'),
      tourOpen: !('tourOpen' in stored && stored.tourOpen === false),
    };
  } catch {
    return AT_FIRST;
  }
}

export const [getPanes, setPanes] = createContext<Panes>();
