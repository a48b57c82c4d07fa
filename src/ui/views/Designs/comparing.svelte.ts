import type { Calls } from '../../../worker/protocol.ts';
import type { Ask } from '../../../worker/client.ts';
import type { Explored, ExploreProgress } from '../../../worker/explore-protocol.ts';
import { Exploring, type ExploreWorker } from '../Explorer/exploring.svelte.ts';

export type Design = Calls['designs']['answer']['designs'][number];
export type Situation = Calls['designs']['answer']['situations'][number];

/** States at most: enough for every cell but those of the first ring, which has thousands more. */
const STATES_MAX = 250_000;
const BYTES_MAX = 512 * 1024 * 1024;
const SEED = 1;

/** One design in one situation. */
export class Cell {
  readonly design: Design;
  readonly situation: Situation;
  /** The scenario that was explored. */
  text = '';
  /** Line of its `explore` block. */
  line = 0;
  exploring: Exploring | undefined = $state.raw();
  failure = $state('');

  constructor(design: Design, situation: Situation) {
    this.design = design;
    this.situation = situation;
  }

  readonly explored: Explored | undefined = $derived(this.exploring?.explored);
  readonly progress: ExploreProgress | undefined = $derived(this.exploring?.progress);
  readonly why: string = $derived(this.failure || (this.exploring?.failure ?? ''));

  /** Explores; resolves when all is known, or the reason why not. */
  async explore(ask: Ask, hire: () => ExploreWorker): Promise<void> {
    try {
      const { profile } = this.design;
      const wish = { design: profile, situation: this.situation.name };
      const { scenario, text } = await ask('design', wish);
      const items = scenario.stops.flatMap((stop) => stop.items);
      this.text = text;
      this.line = items.find(({ kind }) => kind === 'explore')?.line ?? 0;
      const limits = { statesMax: STATES_MAX, bytesMax: BYTES_MAX };
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
