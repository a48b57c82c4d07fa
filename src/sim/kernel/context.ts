import { ROW } from '../base/record.ts';
import { Core } from '../machine/core.ts';
import type { Machine } from '../machine/machine.ts';
import { CPU } from '../machine/cpu.layout.ts';
import { K, LOG } from './kernel.layout.ts';
import { logEventNumber, type LogKey } from './log-events.ts';
import type { Observer } from './observer.ts';
import type { KernelState, RoleTable, System } from './system.ts';

const { kernel: KERNEL, apicId: APIC_ID, logical: LOGICAL } = CPU;

const LOG_COUNT = K.log_count / 4;
const LOG_RING = K.log_ring / 4;
const LOG_WORDS = LOG.size / 4;
const LOG_RECORDS = LOG.records;

/** What a step of a kernel routine can reach: its core, and the kernel it belongs to. */
export class KernelContext extends Core {
  // Declared, not defined: see Core.
  declare readonly sys: System;
  declare readonly observer: Observer;
  declare roles: RoleTable;
  /** The kernel that is looked at from outside; -1 in the context of the steps. */
  looksAt = -1;

  constructor(machine: Machine<Core>, sys: System, observer: Observer) {
    super(machine);
    this.sys = sys;
    this.observer = observer;
  }

  /** The kernel looked at, else the one that owns the CPU. */
  override get kernel(): number {
    return this.looksAt >= 0 ? this.looksAt : this.H[this.h + KERNEL]!;
  }

  /** The kernel's cold state. */
  get state(): KernelState {
    return this.sys.kernels[this.kernel]!;
  }

  update(change: Partial<KernelState>): void {
    this.sys.update(this.kernel, change);
  }

  /** Number of this CPU inside its kernel: smp_processor_id(). */
  get logical(): number {
    return this.H[this.h + LOGICAL]!;
  }

  /** APIC id of this CPU: arch_cpu_physical_id(smp_processor_id()). */
  get physical(): number {
    return this.H[this.h + APIC_ID]!;
  }

  /** Writes a log record. Text arguments are numbers of handed texts ({@link System.hand}). */
  log(key: LogKey, ...args: readonly (number | string)[]): void {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, g = 0] = args.map((value) =>
      typeof value === 'string' ? this.sys.hand(value) : value,
    );
    this.logAt(logEventNumber(key), a, b, c, d, e, g);
  }

  /** As {@link log}, for hot callers: the event's number, looked up once, and plain numbers. */
  logAt(event: number, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): void {
    const count = this.mem.M[this.kw + LOG_COUNT]!;
    this.logWhen(this.now, event, a, b, c, d, e, g);
    if (this.recorder !== null) this.row(ROW.log, 0, this.kernel, count, event);
  }

  /** Writes a record of that time, and no row. */
  logWhen(time: number, event: number, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): void {
    const { mem, kw } = this;
    const { M, F } = mem;
    const count = M[kw + LOG_COUNT]!;
    const word = kw + LOG_RING + (count % LOG_RECORDS) * LOG_WORDS;
    const double = word >>> 1;
    F[double] = time;
    M[word + 2] = event;
    M[word + 3] = this.logical;
    F[double + 2] = a;
    F[double + 3] = b;
    F[double + 4] = c;
    F[double + 5] = d;
    F[double + 6] = e;
    F[double + 7] = g;
    mem.dirty[word >>> 10] = 1;
    mem.put(kw + LOG_COUNT, count + 1);
  }

  /** Marks harm the modelled code does: shown loudly, and the run goes on. */
  hazard(id: number, addr = 0, detail = 0): void {
    this.observer.hazard(id);
    this.row(ROW.hazard, addr, id, detail, 0);
  }
}
