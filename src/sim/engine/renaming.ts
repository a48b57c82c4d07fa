import { grown } from './block-table.ts';
import type { EffectTree } from './effect-tree.ts';
import type { Symmetry } from './model.ts';

/** What can be seen, and a schedule that shows it. */
export interface Way {
  readonly seen: number;
  readonly schedule: readonly number[];
}

/**
 * Puts one state in the place of all that differ from it by a renaming: of the renamed keys the one
 * whose words come first. Renaming number 0 is the identity, number n is `symmetries[n - 1]`.
 */
export class Renaming {
  readonly #symmetries: readonly Symmetry[];
  readonly #seen: EffectTree;
  readonly #width: number;
  /** Per symmetry: what a sequence of effects is renamed to, 0 while nobody asked. */
  readonly #renamed: Int32Array<ArrayBuffer>[];
  readonly #best: Int32Array;
  readonly #image: Int32Array;

  constructor(symmetries: readonly Symmetry[], seen: EffectTree, width: number) {
    this.#symmetries = symmetries;
    this.#seen = seen;
    this.#width = width;
    this.#renamed = symmetries.map(() => new Int32Array(256));
    this.#best = new Int32Array(width + 1);
    this.#image = new Int32Array(width + 1);
  }

  /** Renames a state (key, then what was seen) to its representative; answers which renaming did it. */
  settle(state: Int32Array): number {
    const width = this.#width;
    const best = this.#best;
    const image = this.#image;
    best.set(state);
    let turn = 0;
    for (let i = 0; i < this.#symmetries.length; i++) {
      this.#symmetries[i]!.rename(state, 0, image);
      image[width] = this.rename(i, state[width]!);
      if (!isLess(image, best)) continue;
      best.set(image);
      turn = i + 1;
    }
    state.set(best);
    return turn;
  }

  /** A sequence of effects, renamed. */
  rename(symmetry: number, node: number): number {
    if (node === 0) return 0;
    if (node >= this.#renamed[symmetry]!.length)
      this.#renamed[symmetry] = grown(this.#renamed[symmetry]!, node + 1);
    const known = this.#renamed[symmetry]![node]!;
    if (known !== 0) return known;
    const seen = this.#seen;
    const before = this.rename(symmetry, seen.parentOf(node));
    const effect = this.#symmetries[symmetry]!.renameEffect(seen.lastOf(node));
    const renamed = seen.after(before, effect);
    this.#renamed[symmetry]![node] = renamed;
    return renamed;
  }

  /** An action after all those renamings, the first of them first. */
  follow(turns: readonly number[], action: number): number {
    return turns.reduce(
      (at, turn) => (turn === 0 ? at : this.#symmetries[turn - 1]!.renameAction(at)),
      action,
    );
  }

  /** Ways, and all that differ from one of them by a renaming; one to each sequence of effects. */
  orbit(found: readonly Way[]): Way[] {
    const all = new Map(found.map((way) => [way.seen, way]));
    for (const { seen, schedule } of found)
      this.#symmetries.forEach((symmetry, i) => {
        const renamed = this.rename(i, seen);
        if (all.has(renamed)) return;
        const actions = schedule.map((action) => symmetry.renameAction(action));
        all.set(renamed, { seen: renamed, schedule: actions });
      });
    return [...all.values()];
  }
}

function isLess(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}
