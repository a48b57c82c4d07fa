import type { Frame } from '../../sim/world/frame.ts';
import { MK_IPI_DATA } from '../../sim/kernel/mk.layout.ts';
import type { Selected, Selection } from '../state/selection.svelte.ts';
import type { Session } from '../state/session.svelte.ts';
import { aimedAt, changedBytes, ROW_BYTES, rowOf, scrolledTo } from './hex-view.ts';
import {
  fieldAt,
  isDeviceTree,
  readStruct,
  sizeOf,
  type FieldView,
  type Stretch,
} from './struct-view.ts';

/** Bytes asked for at once, at most; structs that lie further away than this are not read. */
const READ_MAX = 16 * 1024;

/** What the panel is about: some bytes, and the struct they are read as. */
export interface Target {
  readonly title: string;
  readonly addr: number;
  /** Name of a struct of struct-view, '' for plain bytes. */
  readonly struct: string;
}

interface Wanted {
  readonly step: number;
  readonly addr: number;
  readonly bytes: number;
}

/** The first byte behind physical memory. */
const memoryEnd = (frame: Frame): number =>
  frame.regions.reduce((end, region) => Math.max(end, region.end), 0);

/** The bytes a selection stands for; undefined when it has none. */
function targetOf(selected: Selected, frame: Frame): Target | undefined {
  switch (selected.kind) {
    case 'slot': {
      const area = frame.areas.find(({ name }) => name === selected.instance);
      if (!area) return undefined;
      const addr = area.start + selected.slot * area.slotBytes;
      return { title: `slot ${selected.slot} of ${area.name}`, addr, struct: area.struct };
    }
    case 'region': {
      const region = frame.regions.find(({ start }) => start === selected.start);
      return region && { title: region.name, addr: region.start, struct: '' };
    }
    case 'memory':
      return { title: 'memory', addr: selected.addr, struct: '' };
    default:
      return undefined;
  }
}

/** The window on memory: what is read, where the cursor is, what changed since the last moment. */
export class MemoryView {
  /** Rows there is room for. */
  rows = $state(12);
  /** Struct the reader chose to read the target as; undefined leaves it to the bytes. */
  #chosen: { readonly addr: number; readonly struct: string } | undefined = $state.raw();
  /** Where the reader went in the target of a selection; void with the next selection. */
  #place: { readonly of: Target; readonly top: number; readonly cursor: number } | undefined =
    $state.raw();
  #now: Stretch | undefined = $state.raw();
  #before: Stretch | undefined = $state.raw();
  /** Field the pointer is over. */
  over: FieldView | undefined = $state.raw();
  #step = -1;
  #reading = false;
  #next: Wanted | undefined;
  readonly #session: Session;
  readonly #selection: Selection;

  constructor(session: Session, selection: Selection) {
    this.#session = session;
    this.#selection = selection;
  }

  readonly end = $derived.by(() => memoryEnd(this.#session.frame));
  readonly #selected = $derived.by(() => targetOf(this.#selection.now, this.#session.frame));
  readonly target: Target = $derived.by(() => {
    if (this.#selected) return this.#selected;
    const area = this.#session.frame.areas[0];
    const slot = area && ({ kind: 'slot', instance: area.name, slot: area.target } as const);
    return (
      (slot && targetOf(slot, this.#session.frame)) ?? { title: 'memory', addr: 0, struct: '' }
    );
  });
  readonly #at = $derived(this.#place?.of.addr === this.target.addr ? this.#place : undefined);
  readonly top = $derived(this.#at?.top ?? aimedAt(this.target.addr, this.end, this.rows));
  readonly cursor = $derived(this.#at?.cursor ?? this.target.addr);
  readonly stretch = $derived(this.#now);
  readonly changed = $derived(changedBytes(this.#now, this.#before));
  readonly struct = $derived.by(() => {
    const { addr, struct } = this.target;
    const chosen = this.#chosen?.addr === addr ? this.#chosen.struct : undefined;
    if (chosen !== undefined) return chosen;
    if (struct !== '') return struct;
    const bytes = this.#bytesAt(addr, 4);
    return bytes && isDeviceTree(bytes) ? 'fdt_header' : '';
  });
  readonly view = $derived(
    this.#now && this.struct !== ''
      ? readStruct(this.#now, this.target.addr, this.struct)
      : undefined,
  );
  /** The field that is lit: under the pointer, else under the cursor. */
  readonly lit = $derived(this.over ?? fieldAt(this.view, this.cursor));

  readAs(struct: string): void {
    this.#chosen = { addr: this.target.addr, struct };
  }

  goTo(cursor: number): void {
    const top = scrolledTo(cursor, this.top, this.rows);
    this.#place = { of: this.target, top, cursor };
  }

  scroll(rows: number): void {
    const last = Math.max(0, rowOf(this.end - 1) - (this.rows - 1) * ROW_BYTES);
    const top = Math.max(0, Math.min(last, this.top + rows * ROW_BYTES));
    this.#place = { of: this.target, top, cursor: this.cursor };
  }

  /** What is to be read: the rows that are seen, and the struct, in the frame shown. */
  readonly wanted: Wanted = $derived.by(() => {
    const { top, rows, end, target } = this;
    const { step } = this.#session.frame;
    const bottom = Math.min(end, top + rows * ROW_BYTES);
    const from = Math.min(top, rowOf(target.addr));
    const to = Math.min(
      end,
      Math.max(bottom, target.addr + Math.max(2 * MK_IPI_DATA.size, sizeOf(target.struct))),
    );
    return to - from <= READ_MAX
      ? { step, addr: from, bytes: to - from }
      : { step, addr: top, bytes: bottom - top };
  });

  /** Reads it. One question at a time: of those that come meanwhile only the newest is asked. */
  async read(wanted: Wanted): Promise<void> {
    this.#next = wanted;
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let next = this.#takeNext(); next; next = this.#takeNext()) await this.#readOnce(next);
    } finally {
      this.#reading = false;
    }
  }

  #takeNext(): Wanted | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #readOnce({ step, addr, bytes }: Wanted): Promise<void> {
    if (bytes <= 0) return;
    const answer = await this.#session.ask('memory', { addr, bytes });
    // The same moment, another place: what changed before still did.
    if (step !== this.#step) this.#before = this.#now;
    this.#step = step;
    this.#now = { addr, bytes: answer };
  }

  #bytesAt(addr: number, size: number): Uint8Array | undefined {
    const now = this.#now;
    if (!now || addr < now.addr || addr + size > now.addr + now.bytes.length) return undefined;
    return now.bytes.subarray(addr - now.addr, addr - now.addr + size);
  }
}
