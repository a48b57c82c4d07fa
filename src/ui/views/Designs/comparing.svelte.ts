import type { Calls } from '../../../worker/protocol.ts';
import type { Ask } from '../../../worker/client.ts';
import type { Explored, ExploreProgress } from '../../../worker/explore-protocol.ts';
import { Exploring, type ExploreWorker } from '../Explorer/exploring.svelte.ts';

export type Design = Calls['designs']['answer']['designs'][number];
export type Situation = Calls['designs']['answer']['situations'][number];
export type Part = Design['parts'][number];
type Parts = Readonly<Partial<Record<Part['name'], boolean>>>;
type Change = NonNullable<Calls['design']['ask']['change']>;

/** States at most: enough for every cell but a few of the first ring, which has millions more. */
const STATES_MAX = 500_000;
const BYTES_MAX = 512 * 1024 * 1024;
const SEED = 1;

/** One design in one situation. */
export class Cell {
  readonly design: Design;
  readonly situation: Situation;
  readonly #change: Change;
  /** The scenario that was explored. */
  text = '';
  /** Line of its `explore` block. */
  line = 0;
  isBegun = false;
  exploring: Exploring | undefined = $state.raw();
  failure = $state('');

  constructor(design: Design, situation: Situation, change: Change) {
    this.design = design;
    this.situation = situation;
    this.#change = change;
  }

  readonly explored: Explored | undefined = $derived(this.exploring?.explored);
  readonly progress: ExploreProgress | undefined = $derived(this.exploring?.progress);
  readonly why: string = $derived(this.failure || (this.exploring?.failure ?? ''));

  get states(): number {
    return this.progress?.states ?? 0;
  }

  /** Explores; resolves when all is known, or the reason why not. */
  async explore(ask: Ask, hire: () => ExploreWorker): Promise<void> {
    this.isBegun = true;
    try {
      const { profile } = this.design;
      const wish = { design: profile, situation: this.situation.name, change: this.#change };
      const { scenario, text } = await ask('design', wish);
      const items = scenario.stops.flatMap((stop) => stop.items);
      this.text = text;
      this.line = items.find(({ kind }) => kind === 'explore')?.line ?? 0;
      // One thread: what is asked of every state here, only one that has all of them can answer.
      const limits = { statesMax: STATES_MAX, bytesMax: BYTES_MAX, workers: 1 };
      const begin = { kind: 'begin' as const, scenario, seed: SEED, profile, own: [], ...limits };
      const exploring = new Exploring(hire, begin);
      this.exploring = exploring;
      await exploring.over;
      exploring.close();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}

/** All designs in all situations, with the parts and the machine the visitor has chosen. */
export class Comparison {
  readonly #ask: Ask;
  readonly #hire: () => ExploreWorker;
  designs: readonly Design[] = $state.raw([]);
  situations: readonly Situation[] = $state.raw([]);
  cells: readonly Cell[] = $state.raw([]);
  failure = $state('');
  /** Whether every CPU has a store buffer. */
  buffers = $state(false);
  /** By profile, the parts that are not as published. */
  #changed: Readonly<Record<string, Parts>> = $state.raw({});
  /** By design, states of its largest search so far; a design and a situation are known as large. */
  readonly #costs: Record<string, number> = { 'ring-n1': STATES_MAX, three: 100_000 };
  #isWorking = false;
  #isClosed = false;

  constructor(ask: Ask, hire: () => ExploreWorker) {
    this.#ask = ask;
    this.#hire = hire;
    ask('designs', {}).then(
      ({ designs, situations }) => {
        this.designs = designs;
        this.situations = situations;
        this.#renew(() => true);
      },
      (error: unknown) => {
        this.failure = error instanceof Error ? error.message : String(error);
      },
    );
  }

  cellOf(design: Design, situation: Situation): Cell | undefined {
    return this.cells.find((cell) => cell.design === design && cell.situation === situation);
  }

  /** Whether a part of a design is there now. */
  has({ profile }: Design, part: Part): boolean {
    return this.#changed[profile]?.[part.name] ?? part.isPublished;
  }

  isChanged({ profile }: Design): boolean {
    return Object.keys(this.#changed[profile] ?? {}).length > 0;
  }

  /** Switches a part of a design, and explores that design again. */
  turn(design: Design, part: Part, on: boolean): void {
    const others = Object.entries(this.#changed[design.profile] ?? {}).filter(
      ([name]) => name !== part.name,
    );
    const own: Parts = Object.fromEntries(
      on === part.isPublished ? others : [...others, [part.name, on]],
    );
    this.#changed = { ...this.#changed, [design.profile]: own };
    this.#renew((each) => each === design);
  }

  /** Gives every CPU a store buffer or takes them away, and explores all again. */
  setBuffers(on: boolean): void {
    this.buffers = on;
    this.#renew(() => true);
  }

  /** All designs as they were published. */
  reset(): void {
    const changed = this.#changed;
    this.#changed = {};
    this.#renew(({ profile }) => Object.keys(changed[profile] ?? {}).length > 0);
  }

  close(): void {
    this.#isClosed = true;
    for (const cell of this.cells) cell.exploring?.close();
  }

  #renew(which: (design: Design) => boolean): void {
    const kept = this.cells.filter((cell) => !which(cell.design));
    for (const cell of this.cells) if (which(cell.design)) cell.exploring?.close();
    this.cells = this.situations.flatMap((situation) =>
      this.designs.map(
        (design) =>
          kept.find((cell) => cell.design === design && cell.situation === situation) ??
          new Cell(design, situation, {
            parts: this.#changed[design.profile] ?? {},
            ordering: this.buffers ? 'tso' : 'sc',
          }),
      ),
    );
    void this.#work();
  }

  /** The next cell: what is likely to be small comes before what is known to be large. */
  #cheapest(): Cell | undefined {
    const costOf = ({ design, situation }: Cell): number =>
      Math.max(this.#costs[design.profile] ?? 0, this.#costs[situation.name] ?? 0);
    return this.cells
      .filter(({ isBegun }) => !isBegun)
      .reduce<Cell | undefined>(
        (best, cell) => (best && costOf(best) <= costOf(cell) ? best : cell),
        undefined,
      );
  }

  /** One after the other: two searches at once would be no faster on most machines. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (;;) {
      const next = this.#isClosed ? undefined : this.#cheapest();
      if (!next) break;
      await next.explore(this.#ask, this.#hire);
      const { profile } = next.design;
      this.#costs[profile] = Math.max(this.#costs[profile] ?? 0, next.states);
    }
    this.#isWorking = false;
  }
}
