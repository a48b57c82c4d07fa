import { ROW } from '../../sim/base/record.ts';
import { DeliveryMode } from '../../sim/machine/lapic.regs.ts';
import { MULTIKERNEL_VECTOR } from '../../sim/kernel/mk.layout.ts';
import type { FlightFrame } from '../../sim/world/frame.ts';
import { flightToken, messageKey } from '../kit/messages.ts';
import type { TraceRow } from '../state/rows.svelte.ts';

/** What an IPI looks like on the stage; times are of the page's clock, in ms. */
export interface Mark {
  readonly serial: number;
  readonly from: number;
  /** -1 when nobody takes it. */
  readonly to: number;
  /** Name of the colour token. */
  readonly token: string;
  /** Share of the way that is shown, and to be shown. */
  shown: number;
  goal: number;
  phase: 'flying' | 'arrived' | 'merged' | 'dropped';
  /** When it began to end. */
  endedAt: number;
  /** Since when no frame has it; how it ended is told by a row, a little later. */
  missingAt: number;
}

/** A ring that spreads from a tile: an interrupt was taken, or harm was done. */
export interface Ripple {
  readonly cpu: number;
  readonly token: string;
  readonly at: number;
}

/** Many IPIs from one CPU to another, drawn as one stream. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  readonly token: string;
  /** IPIs of late: fades by half every {@link FLOW_HALF_MS}. */
  strength: number;
}

/** More new IPIs at once than this become streams. */
const MARKS_AT_ONCE_MAX = 24;
const MARKS_MAX = 160;
const FLOWS_MAX = 4096;
const FLOW_HALF_MS = 220;
/** Share of the missing way that is made up for in 60 ms: quick, but never a jump. */
const EASE_MS = 60;
/** A flight that no frame has, and whose end is not told by then, was jumped over. */
const MISSING_MS = 500;
/** Least time an IPI is in the air on the screen, however fast the machine is. */
const FLIGHT_MS = 260;
export const ENDING_MS = { flying: Infinity, arrived: 420, merged: 700, dropped: 1100 } as const;
export const RIPPLE_MS = 700;

/**
 * IPIs as they are shown: a little behind the truth, so that each one is seen to leave, fly and end.
 * Nothing here draws, and the clock comes from outside.
 */
export class FlightShow {
  readonly marks = new Map<number, Mark>();
  ripples: Ripple[] = [];
  readonly flows = new Map<string, Flow>();
  #cpuOfApic: ReadonlyMap<number, number> = new Map();
  #then = 0;
  /** Category of the message each CPU announced last. */
  readonly #announced = new Map<number, { time: number; type: number }>();

  /** Another run, or a jump in time: nothing that was under way is. */
  clear(): void {
    this.marks.clear();
    this.flows.clear();
    this.ripples = [];
    this.#announced.clear();
  }

  /** The APIC ids of this machine: rows know a destination by that alone. */
  know(cpus: readonly { readonly id: number; readonly apicId: number }[]): void {
    if (this.#cpuOfApic.size === cpus.length) return;
    this.#cpuOfApic = new Map(cpus.map(({ id, apicId }) => [apicId, id]));
  }

  /** What flies at this moment, and how far it has come. */
  see(flights: readonly FlightFrame[], timeNs: number, now: number): void {
    if (flights.length > MARKS_MAX) return;
    const here = new Set<number>();
    for (const flight of flights) {
      here.add(flight.serial);
      const span = flight.arrivesNs - flight.sentNs;
      const goal = span > 0 ? Math.min(1, (timeNs - flight.sentNs) / span) : 1;
      // A little way at once, so that it is seen to have left.
      const seen = Math.min(0.94, Math.max(0.12, goal));
      const mark = this.marks.get(flight.serial);
      if (mark) {
        if (mark.phase === 'flying') mark.goal = seen;
      } else {
        const { serial, from, to } = flight;
        this.#add({ serial, from, to, token: flightToken(flight) }, seen, now);
      }
    }
    for (const mark of this.marks.values()) {
      if (here.has(mark.serial)) mark.missingAt = Infinity;
      else if (mark.phase === 'flying') mark.missingAt = Math.min(mark.missingAt, now);
    }
  }

  /** What happened since: sends, arrivals and what was taken. */
  digest(rows: readonly TraceRow[], now: number): void {
    const sends = rows.reduce((sum, { kind }) => sum + (kind === ROW.send ? 1 : 0), 0);
    const many = sends > MARKS_AT_ONCE_MAX;
    for (const row of rows) {
      switch (row.kind) {
        case ROW.sent:
          this.#announced.set(row.cpu, { time: row.time, type: row.b });
          break;
        case ROW.send:
          this.#send(row, many, now);
          break;
        case ROW.arrive:
          this.#end(row.d, 'arrived');
          break;
        case ROW.merge:
          this.#end(row.d, 'merged');
          break;
        case ROW.drop:
          this.#end(row.d, 'dropped');
          break;
        case ROW.take:
          if (!many) this.#ripple({ cpu: row.cpu, token: 'pending', at: now });
          break;
        default:
      }
    }
  }

  /** A message for this CPU came to harm. */
  harm(cpu: number, now: number): void {
    if (cpu >= 0) this.#ripple({ cpu, token: 'danger', at: now });
  }

  /** Goes on to `now`; false when nothing moves any more. */
  advance(now: number, still = false): boolean {
    const elapsed = Math.min(100, Math.max(0, now - this.#then));
    this.#then = now;
    let moving = false;
    for (const mark of this.marks.values()) {
      const missing = mark.goal - mark.shown;
      const least = elapsed / FLIGHT_MS;
      if (still) mark.shown = mark.goal;
      else if (missing > 0)
        mark.shown += Math.min(
          missing,
          Math.max(least, missing * (1 - Math.exp(-elapsed / EASE_MS))),
        );
      if (Math.abs(mark.goal - mark.shown) > 0.002) moving = true;
      if (mark.phase === 'flying') {
        if (now - mark.missingAt > MISSING_MS) this.marks.delete(mark.serial);
        else if (mark.missingAt !== Infinity) moving = true;
        continue;
      }
      moving = true;
      if (mark.endedAt === Infinity && mark.shown > 0.97) mark.endedAt = now;
      if (now - mark.endedAt > ENDING_MS[mark.phase]) this.marks.delete(mark.serial);
    }
    this.ripples = this.ripples.filter(({ at }) => now - at < RIPPLE_MS);
    for (const [key, flow] of this.flows) {
      flow.strength *= 0.5 ** (elapsed / FLOW_HALF_MS);
      if (flow.strength < 0.05) this.flows.delete(key);
    }
    return moving || this.ripples.length > 0 || this.flows.size > 0;
  }

  #send({ time, cpu, b, c, d }: TraceRow, many: boolean, now: number): void {
    if (this.marks.has(d)) return;
    const to = this.#cpuOfApic.get(c) ?? -1;
    const token = this.#tokenOf(time, cpu, b);
    if (!many) {
      this.#add({ serial: d, from: cpu, to, token }, 0.12, now);
      return;
    }
    const key = `${cpu} ${to} ${token}`;
    const flow = this.flows.get(key);
    if (flow) flow.strength++;
    else if (this.flows.size < FLOWS_MAX)
      this.flows.set(key, { from: cpu, to, token, strength: 1 });
  }

  #tokenOf(time: number, cpu: number, b: number): string {
    const delivery = (b >> 8) & 7;
    if (delivery === DeliveryMode.startup) return 'ipi-startup';
    if (delivery !== DeliveryMode.fixed) return 'ipi-init';
    const note = this.#announced.get(cpu);
    const announces = note?.time === time && (b & 0xff) === MULTIKERNEL_VECTOR;
    return `message-${messageKey(announces ? note.type : 0)}`;
  }

  #add(what: Pick<Mark, 'serial' | 'from' | 'to' | 'token'>, goal: number, now: number): void {
    if (this.marks.size >= MARKS_MAX) return;
    if (this.marks.size === 0) this.#then = now;
    this.marks.set(what.serial, {
      ...what,
      shown: 0,
      goal,
      phase: 'flying',
      endedAt: Infinity,
      missingAt: Infinity,
    });
  }

  #end(serial: number, phase: 'arrived' | 'merged' | 'dropped'): void {
    const mark = this.marks.get(serial);
    if (!mark) return;
    mark.phase = phase;
    mark.goal = 1;
  }

  #ripple(ripple: Ripple): void {
    const others = this.ripples.filter(
      ({ cpu, token }) => cpu !== ripple.cpu || token !== ripple.token,
    );
    this.ripples = [...others, ripple];
  }
}
