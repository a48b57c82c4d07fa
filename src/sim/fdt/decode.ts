import { align, get32, textOf } from './bytes.ts';
import { fdtCheckFull } from './check.ts';
import { FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_PROP } from './header.layout.ts';
import { fdtOffDtStrings, fdtOffDtStruct, fdtVersion } from './tags.ts';

/**
 * Every token of a blob as columns: item `i` is token `tag[i]` at byte `at[i]`, up to `end[i]`
 * with its padding. `parent[i]` is the item of the node it belongs to, -1 for the root; an
 * END_NODE belongs to the node it ends. Names and values are byte ranges of the blob, empty where
 * there are none. Columns, because an object a token would cost ten times the reading.
 */
export interface DecodedBlob {
  readonly count: number;
  readonly tag: Uint8Array;
  readonly at: Uint32Array;
  readonly end: Uint32Array;
  readonly parent: Int32Array;
  readonly nameAt: Uint32Array;
  readonly nameEnd: Uint32Array;
  readonly valueAt: Uint32Array;
  readonly valueEnd: Uint32Array;
}

/**
 * Checks a blob with {@link fdtCheckFull} and finds every token, name and value in it; the check's
 * negative code when it fails.
 */
export function decodeBlob(fdt: Uint8Array): DecodedBlob | number {
  const code = fdtCheckFull(fdt);
  if (code !== 0) return code;
  const structure = fdtOffDtStruct(fdt);
  const columns = new Columns();
  const strings = fdtOffDtStrings(fdt);
  const isOld = fdtVersion(fdt) < 16;
  let node = -1;
  for (let at = structure; ;) {
    const tag = get32(fdt, at);
    const item = columns.add(tag, at, node);
    let end = at + 4;
    if (tag === FDT_BEGIN_NODE) {
      columns.nameAt[item] = end;
      while (fdt[end] !== 0) end++;
      columns.nameEnd[item] = end++;
      node = item;
    } else if (tag === FDT_PROP) {
      const length = get32(fdt, at + 4);
      const nameAt = strings + get32(fdt, at + 8);
      let nameEnd = nameAt;
      while (fdt[nameEnd] !== 0) nameEnd++;
      columns.nameAt[item] = nameAt;
      columns.nameEnd[item] = nameEnd;
      end = at + 12;
      if (isOld && length >= 8 && (end - structure) % 8 !== 0) end += 4;
      columns.valueAt[item] = end;
      // A length near 2^32 wraps, as it does for the check; such a value has no bytes.
      const valueEnd = structure + ((end - structure + length) | 0);
      columns.valueEnd[item] = Math.max(end, valueEnd);
      end = valueEnd;
    } else if (tag === FDT_END_NODE) {
      node = columns.parent[node] ?? -1;
    }
    at = structure + align(end - structure, 4);
    columns.end[item] = at;
    if (tag === FDT_END || at >= fdt.length) return columns;
  }
}

/** Growing columns. */
class Columns implements DecodedBlob {
  count = 0;
  tag = new Uint8Array(64);
  at = new Uint32Array(64);
  end = new Uint32Array(64);
  parent = new Int32Array(64);
  nameAt = new Uint32Array(64);
  nameEnd = new Uint32Array(64);
  valueAt = new Uint32Array(64);
  valueEnd = new Uint32Array(64);

  add(tag: number, at: number, parent: number): number {
    const item = this.count++;
    if (item === this.tag.length) this.#grow();
    this.tag[item] = tag;
    this.at[item] = at;
    this.parent[item] = parent;
    return item;
  }

  #grow(): void {
    const words = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const grown = new Uint32Array(old.length * 4);
      grown.set(old);
      return grown;
    };
    const tag = new Uint8Array(this.tag.length * 4);
    tag.set(this.tag);
    this.tag = tag;
    const parent = new Int32Array(this.parent.length * 4);
    parent.set(this.parent);
    this.parent = parent;
    this.at = words(this.at);
    this.end = words(this.end);
    this.nameAt = words(this.nameAt);
    this.nameEnd = words(this.nameEnd);
    this.valueAt = words(this.valueAt);
    this.valueEnd = words(this.valueEnd);
  }
}

/** Name of an item, '' for the root and for tokens without one. */
export const nameOfItem = (fdt: Uint8Array, blob: DecodedBlob, item: number): string =>
  textOf(fdt, blob.nameAt[item] ?? 0, blob.nameEnd[item] ?? 0);
