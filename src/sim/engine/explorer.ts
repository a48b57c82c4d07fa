import { grown } from './block-table.ts';
import { EffectTree } from './effect-tree.ts';
import { mixWords } from './mix.ts';
import type { Model, Reduction } from './model.ts';
import { Renaming, type Way } from './renaming.ts';

const FREE = -1;
const STATES_FIRST = 4096;
/** States an exploration keeps when nobody says otherwise. */
export const STATES_MAX = 5_000_000;

export interface ExplorerOptions {
  /** States at most; the exploration stops there, incomplete. */
  readonly statesMax?: number;
  /** Bytes at most, likewise. */
  readonly bytesMax?: number;
  /** Keeps every transition, for questions about the graph. */
  readonly edges?: boolean;
  readonly reduction?: Reduction;
}

/** All final states that let an observer see the same. */
export interface Outcome {
  /** Number of the sequence in {@link Explorer.seen}. */
  readonly seen: number;
  /** The first of them that was reached: by a shortest schedule, ties to the lowest action. */
  readonly state: number;
}

/**
 * Breadth-first search of every interleaving of a {@link Model}. States are numbered as they are
 * found, so that the way to each by {@link schedule} is a shortest one and, of those, the one with
 * the lowest action where they part. A state is the model's key and what was seen on the way to it.
 *
 * It runs in slices, and nothing is allocated per state: words in arrays that double.
 */
export class Explorer {
  readonly model: Model;
  /** Sequences of effects, by number. */
  readonly seen = new EffectTree();
  /** States found, and of them those whose actions were all taken: equal when complete. */
  states = 0;
  expanded = 0;
  transitions = 0;
  /** Why the search ended early, if it did. */
  stopped: 'states' | 'memory' | null = null;
  readonly outcomes: Outcome[] = [];
  /** Final states found. */
  ends = 0;
  /** Words of a state: its key, then the number of what was seen. */
  readonly width: number;
  /** All states, one behind the other. Replaced when it grows: never keep it. */
  keys: Int32Array<ArrayBuffer>;

  readonly #statesMax: number;
  readonly #bytesMax: number;
  readonly #persistent: Reduction['persistent'];
  readonly #renaming: Renaming | null;
  readonly #next: Int32Array;
  readonly #actions: Int32Array;
  readonly #outcomeOf = new Map<number, number>();
  #parents = new Int32Array(STATES_FIRST);
  #via = new Int32Array(STATES_FIRST);
  #slots = new Int32Array(4 * STATES_FIRST).fill(FREE);
  #edges: { starts: Int32Array<ArrayBuffer>; to: Int32Array<ArrayBuffer> } | null;

  constructor(model: Model, options: ExplorerOptions = {}) {
    this.model = model;
    this.width = model.width + 1;
    this.keys = new Int32Array(STATES_FIRST * this.width);
    this.#statesMax = options.statesMax ?? STATES_MAX;
    this.#bytesMax = options.bytesMax ?? Infinity;
    this.#persistent = options.reduction?.persistent;
    const { symmetries } = options.reduction ?? {};
    this.#renaming = symmetries?.length ? new Renaming(symmetries, this.seen, model.width) : null;
    this.#next = new Int32Array(this.width);
    this.#actions = new Int32Array(model.actions);
    this.#edges = options.edges
      ? { starts: new Int32Array(STATES_FIRST), to: new Int32Array(STATES_FIRST) }
      : null;
    model.first(this.#next, 0);
    this.#next[model.width] = 0;
    this.#renaming?.settle(this.#next);
    this.#found(-1, 0);
  }

  get complete(): boolean {
    return this.expanded === this.states;
  }

  /** Takes all actions of at most `count` more states. False when there is nothing left to do. */
  run(count = Infinity): boolean {
    const end = Math.min(this.expanded + count, Number.MAX_SAFE_INTEGER);
    while (this.stopped === null && this.expanded < this.states) {
      if (this.expanded >= end) return true;
      this.#expand(this.expanded);
    }
    return false;
  }

  #expand(state: number): void {
    const { model } = this;
    const actions = this.#actions;
    model.load(this.keys, state * this.width);
    const count = model.enabled(actions);
    if (this.#edges) this.#startEdges(state);
    if (count === 0) this.#end(state);
    let some = count;
    if (this.#persistent && count > 1) some = this.#persistent(actions, count);
    let ahead = false;
    for (let i = 0; i < some; i++) if (this.#take(state, actions[i]!) > state) ahead = true;
    // A choice that only leads back might put the others off for ever.
    for (let i = some; i < count && !ahead; i++) this.#take(state, actions[i]!);
    if (this.stopped === null) this.expanded++;
  }

  /** Takes one action and answers the state it leads to. */
  #take(state: number, action: number): number {
    const { model } = this;
    const next = this.#next;
    const from = state * this.width;
    model.step(action, this.keys, from, next);
    let seen = this.keys[from + model.width]!;
    for (const effect of model.effects) seen = this.seen.after(seen, effect);
    next[model.width] = seen;
    const turn = this.#renaming?.settle(next) ?? 0;
    this.transitions++;
    const to = this.#found(state, (turn << ACTION_BITS) | action);
    if (this.#edges && to >= 0) this.#edge(to);
    return to;
  }

  /** The number of the state in {@link #next}; -1 when it is new and there is no room. */
  #found(parent: number, via: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const { width, keys } = this;
    const next = this.#next;
    for (let slot = mixWords(next, 0, width) & mask; ; slot = (slot + 1) & mask) {
      const state = slots[slot]!;
      if (state === FREE) return this.#add(slot, parent, via);
      let i = 0;
      const at = state * width;
      while (i < width && keys[at + i] === next[i]) i++;
      if (i === width) return state;
    }
  }

  #add(slot: number, parent: number, via: number): number {
    if (this.states >= this.#statesMax) this.stopped = 'states';
    if (this.stopped !== null) return -1;
    const state = this.states++;
    if (state === this.#parents.length && !this.#grow()) return -1;
    const at = state * this.width;
    for (let i = 0; i < this.width; i++) this.keys[at + i] = this.#next[i]!;
    this.#parents[state] = parent;
    this.#via[state] = via;
    this.#slots[slot] = state;
    if (2 * this.states > this.#slots.length) this.#rehash();
    return state;
  }

  /** Room for twice the states, unless that is too much. */
  #grow(): boolean {
    if (2 * this.bytes > this.#bytesMax) {
      this.states--;
      this.stopped = 'memory';
      return false;
    }
    const room = 2 * this.#parents.length;
    this.#parents = grown(this.#parents, room);
    this.#via = grown(this.#via, room);
    this.keys = grown(this.keys, room * this.width);
    return true;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    const mask = slots.length - 1;
    for (let state = 0; state < this.states; state++) {
      let slot = mixWords(this.keys, state * this.width, this.width) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = state;
    }
    this.#slots = slots;
  }

  #end(state: number): void {
    this.ends++;
    const seen = this.keys[state * this.width + this.model.width]!;
    if (this.#outcomeOf.has(seen)) return;
    this.#outcomeOf.set(seen, this.outcomes.length);
    this.outcomes.push({ seen, state });
  }

  #startEdges(state: number): void {
    const edges = this.#edges!;
    if (state + 2 > edges.starts.length) edges.starts = grown(edges.starts, state + 2);
    edges.starts[state + 1] = edges.starts[state]!;
  }

  #edge(to: number): void {
    const edges = this.#edges!;
    const at = edges.starts[this.expanded + 1]!++;
    if (at >= edges.to.length) edges.to = grown(edges.to, at + 1);
    edges.to[at] = to;
  }

  /** Where each state's transitions begin in `to`; the last entry is where they end. */
  get graph(): { readonly starts: Int32Array; readonly to: Int32Array } {
    const { starts, to } = this.#edges ?? { starts: new Int32Array(1), to: new Int32Array(0) };
    return { starts: starts.subarray(0, this.expanded + 1), to };
  }

  /** What was seen on the way to a state: a number of {@link seen}. */
  seenAt(state: number): number {
    return this.keys[state * this.width + this.model.width]!;
  }

  /** The actions that lead from the first state to this one. */
  schedule(state: number): number[] {
    const vias: number[] = [];
    for (let at = state; at > 0; at = this.#parents[at]!) vias.push(this.#via[at]!);
    vias.reverse();
    const turns = vias.map((via) => via >> ACTION_BITS);
    // A state stands for others that differ by a renaming: what was done before one, was done by others.
    return vias.map((via, i) => {
      const action = via & ACTION_MASK;
      return this.#renaming?.follow(turns.slice(i), action) ?? action;
    });
  }

  /** The state found before this one on its {@link schedule}; -1 for the first. */
  parentOf(state: number): number {
    return this.#parents[state]!;
  }

  /** Every sequence of effects some final state has, and a shortest schedule to it; renamed ones too. */
  ways(): Way[] {
    const found = this.outcomes.map(({ seen, state }) => ({
      seen,
      schedule: this.schedule(state),
    }));
    return this.#renaming?.orbit(found) ?? found;
  }

  /** Bytes held by states and tables, without the model's. */
  get bytes(): number {
    const edges = this.#edges ? this.#edges.starts.length + this.#edges.to.length : 0;
    const words = this.keys.length + this.#parents.length + this.#via.length + this.#slots.length;
    return 4 * (words + edges) + this.seen.bytes;
  }
}

/** Of the word that says how a state was reached: the action below, the renaming above. */
const ACTION_BITS = 16;
const ACTION_MASK = (1 << ACTION_BITS) - 1;
