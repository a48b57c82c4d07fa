import { Explorer, type ExplorerOptions } from '../../engine/explorer.ts';
import type { World, WorldSnapshot } from '../world.ts';
import { restoreTo, survey, type Survey } from './start.ts';
import { FootprintGrew, WorldModel } from './world-model.ts';

/**
 * An exploration of a world from the moment {@link beginExploring} left it at. {@link run} goes on with
 * it; should a step change what no schedule before it did, all begins again.
 */
export class WorldExplorer {
  readonly world: World;
  readonly start: WorldSnapshot;
  readonly survey: Survey;
  readonly #options: ExplorerOptions;
  /** Both are others once it has begun again: never keep them while it runs. */
  model: WorldModel;
  explorer: Explorer;

  constructor(world: World, start: WorldSnapshot, options: ExplorerOptions = {}, known?: Survey) {
    this.world = world;
    this.start = start;
    this.#options = options;
    this.survey = known ?? survey(world, start);
    this.model = this.#newModel();
    this.explorer = new Explorer(this.model, options);
  }

  #newModel(): WorldModel {
    restoreTo(this.world, this.start);
    return new WorldModel(this.world, this.survey.footprint);
  }

  /** Takes all actions of at most `states` more states. False when there is nothing left to do. */
  run(states = Infinity): boolean {
    try {
      const more = this.explorer.run(states);
      if (!more) this.model.audit();
      return more;
    } catch (error) {
      if (!(error instanceof FootprintGrew)) throw error;
      this.model = this.#newModel();
      this.explorer = new Explorer(this.model, this.#options);
      return true;
    }
  }

  /** A schedule in words: `cpu1 S6`, `cpu4 take`. */
  words(actions: readonly number[]): string[] {
    const { model } = this;
    const key = new Int32Array(model.width);
    model.first(key, 0);
    return actions.map((action) => {
      model.load(key, 0);
      const name = model.nameOf(action);
      model.step(action, key.slice(), 0, key);
      return name;
    });
  }

  /** Bytes held by the search. */
  get bytes(): number {
    return this.explorer.bytes + this.model.bytes;
  }

  /** Puts the world back to where the exploration began. */
  leave(): void {
    restoreTo(this.world, this.start);
  }
}
