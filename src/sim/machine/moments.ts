import { PAGE_SIZE } from '../base/units.ts';
import { hashPage, type PageCopy } from './pages.ts';

const PAGE_WORDS = PAGE_SIZE / 4;
/** Pages of the backing store in one table of a snapshot. */
const TABLE_PAGES = 256;

/** A moment of memory: copies of backed pages, shared with other moments where unchanged. */
export interface MemorySnapshot {
  readonly tables: readonly (readonly (PageCopy | null)[])[];
}

/** What is saved: words, the observer's notes on them, and which pages were written since. */
interface Store {
  readonly M: Int32Array;
  readonly N: Int32Array;
  readonly dirty: Uint8Array;
}

/** The copy of a page of the backing store in a moment; null for a page that was all zero. */
export function copyIn({ tables }: MemorySnapshot, page: number): PageCopy | null {
  return tables[Math.floor(page / TABLE_PAGES)]?.[page % TABLE_PAGES] ?? null;
}

/**
 * Pages of a backing store are copy-on-write between its moments: a write marks its page as dirty,
 * and a moment copies just those.
 */
export class Moments {
  /** The moment taken or returned to last. */
  #last: MemorySnapshot = { tables: [] };

  /** This moment of the pages `[from, to)`, sharing every page that was not written since the last. */
  save(store: Store, from: number, to: number): MemorySnapshot {
    const tables = [...this.#last.tables];
    let table: (PageCopy | null)[] = [];
    let number = -1;
    for (let page = from; page < to; page++) {
      if (store.dirty[page] === 0) continue;
      store.dirty[page] = 0;
      if (Math.floor(page / TABLE_PAGES) !== number) {
        number = Math.floor(page / TABLE_PAGES);
        while (tables.length <= number) tables.push([]);
        table = [...tables[number]!];
        tables[number] = table;
      }
      while (table.length <= page % TABLE_PAGES) table.push(null);
      table[page % TABLE_PAGES] = copyOf(store, page);
    }
    this.#last = { tables };
    return this.#last;
  }

  /** Back (or forward) to a moment. Writes only pages that differ from now. */
  restore(store: Store, from: number, to: number, moment: MemorySnapshot): void {
    const last = this.#last;
    for (let page = from; page < to; page++) {
      const then = copyIn(moment, page);
      if (store.dirty[page] === 0 && copyIn(last, page) === then) continue;
      store.dirty[page] = 0;
      put(store, page, then);
    }
    this.#last = moment;
  }
}

/**
 * Mixes the pages of a moment that are not all zero into two lanes, in the order of their addresses.
 * `backs` says for each piece of the backing store which piece of physical memory it stands for, -1
 * for none; a piece has `pages` pages. The page numbered `tally` in physical memory is left out.
 */
export function hashMoment(
  lanes: Int32Array,
  moment: MemorySnapshot,
  backs: readonly number[],
  pages: number,
  tally: number,
): void {
  const order = [...backs.entries()].filter(([, piece]) => piece >= 0);
  order.sort((a, b) => a[1] - b[1]);
  for (const [at, piece] of order) {
    for (let i = 0; i < pages; i++) {
      const copy = copyIn(moment, at * pages + i);
      const number = piece * pages + i;
      if (copy && number !== tally) hashPage(lanes, number, copy);
    }
  }
}

function copyOf({ M, N }: Store, page: number): PageCopy {
  const word = page * PAGE_WORDS;
  return {
    words: M.slice(word, word + PAGE_WORDS),
    notes: N.slice(word >>> 2, (word + PAGE_WORDS) >>> 2),
    hash: null,
  };
}

function put({ M, N }: Store, page: number, copy: PageCopy | null): void {
  const word = page * PAGE_WORDS;
  if (copy === null) {
    M.fill(0, word, word + PAGE_WORDS);
    N.fill(0, word >>> 2, (word + PAGE_WORDS) >>> 2);
  } else {
    M.set(copy.words, word);
    N.set(copy.notes, word >>> 2);
  }
}
