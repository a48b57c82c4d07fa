import { nextRandom, seedRandom } from '../../base/rng.ts';

/** Draws for generators of test cases: the same seed gives the same cases everywhere. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seedRandom(seed);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = nextRandom(this.#state);
    return (this.#state >>> 0) % limit;
  }

  /** True in `percent` of 100 draws. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Thing>(things: readonly Thing[]): Thing {
    const thing = things[this.below(things.length)];
    if (thing === undefined) throw new RangeError('nothing to pick from');
    return thing;
  }

  /** `make` called `least` to `most` times. */
  several<Thing>(least: number, most: number, make: () => Thing): Thing[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}
