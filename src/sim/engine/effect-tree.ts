import { grown } from './block-table.ts';

const FREE = -1;

/** Sequences of effects by number: 0 is the empty one, every other is a shorter one and an effect. */
export class EffectTree {
  count = 1;
  #parent = new Int32Array(256);
  #effect = new Int32Array(256).fill(-1);
  #slots = new Int32Array(1024).fill(FREE);

  /** The sequence that is `parent` and then `effect`. */
  after(parent: number, effect: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = place(parent, effect) & mask; ; slot = (slot + 1) & mask) {
      const node = slots[slot]!;
      if (node === FREE) return this.#add(slot, parent, effect);
      if (this.#parent[node] === parent && this.#effect[node] === effect) return node;
    }
  }

  #add(slot: number, parent: number, effect: number): number {
    const node = this.count++;
    if (node >= this.#parent.length) {
      this.#parent = grown(this.#parent, node + 1);
      this.#effect = grown(this.#effect, node + 1);
    }
    this.#parent[node] = parent;
    this.#effect[node] = effect;
    this.#slots[slot] = node;
    if (2 * this.count > this.#slots.length) this.#rehash();
    return node;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    const mask = slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = place(this.#parent[node]!, this.#effect[node]!) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }

  parentOf(node: number): number {
    return this.#parent[node]!;
  }

  lastOf(node: number): number {
    return this.#effect[node]!;
  }

  /** The effects of a sequence, in order. */
  list(node: number): number[] {
    const effects: number[] = [];
    for (let at = node; at !== 0; at = this.#parent[at]!) effects.push(this.#effect[at]!);
    return effects.reverse();
  }

  /** Bytes held. */
  get bytes(): number {
    return 4 * (2 * this.#parent.length + this.#slots.length);
  }
}

function place(parent: number, effect: number): number {
  const hash = Math.imul(parent ^ Math.imul(effect + 1, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
