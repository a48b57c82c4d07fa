import { Refused, SimBug } from '../../base/assert.ts';
import { BlockTable } from '../../engine/block-table.ts';
import type { ProcessModel } from '../../engine/needed.ts';
import type { ShardModel } from '../../engine/shard.ts';
import { STAT } from '../../kernel/observer.ts';
import type { Program } from '../../machine/routine.ts';
import type { KernelContext } from '../../kernel/context.ts';
import type { World } from '../world.ts';
import { CpuBlocks } from './cpu-blocks.ts';
import { Effects } from './effects.ts';
import type { Footprint } from './footprint.ts';

/** Private steps a CPU may take in one go; more means that it never does anything else. */
const PRIVATE_MAX = 100_000;
/** Interrupts of this class a CPU takes before anything else: irq_work, which it raised itself. */
const OWN_CLASS = 0xf;
/** Steps between two looks at all of memory. */
const AUDIT_EVERY = 65536;

/** Thrown when a step changed what the footprint does not have: begin again, it has it now. */
export class FootprintGrew extends Error {}

/**
 * The world as a model to explore: its own machine, memory and routines, moved in chosen mode. An action
 * is a step another CPU could come between, with the private steps behind it, or the acceptance of an
 * interrupt, with its EOI. Actions are numbered by CPU: `2 * cpu` a step, `2 * cpu + 1` an acceptance,
 * and behind all of these, on a machine with store buffers, `2 * cpus + cpu` the oldest store of one.
 */
export class WorldModel implements ProcessModel, ShardModel {
  readonly width: number;
  readonly actions: number;
  readonly effects: number[] = [];
  readonly cpuBlocks: CpuBlocks;
  readonly effectTable: Effects;
  readonly footprint: Footprint;
  /** Per group of the footprint, what its words can be. */
  readonly groupTables: readonly BlockTable[];
  readonly #world: World;
  readonly #program: Program<KernelContext>;
  /** The first action that drains a store. */
  readonly #drains: number;
  readonly #cpus: readonly number[];
  readonly #groups: readonly Int32Array[];
  readonly #pages: readonly Int32Array[];
  readonly #scratch: Int32Array;
  /** The key of what the world is now; -1 where it must be loaded in any case. */
  readonly #now: Int32Array;
  readonly #first: Int32Array;
  readonly #serial: { readonly word: number; readonly value: number };
  /** Cold states of tasks by number, and the place of that number in a key; -1 when none wait. */
  readonly #colds: World['cold'][] = [];
  readonly #coldAt: number;
  readonly #kernels: World['sys']['kernels'];
  #audited = new Uint8Array(1024);
  #untilAudit = AUDIT_EVERY;

  /** The world must be at the start the footprint was made for, quiet pages and all. */
  constructor(world: World, footprint: Footprint) {
    this.#world = world;
    this.#program = world.machine.program;
    this.#kernels = world.sys.kernels;
    this.footprint = footprint;
    this.cpuBlocks = new CpuBlocks(world);
    this.effectTable = new Effects(world);
    this.#drains = 2 * world.machine.cpus;
    this.actions = world.machine.stores ? this.#drains + world.machine.cpus : this.#drains;
    this.#cpus = [...footprint.cpus];
    this.#groups = footprint.groups.map(({ words }) => Int32Array.from(words));
    this.#pages = footprint.groups.map(({ pages }) => Int32Array.from(pages));
    this.groupTables = this.#groups.map(() => new BlockTable());
    this.#scratch = new Int32Array(Math.max(0, ...this.#groups.map(({ length }) => length)));
    const parts = this.#cpus.length + this.#groups.length;
    this.#coldAt = world.cold.tasks.length > 0 ? parts : -1;
    this.width = parts + (this.#coldAt >= 0 ? 1 : 0);
    const { mem } = world;
    const word = mem.word(mem.observerBase) + STAT.serial / 4;
    this.#serial = { word, value: mem.M[word]! };
    this.#now = new Int32Array(this.width);
    this.#storeAll();
    this.#first = this.#now.slice();
  }

  #storeAll(): void {
    const now = this.#now;
    this.#cpus.forEach((cpu, i) => (now[i] = this.cpuBlocks.store(cpu)));
    this.#groups.forEach((_, i) => (now[this.#cpus.length + i] = this.#storeGroup(i)));
    if (this.#coldAt >= 0) now[this.#coldAt] = this.#storeCold();
  }

  first(keys: Int32Array, at: number): void {
    keys.set(this.#first, at);
  }

  load(keys: Int32Array, at: number): void {
    const now = this.#now;
    const cpus = this.#cpus;
    for (let i = 0; i < cpus.length; i++) {
      const block = keys[at + i]!;
      if (now[i] === block) continue;
      this.cpuBlocks.load(cpus[i]!, block);
      now[i] = block;
    }
    for (let i = cpus.length, group = 0; group < this.#groups.length; i++, group++) {
      const block = keys[at + i]!;
      if (now[i] === block) continue;
      this.#loadGroup(group, block);
      now[i] = block;
    }
    if (this.#coldAt >= 0) this.#loadCold(keys[at + this.#coldAt]!);
  }

  enabled(out: Int32Array): number {
    const { machine } = this.#world;
    let count = 0;
    for (const cpu of this.#cpus) {
      if (!machine.canStep(cpu)) continue;
      const isBusy = machine.pcOf(cpu) >= 0;
      if (isBusy) out[count++] = 2 * cpu;
      if (machine.takes(cpu) >= 0) out[count++] = 2 * cpu + 1;
    }
    const { stores } = machine;
    if (stores !== null)
      for (const cpu of this.#cpus) if (stores.count(cpu) > 0) out[count++] = this.#drains + cpu;
    return count;
  }

  step(action: number, keys: Int32Array, from: number, out: Int32Array): void {
    this.load(keys, from);
    const { machine, mem } = this.#world;
    const { effects } = this;
    if (action >= this.#drains) return this.#stepDrain(action, out);
    const cpu = action >> 1;
    const flights = machine.flightSerial;
    effects.length = 0;
    const isReceiver = this.effectTable.isReceiving(cpu);
    if (isReceiver) this.effectTable.before(cpu, effects);
    const now = this.#now;
    const before = now[this.#cpus.indexOf(cpu)]!;
    machine.choose(cpu, (action & 1) === 1);
    this.runPrivate(cpu);
    this.effectTable.after(cpu, isReceiver, effects);
    mem.M[this.#serial.word] = this.#serial.value;
    // Whoever was sent an interrupt has changed too.
    const all = machine.flightSerial !== flights;
    for (let i = 0; i < this.#cpus.length; i++)
      if (all || this.#cpus[i] === cpu) now[i] = this.cpuBlocks.store(this.#cpus[i]!);
    this.#auditStep(before);
    this.#storeDirty();
    if (this.#coldAt >= 0) now[this.#coldAt] = this.#storeCold();
    for (let i = 0; i < this.width; i++) out[i] = now[i]!;
  }

  /** A store becomes visible: no CPU moves, and nobody sees anything. */
  #stepDrain(action: number, out: Int32Array): void {
    this.effects.length = 0;
    this.#world.machine.drain(action - this.#drains);
    this.#storeDirty();
    for (let i = 0; i < this.width; i++) out[i] = this.#now[i]!;
  }

  /** Takes an action in the world as it is, and nothing else: no key, no effects. */
  play(action: number): void {
    if (action >= this.#drains) return this.#world.machine.drain(action - this.#drains);
    this.#world.machine.choose(action >> 1, (action & 1) === 1);
    this.runPrivate(action >> 1);
  }

  /** The world goes back to the start: pages the model has changed are marked, the next state loaded whole. */
  forget(): void {
    const { dirty } = this.#world.mem;
    for (const pages of this.#pages) for (const page of pages) dirty[page] = 1;
    this.#now.fill(-1);
  }

  /** Runs what no other CPU can see. */
  runPrivate(cpu: number): void {
    const { machine } = this.#world;
    for (let n = 0; this.#isPrivate(cpu); n++) {
      machine.choose(cpu);
      if (n > PRIVATE_MAX)
        throw new Refused(`cpu${cpu} goes on for ever, and nobody else could come between`);
    }
  }

  #isPrivate(cpu: number): boolean {
    const { machine } = this.#world;
    if (machine.halt) {
      machine.halt = false;
      if (this.#coldAt >= 0) this.#world.dispatch();
    }
    const vector = machine.takes(cpu);
    if (vector >= 0 && vector >> 4 === OWN_CLASS) return true;
    const pc = machine.pcOf(cpu);
    return pc >= 0 && this.#program.local[pc] === 1 && machine.canStep(cpu);
  }

  /** Looks at all of memory where a step begins that did not before, and now and then. */
  #auditStep(before: number): void {
    const audited = this.#audited;
    if (before < audited.length && audited[before] !== 0 && --this.#untilAudit > 0) return;
    this.#untilAudit = AUDIT_EVERY;
    if (before >= audited.length) {
      this.#audited = new Uint8Array(2 * before);
      this.#audited.set(audited);
    }
    this.#audited[before] = 1;
    this.audit();
  }

  /** Sees to it that nothing outside the footprint has changed since the start. */
  audit(): void {
    if (this.#world.sys.kernels !== this.#kernels)
      throw new Refused('a step changed more than memory: this cannot be explored');
    if (!this.footprint.audit()) throw new FootprintGrew();
  }

  #storeDirty(): void {
    const { dirty, M, N } = this.#world.mem;
    for (let group = 0; group < this.#groups.length; group++) {
      const pages = this.#pages[group]!;
      let any = 0;
      for (let i = 0; i < pages.length; i++) {
        any |= dirty[pages[i]!]!;
        dirty[pages[i]!] = 0;
      }
      if (any !== 0) this.#now[this.#cpus.length + group] = this.#storeGroup(group);
    }
    const { resets, notes } = this.footprint;
    for (const { word, value } of resets) M[word] = value;
    for (const { note, value } of notes) N[note] = value;
  }

  #storeGroup(group: number): number {
    const words = this.#groups[group]!;
    const { M } = this.#world.mem;
    const scratch = this.#scratch;
    for (let i = 0; i < words.length; i++) scratch[i] = M[words[i]!]!;
    return this.groupTables[group]!.intern(scratch, 0, words.length);
  }

  #loadGroup(group: number, block: number): void {
    const words = this.#groups[group]!;
    const { M } = this.#world.mem;
    const table = this.groupTables[group]!;
    const from = table.at(block);
    for (let i = 0; i < words.length; i++) M[words[i]!] = table.words[from + i]!;
  }

  #storeCold(): number {
    const { tasks } = this.#world.cold;
    const known = this.#colds.findIndex(
      (cold) =>
        cold.tasks.length === tasks.length && cold.tasks.every((task, i) => task === tasks[i]),
    );
    return known >= 0 ? known : this.#colds.push(this.#world.cold) - 1;
  }

  #loadCold(number: number): void {
    const cold = this.#colds[number];
    if (!cold) throw new SimBug('no such list of tasks');
    this.#world.cold = cold;
    this.#now[this.#coldAt] = number;
  }

  /** See {@link ShardModel}; tasks that wait have no table, and no key of theirs can be handed on. */
  get tables(): readonly BlockTable[] {
    return [this.cpuBlocks.table, ...this.groupTables, this.effectTable.table];
  }

  get tableOfPart(): readonly number[] {
    return [...this.#cpus.map(() => 0), ...this.#groups.map((_, i) => i + 1)];
  }

  /** Whether keys can be handed to another model of the same world. */
  get isShared(): boolean {
    return this.#coldAt < 0;
  }

  /** The CPU an action is one of. */
  processOf(action: number): number {
    return action >= this.#drains ? action - this.#drains : action >> 1;
  }

  /** What an action is called in a schedule: `cpu1 S6`, `cpu4 take`. The state must be loaded. */
  nameOf(action: number): string {
    const { machine } = this.#world;
    if (action >= this.#drains) return `cpu${action - this.#drains} drain`;
    const cpu = action >> 1;
    if ((action & 1) === 1) return `cpu${cpu} take`;
    return `cpu${cpu} ${this.#program.steps[machine.pcOf(cpu)]!.id}`;
  }

  /** What an action does, in words; empty for an acceptance. The state must be loaded. */
  textOf(action: number): string {
    if (action >= this.#drains) return 'its oldest store leaves the buffer: others see it now';
    if ((action & 1) === 1) return '';
    return this.#program.steps[this.#world.machine.pcOf(action >> 1)]!.text;
  }

  /** Bytes held by tables. */
  get bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes, 0);
  }
}
