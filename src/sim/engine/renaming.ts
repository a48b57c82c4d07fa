import { grown } from './block-table.ts';
import type { EffectTree } from './effect-tree.ts';
import type { Symmetry } from './model.ts';

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
  readonly #inverse: readonly number[];
  readonly #best: Int32Array;
  readonly #image: Int32Array;

  constructor(symmetries: readonly Symmetry[], seen: EffectTree, width: number) {
    this.#symmetries = symmetries;
    this.#seen = seen;
    this.#width = width;
    this.#renamed = symmetries.map(() => new Int32Array(256));
    this.#inverse = symmetries.map((_, i) => this.#inverseOf(i));
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

  /** The action that stands behind `action` once all those renamings are taken back, the last first. */
  undo(turns: readonly number[], action: number): number {
    return turns.reduceRight(
      (at, turn) =>
        turn === 0 ? at : this.#symmetries[this.#inverse[turn - 1]!]!.renameAction(at),
      action,
    );
  }

  /** Sequences, and all that differ from one of them by a renaming; each once. */
  orbit(found: readonly number[]): number[] {
    const all = new Set(found);
    for (const seen of found)
      for (let i = 0; i < this.#symmetries.length; i++) all.add(this.rename(i, seen));
    return [...all];
  }

  /** The renaming that takes number `i` back. */
  #inverseOf(i: number): number {
    const symmetry = this.#symmetries[i]!;
    const takesBack = (other: Symmetry): boolean => {
      for (let action = 0; action < ACTIONS_TRIED; action++)
        if (other.renameAction(symmetry.renameAction(action)) !== action) return false;
      return true;
    };
    return this.#symmetries.findIndex(takesBack);
  }
}

/** Actions by which renamings are told apart: two for each of more CPUs than can be interchanged. */
const ACTIONS_TRIED = 4096;

function isLess(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}
