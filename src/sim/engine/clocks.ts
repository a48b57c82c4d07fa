/** Vector clocks of a run's CPUs: who knows how much of whom. */
export interface Clocks {
  /** The CPU's own clock: it moves on whenever others may learn of it. */
  now(cpu: number): number;
  /** An IPI sets out: whoever takes it knows all its sender knew. */
  send(cpu: number, serial: number): void;
  /** It reached a local APIC, or folded into a pending bit: both are taken together. */
  arrive(cpu: number, vector: number, serial: number): void;
  /** The CPU takes or gives back a lock: it learns from whoever had it before. */
  lock(cpu: number, name: string): void;
  /** The CPU takes a vector, and learns from all whose IPIs are in it. */
  take(cpu: number, vector: number): void;
  /** Whether what a CPU did at that clock of its own happened before what another does now. */
  ordered(cpu: number, clock: number, other: number): boolean;
}

/** What a CPU knows: the clock of each CPU it has heard of, itself included. */
type Knowledge = Map<number, number>;

/** Interrupts that start a CPU, not a handler: delivery modes above fixed stand in the upper bits. */
const VECTOR_BITS = 8;

function learn(into: Knowledge, from: Knowledge): void {
  for (const [cpu, clock] of from) if (clock > (into.get(cpu) ?? 0)) into.set(cpu, clock);
}

export function newClocks(): Clocks {
  const known = new Map<number, Knowledge>();
  const flying = new Map<number, Knowledge>();
  const pending = new Map<string, Knowledge>();
  const locks = new Map<string, Knowledge>();
  const of = (cpu: number): Knowledge => {
    let own = known.get(cpu);
    if (!own) known.set(cpu, (own = new Map([[cpu, 1]])));
    return own;
  };
  return {
    now: (cpu) => of(cpu).get(cpu)!,
    send(cpu, serial) {
      const own = of(cpu);
      flying.set(serial, new Map(own));
      own.set(cpu, own.get(cpu)! + 1);
    },
    arrive(cpu, vector, serial) {
      const sent = flying.get(serial);
      if (!sent) return;
      flying.delete(serial);
      // INIT and SIPI are not taken: the CPU simply starts.
      if (vector >> VECTOR_BITS !== 0) return learn(of(cpu), sent);
      const key = `${cpu} ${vector}`;
      const waiting = pending.get(key);
      if (waiting) learn(waiting, sent);
      else pending.set(key, sent);
    },
    lock(cpu, name) {
      const own = of(cpu);
      const held = locks.get(name);
      if (held) learn(own, held);
      locks.set(name, new Map(own));
      own.set(cpu, own.get(cpu)! + 1);
    },
    take(cpu, vector) {
      const key = `${cpu} ${vector}`;
      const heard = pending.get(key);
      if (!heard) return;
      pending.delete(key);
      learn(of(cpu), heard);
    },
    ordered: (cpu, clock, other) => (of(other).get(cpu) ?? 0) >= clock,
  };
}
