import { ROW } from '../base/record.ts';
import { nextRandom } from '../base/rng.ts';
import type { Core } from './core.ts';
import { CPU, MODE } from './cpu.layout.ts';
import { STORE_DRAIN, type Flight } from './flights.ts';
import { deliverable, requestVector, resetLapic } from './lapic.ts';
import { DeliveryMode } from './lapic.regs.ts';
import type { Machine } from './machine.ts';

/** Taken out of the tables once: V8 makes a constant of each, but looks a table's field up at every use. */
const {
  mode: MODE_,
  interruptsOn: INTERRUPTS_ON,
  depth: DEPTH,
  svr: SVR,
  sipi: SIPI,
  task: TASK,
  apicId: APIC_ID,
  icrLow: ICR_LOW,
  icrHigh: ICR_HIGH,
  stride: STRIDE,
} = CPU;

/** An IPI sets out. To itself it only takes `selfIpi`; in instant mode it is there at once. */
export function launch<X extends Core>(
  machine: Machine<X>,
  sender: number,
  apicId: number,
  delivery: number,
  vector: number,
): void {
  const { cpuOfApic, flight, instant, now } = machine;
  const serial = ++machine.flightSerial;
  const target = apicId >= 0 && apicId < cpuOfApic.length ? cpuOfApic[apicId]! : -1;
  let at = now;
  if (!instant) at += target === sender ? machine.timing.selfIpi : flightTime(machine);
  machine.core.rowAt(ROW.send, now, sender, at, (delivery << 8) | vector, apicId, serial);
  if (instant || target === sender) {
    flight.at = at;
    flight.target = target;
    flight.delivery = delivery;
    flight.vector = vector;
    flight.sender = sender;
    flight.serial = serial;
    land(machine, flight);
  } else {
    machine.flights.push(at, target, delivery, vector, sender, serial, now);
    machine.core.due(at);
  }
}

/**
 * As {@link launch} for a vector that flies to another CPU, at a time near now; no row. Returns the
 * time of its arrival.
 */
export function sendOff<X extends Core>(
  machine: Machine<X>,
  now: number,
  sender: number,
  target: number,
  vector: number,
): number {
  const { H } = machine;
  const at = now + flightTime(machine);
  const { fixed } = DeliveryMode;
  H[sender * STRIDE + ICR_HIGH] = H[target * STRIDE + APIC_ID]!;
  H[sender * STRIDE + ICR_LOW] = (fixed << 8) | vector;
  machine.flights.push(at, target, fixed, vector, sender, ++machine.flightSerial, now);
  machine.core.due(at);
  return at;
}

function flightTime<X extends Core>(machine: Machine<X>): number {
  const { ipi, ipiJitter } = machine.timing;
  machine.random = nextRandom(machine.random);
  return ipi + (((machine.random >>> 8) * ipiJitter) >>> 24);
}

/**
 * What flew is there. A fixed interrupt sets its IRR bit, or merges with the one that has; INIT and
 * SIPI do what they do; where nobody listens it is dropped. Intel SDM vol. 3A, "Issuing
 * Interprocessor Interrupts" and "MP Initialization Protocol Algorithm".
 */
export function land<X extends Core>(machine: Machine<X>, flight: Flight): void {
  const { at, target, delivery, vector, sender, serial } = flight;
  const { H, core, software } = machine;
  const h = target * STRIDE;
  if (target < 0) return drop(machine, at, -1, vector, -1, serial);
  if (delivery === DeliveryMode.init) {
    reset(machine, target);
    core.rowAt(ROW.arrive, at, target, 0, (delivery << 8) | vector, sender, serial);
    software.initialised(target);
  } else if (delivery === DeliveryMode.startup) {
    if (H[h + MODE_] !== MODE.waitSipi) return drop(machine, at, target, vector, sender, serial);
    H[h + SIPI] = vector;
    core.rowAt(ROW.arrive, at, target, 0, (delivery << 8) | vector, sender, serial);
    software.started(target, vector);
  } else if (delivery === STORE_DRAIN) {
    machine.stores?.drainDue(target, at);
  } else if ((H[h + SVR]! & 0x100) === 0) {
    drop(machine, at, target, vector, sender, serial);
  } else {
    const fresh = requestVector(H, h, vector);
    core.rowAt(fresh ? ROW.arrive : ROW.merge, at, target, 0, vector, sender, serial);
    if (!fresh) software.merged(target, vector);
    // With interrupts off the way back from the handler is where the next one is looked at.
    if (H[h + INTERRUPTS_ON] === 0) return;
    // What TPR or a vector in service holds back wakes nobody.
    if (H[h + DEPTH] === 0 && deliverable(H, h) < 0) return;
    core.last = -1;
    core.broken = true;
    machine.wake(target, at);
  }
}

/** INIT: the CPU forgets what it ran and waits for a SIPI. */
function reset<X extends Core>(machine: Machine<X>, cpu: number): void {
  const { H } = machine;
  const h = cpu * STRIDE;
  resetLapic(H, h);
  H[h + DEPTH] = 0;
  H[h + INTERRUPTS_ON] = 0;
  H[h + TASK] = 0;
  H[h + SIPI] = -1;
  H[h + MODE_] = MODE.waitSipi;
  machine.stop(cpu);
}

function drop<X extends Core>(
  machine: Machine<X>,
  at: number,
  cpu: number,
  vector: number,
  sender: number,
  serial: number,
): void {
  machine.core.rowAt(ROW.drop, at, cpu, 0, vector, sender, serial);
  machine.software.dropped(cpu, vector);
}
