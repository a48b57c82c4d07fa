/**
 * The strings block in the order dtc builds it: a name is looked for as the end of any string
 * already there, the first one wins, and only then appended. dtc searches the whole block for
 * every property; a tree of all endings, read backwards, answers in the length of the name.
 * Source: dtc, flattree.c, `stringtable_insert`.
 */
export class StringTable {
  #bytes = new Uint8Array(1 << 12);
  #size = 0;
  readonly #whole = new Map<string, number>();
  /** First place where each ending begins, by number of its tree node; -1: none yet. */
  readonly #places: number[] = [-1];
  /** Tree node behind (node, byte). The key is node * 256 + byte. */
  readonly #steps = new Map<number, number>();

  /** Offset of `name` (characters 0 to 255, none of them 0), appended if it is new. */
  insert(name: string): number {
    const known = this.#whole.get(name);
    if (known !== undefined) return known;
    const offset = this.#find(name) ?? this.#append(name);
    this.#whole.set(name, offset);
    return offset;
  }

  /** The block as it is now. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  #find(name: string): number | undefined {
    let node = 0;
    for (let i = name.length - 1; i >= 0; i--) {
      const next = this.#steps.get(node * 256 + name.charCodeAt(i));
      if (next === undefined) return undefined;
      node = next;
    }
    const place = this.#places[node] ?? -1;
    return place < 0 ? undefined : place;
  }

  #append(name: string): number {
    const offset = this.#size;
    const end = offset + name.length;
    if (end + 1 > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, end + 1));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    let node = 0;
    if (this.#places[0] === -1) this.#places[0] = end;
    for (let i = name.length - 1; i >= 0; i--) {
      const byte = name.charCodeAt(i);
      this.#bytes[offset + i] = byte;
      const key = node * 256 + byte;
      let next = this.#steps.get(key);
      if (next === undefined) {
        next = this.#places.length;
        this.#places.push(offset + i);
        this.#steps.set(key, next);
      }
      node = next;
    }
    this.#bytes[end] = 0;
    this.#size = end + 1;
    return offset;
  }
}
