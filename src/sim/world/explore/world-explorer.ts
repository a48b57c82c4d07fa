import { Explorer, type ExplorerOptions } from '../../engine/explorer.ts';
import type { Reduction } from '../../engine/model.ts';
import type { World, WorldSnapshot } from '../world.ts';
import { restoreTo, survey, type Survey } from './start.ts';
import { Independence } from './independence.ts';
import { symmetriesOf } from './symmetry.ts';
import { FootprintGrew, WorldModel } from './world-model.ts';

/** What an exploration of a world may leave out, besides what {@link ExplorerOptions} say. */
export interface WorldOptions extends Omit<ExplorerOptions, 'reduction'> {
  /** Orders of actions that cannot interfere. */
  readonly commutes?: boolean;
  /** States that differ only in which of several equal senders is which. */
  readonly renames?: boolean;
}

/**
 * An exploration of a world from the moment {@link beginExploring} left it at. {@link run} goes on with
 * it; should a step change what no schedule before it did, all begins again.
 */
export class WorldExplorer {
  readonly world: World;
  readonly start: WorldSnapshot;
  readonly survey: Survey;
  readonly #options: WorldOptions;
  /** Both are others once it has begun again: never keep them while it runs. */
  model: WorldModel;
  explorer: Explorer;

  constructor(world: World, start: WorldSnapshot, options: WorldOptions = {}, known?: Survey) {
    this.world = world;
    this.start = start;
    this.#options = options;
    this.survey = known ?? survey(world, start);
    this.model = this.#newModel();
    this.explorer = this.#newExplorer();
  }

  #newModel(): WorldModel {
    restoreTo(this.world, this.start);
    return new WorldModel(this.world, this.survey.footprint);
  }

  #newExplorer(): Explorer {
    const { world, start, model } = this;
    // Neither reduction knows of stores that others see later.
    const { stores } = world.machine;
    const { commutes, renames, ...options } = stores
      ? { ...this.#options, commutes: false, renames: false }
      : this.#options;
    const symmetries = renames ? symmetriesOf(this) : [];
    const reduction: Reduction = commutes
      ? { symmetries, persistent: new Independence(world, start, model).persistent }
      : { symmetries };
    return new Explorer(model, { ...options, reduction });
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
      this.explorer = this.#newExplorer();
      return true;
    }
  }

  /** Another search of the same world from the same moment; of the two, either can still be asked for words. */
  again(options: WorldOptions): WorldExplorer {
    return new WorldExplorer(this.world, this.start, options, this.survey);
  }

  /** A schedule in words: `cpu1 S6`, `cpu4 take`. */
  words(actions: readonly number[]): string[] {
    return this.#told(actions, (model, action) => model.nameOf(action));
  }

  /** What the entries of a schedule do: `clear the slot`; empty for an acceptance. */
  texts(actions: readonly number[]): string[] {
    return this.#told(actions, (model, action) => model.textOf(action));
  }

  #told(actions: readonly number[], say: (model: WorldModel, action: number) => string): string[] {
    const { model } = this;
    const key = new Int32Array(model.width);
    model.forget();
    model.first(key, 0);
    return actions.map((action) => {
      model.load(key, 0);
      const name = say(model, action);
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
