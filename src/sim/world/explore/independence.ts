import { nextRandom, seedRandom } from '../../base/rng.ts';
import { CPU } from '../../machine/cpu.layout.ts';
import type { World, WorldSnapshot } from '../world.ts';
import { restoreTo } from './start.ts';
import type { WorldModel } from './world-model.ts';

/** Schedules drawn at random to find out what steps touch. */
const WALKS = 64;
const WALK_ACTIONS_MAX = 10_000;
/** Bits of a set of places: bytes of memory that are always touched together, and local APICs. */
const BITS = 30;
/** The place where all that an observer sees is written down, one thing after the other. */
const SEEN = 1 << BITS;
const EVERYWHERE = -1;

/** What one action touches, as sets of places. */
interface Touch {
  reads: number;
  writes: number;
}
/** A range of memory an action touched. */
interface Access {
  readonly write: boolean;
  readonly from: number;
  readonly end: number;
}

/** Stands for the acceptance of an interrupt where program counters of steps stand. */
const TAKE = -1;

/**
 * Which actions cannot interfere: of what a CPU does next, and of all it may do until it is idle, the
 * places read and written, told by the accessors of memory. From it follows when the next action of one
 * CPU may go first without any outcome being lost: nothing another CPU can do before it touches what it
 * touches, unless both only read.
 */
export class Independence {
  readonly #world: World;
  readonly #model: WorldModel;
  readonly #cpus: readonly number[];
  /** By program counter: what the action itself touches, and with all that may follow it. */
  readonly #next = new Map<number, Touch>();
  readonly #rest = new Map<number, Touch>();
  /** Program counters that were seen to follow each other on a CPU. */
  readonly #follows = new Map<number, Set<number>>();
  readonly #accesses = new Map<number, readonly Access[]>();
  /** Actions that touched other places at other times: an entry of a ring, say. */
  readonly #strays = new Set<number>();
  /** Program counters of steps that an observer may see something of. */
  readonly #shows = new Set<number>();
  /** CPUs that were sent interrupts by others, by program counter. */
  readonly #rings = new Map<number, Set<number>>();
  #isUsable = true;

  /** The world is at the start of the exploration, and is left there. */
  constructor(world: World, start: WorldSnapshot, model: WorldModel) {
    this.#world = world;
    this.#model = model;
    this.#cpus = model.footprint.cpus;
    this.#watch(start);
    this.#number();
    this.#close();
  }

  /** Walks at random and takes down what each action touches. */
  #watch(start: WorldSnapshot): void {
    const { mem } = this.#world;
    const model = this.#model;
    const actions = new Int32Array(model.actions);
    let random = seedRandom(2);
    for (let walk = 0; walk < WALKS; walk++) {
      model.forget();
      this.#world.restore(start);
      const last = new Map<number, number>();
      for (let n = 0; n < WALK_ACTIONS_MAX; n++) {
        const count = model.enabled(actions);
        if (count === 0) break;
        random = nextRandom(random);
        this.#watchAction(actions[(random >>> 8) % count]!, last);
      }
    }
    mem.listener = null;
    model.forget();
    restoreTo(this.#world, start);
  }

  #watchAction(action: number, last: Map<number, number>): void {
    const { machine, mem } = this.#world;
    const cpu = action >> 1;
    const pc = (action & 1) === 1 ? TAKE : machine.pcOf(cpu);
    const accesses: Access[] = [];
    mem.listener = {
      access: (write, from, bytes) => void accesses.push({ write, from, end: from + bytes }),
    };
    if (pc !== TAKE && this.#model.effectTable.isReceiving(cpu)) this.#shows.add(pc);
    const flights = machine.flightSerial;
    this.#model.play(action);
    this.#noteAccesses(pc, accesses);
    const rung = machine.cpuOfApic[machine.H[cpu * CPU.stride + CPU.icrHigh]!] ?? -1;
    if (machine.flightSerial !== flights && rung !== cpu) put(this.#rings, pc, rung);
    const before = last.get(cpu);
    if (before !== undefined) put(this.#follows, before, pc);
    const isIdle = machine.pcOf(cpu) < 0;
    if (isIdle) last.delete(cpu);
    else last.set(cpu, pc);
  }

  /** Keeps what an action touched; one that does not touch the same each time may touch anything. */
  #noteAccesses(pc: number, accesses: readonly Access[]): void {
    const known = this.#accesses.get(pc) ?? [];
    if (accesses.some((access, i) => known[i] && !isSame(access, known[i]))) this.#strays.add(pc);
    if (accesses.length >= known.length) this.#accesses.set(pc, accesses);
  }

  /** Gives every place that is touched its bit: ranges are cut where one of them begins or ends. */
  #number(): void {
    const all = [...this.#accesses.values()].flat();
    const cuts = [...new Set(all.flatMap(({ from, end }) => [from, end]))].sort((a, b) => a - b);
    const apics = this.#cpus.length;
    this.#isUsable = cuts.length + apics <= BITS;
    const bitsOf = ({ from, end }: Access): number =>
      cuts.reduce(
        (bits, cut, i) => (cut >= from && cut < end ? bits | (1 << (apics + i)) : bits),
        0,
      );
    for (const [pc, accesses] of this.#accesses) {
      const touch: Touch = { reads: 0, writes: this.#shows.has(pc) ? SEEN : 0 };
      for (const access of accesses)
        if (access.write) touch.writes |= bitsOf(access);
        else touch.reads |= bitsOf(access);
      for (const cpu of this.#rings.get(pc) ?? []) touch.writes |= this.#apicBit(cpu);
      if (this.#strays.has(pc)) touch.writes = EVERYWHERE;
      this.#next.set(pc, touch);
    }
  }

  /** The local APIC of a CPU as a place; every one, where that CPU is not known. */
  #apicBit(cpu: number): number {
    const i = this.#cpus.indexOf(cpu);
    return i < 0 ? (1 << this.#cpus.length) - 1 : 1 << i;
  }

  /** What an action and all behind it on its CPU may touch: also later steps of the same routine. */
  #close(): void {
    const { program } = this.#world.machine;
    const routineOf = (pc: number): number => (pc === TAKE ? -1 : program.routineOf[pc]!);
    for (const pc of this.#next.keys()) {
      const reached = new Set([pc]);
      for (const each of reached) {
        for (const next of this.#follows.get(each) ?? []) reached.add(next);
        for (const other of this.#next.keys())
          if (each !== TAKE && other > each && routineOf(other) === routineOf(each))
            reached.add(other);
      }
      const rest: Touch = { reads: 0, writes: 0 };
      for (const each of reached) {
        rest.reads |= this.#next.get(each)!.reads;
        rest.writes |= this.#next.get(each)!.writes;
      }
      this.#rest.set(pc, rest);
    }
  }

  /** {@link Reduction.persistent} of the present state of the world. */
  readonly persistent = (actions: Int32Array, count: number): number => {
    if (!this.#isUsable) return count;
    for (let i = 0; i < count;) {
      const cpu = actions[i]! >> 1;
      const some = i + 1 < count && actions[i + 1]! >> 1 === cpu ? 2 : 1;
      if (some < count && this.#mayGoFirst(cpu, actions.subarray(i, i + some))) {
        moveToFront(actions, i, some);
        return some;
      }
      i += some;
    }
    return count;
  };

  #mayGoFirst(cpu: number, own: Int32Array): boolean {
    const { machine } = this.#world;
    let reads = 0;
    let writes = 0;
    for (const action of own) {
      const touch = this.#next.get((action & 1) === 1 ? TAKE : machine.pcOf(cpu));
      if (!touch) return false;
      reads |= touch.reads;
      writes |= touch.writes;
      if ((action & 1) === 1) writes |= this.#apicBit(cpu);
    }
    const others = this.#restOfOthers(cpu);
    if (!others) return false;
    const conflicts = (writes & (others.reads | others.writes)) | (reads & others.writes);
    if (conflicts !== 0) return false;
    // With interrupts on, one that another sends would be one more thing this CPU could do.
    const isOpen = machine.H[cpu * CPU.stride + CPU.interruptsOn] === 1;
    return !isOpen || (others.writes & this.#apicBit(cpu)) === 0;
  }

  /** All that CPUs but this one may touch before it moves; null when something about them is unknown. */
  #restOfOthers(cpu: number): Touch | null {
    const { machine } = this.#world;
    const all: Touch = { reads: 0, writes: 0 };
    const add = (pc: number): boolean => {
      const rest = this.#rest.get(pc);
      if (!rest) return false;
      all.reads |= rest.reads;
      all.writes |= rest.writes;
      return true;
    };
    for (const other of this.#cpus) {
      if (other === cpu) continue;
      const pc = machine.pcOf(other);
      if (pc >= 0 && !add(pc)) return null;
    }
    // Whoever has an interrupt pending, or may still be sent one, does all that interrupts do; that may
    // be to send more, so it is looked at until nothing is added.
    for (let before = -1; before !== all.writes;) {
      before = all.writes;
      for (const other of this.#cpus) {
        if (other === cpu) continue;
        const isRung = machine.H[other * CPU.stride + CPU.pending] !== 0;
        if (!isRung && (all.writes & this.#apicBit(other)) === 0) continue;
        if (!add(TAKE)) return null;
        all.writes |= this.#apicBit(other);
      }
    }
    return all;
  }
}

/** Those at `from` come first, the others keep their order behind them. */
function moveToFront(actions: Int32Array, from: number, some: number): void {
  for (let n = 0; n < some; n++) {
    const action = actions[from + n]!;
    actions.copyWithin(n + 1, n, from + n);
    actions[n] = action;
  }
}

const isSame = (a: Access, b: Access): boolean =>
  a.write === b.write && a.from === b.from && a.end === b.end;

function put(sets: Map<number, Set<number>>, key: number, value: number): void {
  const set = sets.get(key) ?? new Set<number>();
  set.add(value);
  sets.set(key, set);
}
