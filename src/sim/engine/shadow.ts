import { PAGE_SIZE } from '../base/units.ts';

/** Called for two accesses to the same bytes by different CPUs, at least one of them a write. */
export type Conflict = (earlier: number, later: number) => void;

/** What is remembered of every byte: who wrote it last, and who read it since. */
export interface Shadow {
  /** Accesses have numbers of the caller's; `cpu` made this one. Told in the order they happened. */
  access(id: number, cpu: number, write: boolean, addr: number, bytes: number): void;
}

/** Bytes one cell stands for: no access of the modelled code is finer. */
const CELL_BYTES = 4;

/** Last access of a CPU, of either direction. */
interface Access {
  readonly id: number;
  readonly cpu: number;
}

/** The last write, and the reads after it, one a CPU. Never changed in place: cells share them. */
interface Cell {
  readonly write: Access | null;
  readonly reads: readonly Access[];
}

/** A page: what holds for all of it, and the cells that differ. Copies of images touch pages whole. */
interface Page {
  whole: Cell;
  readonly parts: Map<number, Cell>;
}

const UNTOUCHED: Cell = { write: null, reads: [] };

function touched(cell: Cell, access: Access, write: boolean): Cell {
  if (write) return { write: access, reads: [] };
  return { ...cell, reads: [...cell.reads.filter(({ cpu }) => cpu !== access.cpu), access] };
}

export function newShadow(conflict: Conflict): Shadow {
  const pages = new Map<number, Page>();
  const pageAt = (number: number): Page => {
    let page = pages.get(number);
    if (!page) pages.set(number, (page = { whole: UNTOUCHED, parts: new Map() }));
    return page;
  };
  /** Conflicts already told of this access: a long copy meets the same one cell after cell. */
  let told = new Set<number>();
  const check = (cell: Cell, access: Access, write: boolean): void => {
    const others = write ? [cell.write, ...cell.reads] : [cell.write];
    for (const other of others) {
      if (other === null || other.cpu === access.cpu || told.has(other.id)) continue;
      told.add(other.id);
      conflict(other.id, access.id);
    }
  };
  const wholePage = (page: Page, access: Access, write: boolean): void => {
    for (const cell of [page.whole, ...page.parts.values()]) check(cell, access, write);
    page.whole = touched(page.whole, access, write);
    if (write) page.parts.clear();
    else for (const [at, cell] of page.parts) page.parts.set(at, touched(cell, access, write));
  };
  return {
    access(id, cpu, write, addr, bytes) {
      const access = { id, cpu };
      told = new Set();
      const end = addr + bytes;
      for (let at = addr - (addr % CELL_BYTES); at < end;) {
        const page = pageAt(Math.floor(at / PAGE_SIZE));
        const inPage = at % PAGE_SIZE;
        if (inPage === 0 && at + PAGE_SIZE <= end) {
          wholePage(page, access, write);
          at += PAGE_SIZE;
          continue;
        }
        const cell = page.parts.get(inPage) ?? page.whole;
        check(cell, access, write);
        page.parts.set(inPage, touched(cell, access, write));
        at += CELL_BYTES;
      }
    },
  };
}
