/** Words a flight has in {@link Flights.data}: time of arrival, then integers. */
const AT = 0;
const FIELDS = 7;

/** Delivery mode of what is no IPI: the moment a store leaves its CPU's buffer. */
export const STORE_DRAIN = 0x100;

/** An IPI between two local APICs. */
export interface Flight {
  /** Arrival, in ns. */
  at: number;
  /** CPU whose local APIC is the destination, -1 when no APIC has that id. */
  target: number;
  /** Delivery mode, as in ICR. */
  delivery: number;
  vector: number;
  sender: number;
  serial: number;
  /** When it set out, in ns. */
  sent: number;
}

/** A place for one, all zero. */
export function noFlight(): Flight {
  return { at: 0, target: 0, delivery: 0, vector: 0, sender: 0, serial: 0, sent: 0 };
}

/** IPIs under way, by time of arrival; equal times in the order they were sent. A binary heap. */
export class Flights {
  data = new Float64Array(FIELDS * 16);
  count = 0;
  /** Arrival of the next one, Infinity when nothing flies. */
  next = Infinity;

  push(
    at: number,
    target: number,
    delivery: number,
    vector: number,
    sender: number,
    serial: number,
    sent: number,
  ) {
    if ((this.count + 1) * FIELDS > this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    let i = this.count++;
    const d = this.data;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      // Serials grow, so a later flight with the same time stays below its parent.
      if (d[parent * FIELDS + AT]! <= at) break;
      d.copyWithin(i * FIELDS, parent * FIELDS, parent * FIELDS + FIELDS);
      i = parent;
    }
    const p = i * FIELDS;
    d[p] = at;
    d[p + 1] = target;
    d[p + 2] = delivery;
    d[p + 3] = vector;
    d[p + 4] = sender;
    d[p + 5] = serial;
    d[p + 6] = sent;
    this.next = d[0]!;
  }

  /** Takes the next flight out, into `out`. */
  pop(out: Flight): void {
    const d = this.data;
    out.at = d[0]!;
    // What comes out of an array of doubles stays one, and so does all that is computed from it and
    // every field it is put into, until somebody says `| 0`.
    out.target = d[1]! | 0;
    out.delivery = d[2]! | 0;
    out.vector = d[3]! | 0;
    out.sender = d[4]! | 0;
    out.serial = d[5]! | 0;
    out.sent = d[6]!;
    const last = --this.count;
    if (last > 0) this.#sink(last);
    this.next = this.count === 0 ? Infinity : d[0]!;
  }

  /** Puts the flight that was at `last` where it belongs, from the root down. */
  #sink(last: number): void {
    const d = this.data;
    const base = last * FIELDS;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child++;
      if (!this.#before(child, last)) break;
      d.copyWithin(i * FIELDS, child * FIELDS, child * FIELDS + FIELDS);
      i = child;
    }
    d.copyWithin(i * FIELDS, base, base + FIELDS);
  }

  #before(a: number, b: number): boolean {
    const d = this.data;
    const difference = d[a * FIELDS]! - d[b * FIELDS]!;
    return difference < 0 || (difference === 0 && d[a * FIELDS + 5]! < d[b * FIELDS + 5]!);
  }

  /** The flights as plain objects, next one first. */
  list(): Flight[] {
    const flights = Array.from({ length: this.count }, (_, i) => {
      const p = i * FIELDS;
      const d = this.data;
      return {
        at: d[p]!,
        target: d[p + 1]!,
        delivery: d[p + 2]!,
        vector: d[p + 3]!,
        sender: d[p + 4]!,
        serial: d[p + 5]!,
        sent: d[p + 6]!,
      };
    });
    return flights.sort((a, b) => a.at - b.at || a.serial - b.serial);
  }

  save(): Float64Array {
    return this.data.slice(0, this.count * FIELDS);
  }

  load(saved: Float64Array): void {
    if (saved.length > this.data.length) this.data = new Float64Array(saved.length * 2);
    this.data.set(saved);
    this.count = saved.length / FIELDS;
    this.next = this.count === 0 ? Infinity : this.data[0]!;
  }
}
