import { PAGE_SIZE } from '../../base/units.ts';
import { HEAP_KINDS, heapKindOf } from '../../kernel/heap.ts';
import { K, LOG } from '../../kernel/kernel.layout.ts';
import { OBSERVER_BYTES } from '../../kernel/observer.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import type { World, WorldSnapshot } from '../world.ts';

const PAGE_WORDS = PAGE_SIZE / 4;
/** Pages whose words make one part of a state's key. */
const GROUP_PAGES = 64;
const TABLE_PAGES = 256;

/** A range of words of `mem.M`, `end` exclusive. */
type Range = readonly [from: number, end: number];

/**
 * What a schedule can change, found by looking: words of memory, and CPUs. Only these are saved and
 * compared; everything else stays as it was at the start, and {@link audit} sees to it that this is so.
 *
 * Three kinds of words are no part of a state: what only the observer keeps (its records, notes on
 * whose bytes lie where), log records (they are effects), and the bookkeeping of the heap about
 * messages and buffers that were freed, as long as nothing will be allocated any more.
 */
export class Footprint {
  /** CPUs that can do something, ascending. */
  readonly cpus: number[];
  /** Words that are part of a state, by group of pages; each list ascending. */
  readonly groups: { readonly words: number[]; readonly pages: number[] }[] = [];
  /** Words that are set back after each step, and what to. */
  readonly resets: { readonly word: number; readonly value: number }[] = [];
  /** Likewise the observer's notes. */
  readonly notes: { readonly note: number; readonly value: number }[] = [];
  readonly #world: World;
  readonly #start: WorldSnapshot;
  readonly #ignored: readonly Range[];
  readonly #heaps: readonly Range[];
  readonly #known = new Set<number>();
  readonly #knownNotes = new Set<number>();
  readonly #cpuBlocks: Int32Array;

  /** `start` is the present moment; whether tasks wait that will allocate more. */
  constructor(world: World, start: WorldSnapshot, tasksWait: boolean) {
    this.#world = world;
    this.#start = start;
    this.#cpuBlocks = start.machine.H;
    const { mem, machine } = world;
    const kernels = machine.kernelWord;
    const observer = mem.word(mem.observerBase);
    this.#ignored = [
      [observer, observer + OBSERVER_BYTES / 4],
      ...kernels.flatMap((kw): Range[] => [
        rangeOf(kw, K.log_count, 4),
        rangeOf(kw, K.log_ring, LOG.records * LOG.size),
      ]),
    ];
    this.#heaps = tasksWait ? [] : kernels.map((kw): Range => [kw + HEAD, kw + HEAD_END]);
    this.cpus = Array.from({ length: machine.cpus }, (_, cpu) => cpu).filter((cpu) =>
      machine.canStep(cpu),
    );
  }

  /**
   * Compares all that was written with the start. False when it found something new that changed:
   * a search that did not know of it is to be begun again.
   */
  audit(): boolean {
    const { mem } = this.#world;
    let same = this.#auditCpus();
    const { tables } = this.#start.machine.memory;
    for (let page = 0; page < mem.dirty.length; page++) {
      if (mem.dirty[page] === 0) continue;
      const copy = tables[Math.floor(page / TABLE_PAGES)]?.[page % TABLE_PAGES];
      const from = page * PAGE_WORDS;
      for (let i = 0; i < PAGE_WORDS; i++)
        if (mem.M[from + i] !== (copy?.words[i] ?? 0))
          same = this.#changed(from + i, copy?.words[i] ?? 0) && same;
      for (let i = 0; i < PAGE_WORDS / 4; i++)
        if (mem.N[from / 4 + i] !== (copy?.notes[i] ?? 0))
          this.#noteChanged(from / 4 + i, copy?.notes[i] ?? 0);
    }
    return same;
  }

  #auditCpus(): boolean {
    const { H, cpus } = this.#world.machine;
    let same = true;
    for (let cpu = 0; cpu < cpus; cpu++) {
      if (this.cpus.includes(cpu)) continue;
      const h = cpu * CPU.stride;
      for (let i = h; i < h + CPU.stride; i++)
        if (H[i] !== this.#cpuBlocks[i] && !this.cpus.includes(cpu)) {
          this.cpus.push(cpu);
          same = false;
        }
    }
    this.cpus.sort((a, b) => a - b);
    return same;
  }

  /** A word is not what it was. True when that is known, or of no importance. */
  #changed(word: number, value: number): boolean {
    if (this.#known.has(word) || isIn(this.#ignored, word)) return true;
    this.#known.add(word);
    if (this.#isFreed(word)) {
      this.resets.push({ word, value });
      return true;
    }
    const page = Math.floor(word / PAGE_WORDS);
    const number = Math.floor(page / GROUP_PAGES);
    let group = this.groups.find(({ pages }) => Math.floor(pages[0]! / GROUP_PAGES) === number);
    if (!group) this.groups.push((group = { words: [], pages: [] }));
    group.words.push(word);
    group.words.sort((a, b) => a - b);
    if (!group.pages.includes(page)) group.pages.push(page);
    return false;
  }

  /** The heap's own words, and what it writes into a message or a buffer that is free. */
  #isFreed(word: number): boolean {
    if (this.#heaps.length === 0) return false;
    if (isIn(this.#heaps, word)) return true;
    const kind = heapKindOf(this.#world.mem.N[word >>> 2]!);
    return kind === MESSAGE || kind === BUFFER;
  }

  #noteChanged(note: number, value: number): void {
    if (this.#knownNotes.has(note) || isIn(this.#ignored, note * 4)) return;
    this.#knownNotes.add(note);
    this.notes.push({ note, value });
  }
}

const MESSAGE = HEAP_KINDS.indexOf('mk_message');
const BUFFER = HEAP_KINDS.indexOf('buffer');
/** The heap's counters and lists. */
const HEAD = K.heap_brk / 4;
const HEAD_END = K.log_count / 4;

const rangeOf = (kw: number, offset: number, bytes: number): Range => [
  kw + offset / 4,
  kw + (offset + bytes) / 4,
];
const isIn = (ranges: readonly Range[], word: number): boolean =>
  ranges.some(([from, end]) => word >= from && word < end);
