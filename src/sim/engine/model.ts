/**
 * Something whose every interleaving can be explored. It is changed in place: a state is loaded from
 * its key, one action is taken, and the key of what follows is stored. Keys are exact: two states are
 * equal when their words are, so no collision can hide one.
 */
export interface Model {
  /** Words of a key. */
  readonly width: number;
  /** Actions have numbers below this; a lower number comes first where two schedules are equal. */
  readonly actions: number;
  /** What the last {@link step} let an observer see, as numbers from 0. Borrowed: emptied by the next. */
  readonly effects: number[];
  /** Writes the key of the first state. */
  first(keys: Int32Array, at: number): void;
  /** Makes the state with the key at `keys[at]` the present one. */
  load(keys: Int32Array, at: number): void;
  /** Writes the numbers of the actions the present state has, ascending; answers how many. */
  enabled(out: Int32Array): number;
  /** Takes an action in the state with the key at `keys[from]`, and writes the key of what follows. */
  step(action: number, keys: Int32Array, from: number, out: Int32Array): void;
}

/**
 * What lets an exploration leave states out without losing an outcome. Each part may be missing.
 */
export interface Reduction {
  /**
   * Of the enabled actions of the present state, those of one process that nothing any other may do
   * before it can interfere with, moved to the front of `actions`; answers how many they are, `count`
   * when there is no such process.
   */
  readonly persistent?: (actions: Int32Array, count: number) => number;
  /** Renamings under which the model is the same, the identity not among them. */
  readonly symmetries?: readonly Symmetry[];
}

/** One renaming of interchangeable processes; the first state is the same under it. */
export interface Symmetry {
  /** Writes the renamed key. */
  rename(keys: Int32Array, at: number, out: Int32Array): void;
  renameEffect(effect: number): number;
  renameAction(action: number): number;
}
