import { grown, type BlockTable } from './block-table.ts';
import { EffectTree } from './effect-tree.ts';
import { mixWords } from './mix.ts';
import type { Model } from './model.ts';

/** A model whose keys are numbers of blocks, so that another one of the same thing can be told them. */
export interface ShardModel extends Model {
  /** Tables of the blocks keys are made of; the last one has the effects. */
  readonly tables: readonly BlockTable[];
  /** The table each word of a key is a number of. */
  readonly tableOfPart: readonly number[];
}

/** What one shard hands to another: blocks and sequences it has learned, then states and endings. */
export interface Parcel {
  /** Per table: lengths of new blocks, then their words. */
  readonly blocks: readonly { readonly lengths: Int32Array; readonly words: Int32Array }[];
  /** New sequences, as pairs of a shorter one and an effect. */
  readonly sequences: Int32Array;
  /** Keys, each followed by what was seen, the state it was reached from and the action. */
  readonly states: Int32Array;
  /** What was seen in final states, each followed by the state and its depth. */
  readonly ends: Int32Array;
}

const FREE = -1;

/** Words of a parcel's state behind its key: what was seen, the state before, the action. */
const MORE = 3;
const SHARD_BITS = 16;

/** A state of one of the shards. */
export interface ShardState {
  readonly shard: number;
  readonly state: number;
}

/** A final state, and how many actions lead to it. */
export interface ShardEnd extends ShardState {
  readonly depth: number;
}

/** A list of words that grows. */
class Words {
  words = new Int32Array(256);
  length = 0;

  push(value: number): void {
    if (this.length === this.words.length) this.words = grown(this.words, this.length + 1);
    this.words[this.length++] = value;
  }
  takeAll(): Int32Array {
    const all = this.words.slice(0, this.length);
    this.length = 0;
    return all;
  }
}

/**
 * One of several searches that share the states of a model among them: each keeps those whose content
 * falls to it, and hands the others on. It goes in rounds, {@link expand} then {@link receive}, one
 * action deeper each time, until no shard has anything left. No state is left out or kept twice. The way
 * to a state is a shortest one, and leads through several shards ({@link trace}).
 */
export class Shard {
  readonly seen = new EffectTree();
  states = 0;
  expanded = 0;
  transitions = 0;
  /** What final states let an observer see; each falls to one shard. */
  readonly ends = new Map<number, ShardEnd>();
  readonly #model: ShardModel;
  readonly #tables: readonly BlockTable[];
  readonly #tableOfPart: readonly number[];
  readonly #me: number;
  readonly #of: number;
  readonly #width: number;
  readonly #next: Int32Array;
  readonly #actions: Int32Array;
  #keys: Int32Array<ArrayBuffer>;
  /** Where the present round ends. */
  #levelEnd = 0;
  /** Actions that lead to the states whose actions are taken in it. */
  #depth = -1;
  /** Per state: the one before it, by its number in its shard; that shard, and the action. */
  readonly #parents = new Words();
  readonly #vias = new Words();
  #slots = new Int32Array(8192).fill(FREE);
  /** Content hashes of sequences. */
  #hashes = new Int32Array(256);
  #hashed = 1;
  /** Per other shard: what waits for it, and how much of each table it was told. */
  readonly #out: { states: Words; ends: Words; blocks: number[]; sequences: number }[];
  /** Per other shard: our numbers of its blocks and sequences. */
  readonly #known: { blocks: Words[]; sequences: Words }[];

  constructor(model: ShardModel, me: number, of: number) {
    this.#model = model;
    this.#tables = model.tables;
    this.#tableOfPart = model.tableOfPart;
    this.#me = me;
    this.#of = of;
    this.#width = model.width + 1;
    this.#next = new Int32Array(this.#width);
    this.#actions = new Int32Array(model.actions);
    this.#keys = new Int32Array(4096 * this.#width);
    const others = Array.from({ length: of }, (_, i) => i);
    this.#out = others.map(() => ({
      ...{ states: new Words(), ends: new Words(), sequences: 1 },
      blocks: model.tables.map(() => 0),
    }));
    this.#known = others.map(() => {
      const sequences = new Words();
      sequences.push(0);
      return { blocks: model.tables.map(() => new Words()), sequences };
    });
    model.first(this.#next, 0);
    if (this.#ownerOf(this.#next) === me) this.#found(-1, 0);
  }

  /**
   * Takes all actions of the states that are new since the last round, at most to `statesMax` states;
   * answers what each shard is to be handed. With `slice`, of that many states at most: the round goes on
   * with the next call, until no shard has more of it ({@link isRoundOver}); then one begins a new one.
   */
  expand(statesMax = Infinity, slice = Infinity, isNewRound = true): Parcel[] {
    const model = this.#model;
    if (isNewRound) {
      this.#levelEnd = this.states;
      this.#depth++;
    }
    const end = Math.min(this.#levelEnd, this.expanded + slice);
    for (; this.expanded < end && this.states < statesMax; this.expanded++) {
      const from = this.expanded * this.#width;
      model.load(this.#keys, from);
      const count = model.enabled(this.#actions);
      if (count === 0) this.#end(this.#keys[from + model.width]!, this.expanded);
      for (let i = 0; i < count; i++) this.#take(this.#actions[i]!, from);
    }
    return this.#out.map((_, shard) => this.#pack(shard));
  }

  #take(action: number, from: number): void {
    const model = this.#model;
    const next = this.#next;
    model.step(action, this.#keys, from, next);
    let seen = this.#keys[from + model.width]!;
    for (const effect of model.effects) seen = this.seen.after(seen, effect);
    next[model.width] = seen;
    this.transitions++;
    const owner = this.#ownerOf(next);
    if (owner === this.#me) return this.#found(this.expanded, (owner << SHARD_BITS) | action);
    const { states } = this.#out[owner]!;
    for (let i = 0; i < this.#width; i++) states.push(next[i]!);
    states.push(this.expanded);
    states.push(action);
  }

  #end(seen: number, state: number): void {
    const owner = (this.#hashOf(seen) >>> 8) % this.#of;
    const depth = this.#depth;
    if (owner === this.#me) this.#ended(seen, { shard: owner, state, depth });
    else for (const word of [seen, state, depth]) this.#out[owner]!.ends.push(word);
  }

  #ended(seen: number, by: ShardEnd): void {
    if (!this.ends.has(seen)) this.ends.set(seen, by);
  }

  get isRoundOver(): boolean {
    return this.expanded >= this.#levelEnd;
  }

  /** Bytes held, without the model's. */
  get bytes(): number {
    const words = this.#keys.length + this.#slots.length + this.#hashes.length;
    return 4 * (words + this.#parents.words.length + this.#vias.words.length) + this.seen.bytes;
  }

  /** Words of a state, and all states; what was seen on the way to one. For looking only. */
  get width(): number {
    return this.#width;
  }
  get keys(): Int32Array {
    return this.#keys;
  }
  seenAt(state: number): number {
    return this.#keys[state * this.#width + this.#model.width]!;
  }

  /** The last actions on the way to a state, as far as they are this shard's, and where it came from. */
  trace(state: number): {
    readonly actions: readonly number[];
    readonly before: ShardState | null;
  } {
    const actions: number[] = [];
    for (let at = state; ;) {
      const parent = this.#parents.words[at]!;
      const via = this.#vias.words[at]!;
      if (parent < 0) return { actions: actions.reverse(), before: null };
      actions.push(via & ((1 << SHARD_BITS) - 1));
      const shard = via >> SHARD_BITS;
      if (shard !== this.#me)
        return { actions: actions.reverse(), before: { shard, state: parent } };
      at = parent;
    }
  }

  /** Keeps the state in {@link #next}, unless it is here. */
  #found(parent: number, via: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const width = this.#width;
    const keys = this.#keys;
    const next = this.#next;
    let slot = mixWords(next, 0, width) & mask;
    for (; slots[slot] !== FREE; slot = (slot + 1) & mask) {
      let i = 0;
      const at = slots[slot]! * width;
      while (i < width && keys[at + i] === next[i]) i++;
      if (i === width) return;
    }
    const at = this.states * width;
    if (at + width > keys.length) this.#keys = grown(keys, at + width);
    for (let i = 0; i < width; i++) this.#keys[at + i] = next[i]!;
    slots[slot] = this.states++;
    this.#parents.push(parent);
    this.#vias.push(via);
    if (2 * this.states > slots.length) this.#rehash();
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    const mask = slots.length - 1;
    for (let state = 0; state < this.states; state++) {
      let slot = mixWords(this.#keys, state * this.#width, this.#width) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = state;
    }
    this.#slots = slots;
  }

  /** The shard a state falls to, by its content: all shards agree. */
  #ownerOf(key: Int32Array): number {
    const { width } = this.#model;
    const tables = this.#tables;
    const tableOfPart = this.#tableOfPart;
    let hash = this.#hashOf(key[width]!);
    for (let part = 0; part < width; part++)
      hash = Math.imul(hash ^ tables[tableOfPart[part]!]!.hashOf(key[part]!), 0x9e3779b1);
    return ((hash ^ (hash >>> 15)) >>> 8) % this.#of;
  }

  /** The hash of a sequence's content; sequences are hashed in order, the shorter before the longer. */
  #hashOf(seen: number): number {
    const effects = this.#tables.at(-1)!;
    while (this.#hashed <= seen) {
      const node = this.#hashed++;
      if (node >= this.#hashes.length) this.#hashes = grown(this.#hashes, node + 1);
      const before = this.#hashes[this.seen.parentOf(node)]!;
      const hash = Math.imul(before ^ effects.hashOf(this.seen.lastOf(node)), 0x85ebca6b);
      this.#hashes[node] = hash ^ (hash >>> 13);
    }
    return this.#hashes[seen]!;
  }

  #pack(shard: number): Parcel {
    const out = this.#out[shard]!;
    const mine = shard === this.#me;
    const blocks = this.#tables.map((table, i) => {
      const from = mine ? table.count : out.blocks[i]!;
      out.blocks[i] = table.count;
      const lengths = new Int32Array(table.count - from);
      for (let n = 0; n < lengths.length; n++) lengths[n] = table.lengthOf(from + n);
      const start = lengths.length === 0 ? 0 : table.at(from);
      const end = lengths.length === 0 ? 0 : table.at(table.count - 1) + lengths.at(-1)!;
      return { lengths, words: table.words.slice(start, end) };
    });
    const from = mine ? this.seen.count : out.sequences;
    out.sequences = this.seen.count;
    const sequences = new Int32Array(2 * (this.seen.count - from));
    for (let n = 0; 2 * n < sequences.length; n++) {
      sequences[2 * n] = this.seen.parentOf(from + n);
      sequences[2 * n + 1] = this.seen.lastOf(from + n);
    }
    return { blocks, sequences, states: out.states.takeAll(), ends: out.ends.takeAll() };
  }

  /** Takes in what another shard handed on. */
  receive(shard: number, { blocks, sequences, states, ends }: Parcel): void {
    const known = this.#known[shard]!;
    const { width } = this.#model;
    const tables = this.#tables;
    const tableOfPart = this.#tableOfPart;
    blocks.forEach(({ lengths, words }, i) => {
      let at = 0;
      for (const length of lengths) {
        known.blocks[i]!.push(tables[i]!.intern(words, at, length));
        at += length;
      }
    });
    const effects = known.blocks.at(-1)!;
    for (let n = 0; n < sequences.length; n += 2) {
      const before = known.sequences.words[sequences[n]!]!;
      known.sequences.push(this.seen.after(before, effects.words[sequences[n + 1]!]!));
    }
    for (let at = 0; at < ends.length; at += 3) {
      const [seen, state, depth] = ends.subarray(at, at + 3);
      this.#ended(known.sequences.words[seen!]!, { shard, state: state!, depth: depth! });
    }
    const next = this.#next;
    for (let at = 0; at < states.length; at += width + MORE) {
      for (let part = 0; part < width; part++)
        next[part] = known.blocks[tableOfPart[part]!]!.words[states[at + part]!]!;
      next[width] = known.sequences.words[states[at + width]!]!;
      this.#found(states[at + width + 1]!, (shard << SHARD_BITS) | states[at + width + 2]!);
    }
  }
}
