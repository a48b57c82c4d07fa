import { OUTCOME, ROW } from '../../sim/base/record.ts';
import { GIB, MIB } from '../../sim/base/units.ts';
import { MK_IPI_DATA, MK_MESSAGE, MK_MSG } from '../../sim/kernel/mk.layout.ts';
import type { CpuFrame, FlightFrame, Frame, Legend } from '../../sim/world/frame.ts';
import { EMPTY_FRAME } from '../state/empty-frame.ts';
import { type RowDraft } from './rows.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type CpuDraft = Draft<CpuFrame>;
interface Moment extends Draft<Omit<Frame, 'cpus'>> {
  cpus: CpuDraft[];
}

const STEPS: readonly (readonly [routine: string, ...steps: readonly string[]])[] = [
  ['cpu_down', 'take the CPU out of the online mask', 'move its work elsewhere', 'park it'],
  ['machine_multikernel_kexec', 'find the image of the instance', 'write INIT', 'write SIPI'],
  ['start_kernel', 'map the KHO page', 'restore the device tree', 'report ready'],
  [
    'multikernel_send_ipi_data',
    'find the instance and its first CPU',
    'look up its shared memory',
    'clear the slot: 272 bytes',
    'write sender_cpu',
    'write type and data_size',
    'copy the data into the buffer',
    'write ICR: vector 0xea',
  ],
  ['sysvec_multikernel', 'read the slot', 'queue irq_work', 'write EOI'],
  ['irq_work_run', 'take the work', 'call the handler', 'write EOI'],
];

/** Words of a made-up machine. */
export const FILM_LEGEND: Legend = (() => {
  const routines: { name: string; source: string; start: number }[] = [];
  const steps: Draft<Legend['steps'][number]>[] = [];
  for (const [name, ...texts] of STEPS) {
    routines.push({ name, source: `kernel/multikernel/${name}`, start: steps.length });
    for (const text of texts)
      steps.push({
        ...{ routine: routines.length - 1, id: `${name}.${steps.length}`, label: '' },
        ...{ text, cost: 40, local: false },
      });
  }
  return { routines, steps, hazards: [], glue: [], design: [], profiles: [] };
})();

/** All moments of a short made-up run, and the rows each one added. */
export interface Film {
  readonly frames: readonly Frame[];
  readonly rows: readonly RowDraft[];
}

/** A host boots a second kernel, then two of its CPUs write to one slot. */
export function shootFilm(cpus = 8): Film {
  const shot = new Shot(cpus);
  const given = cpus >= 8 ? [4, 5] : [cpus - 1];
  for (const cpu of given) {
    shot.run(0, 'cpu_down');
    shot.hand(cpu, -1);
  }
  shot.moment.regions = regions(true);
  shot.run(0, 'machine_multikernel_kexec', 1);
  shot.fly(0, given[0]!, 'init', 0);
  shot.step(0, 'machine_multikernel_kexec', 2);
  shot.fly(0, given[0]!, 'startup', 0x9a);
  shot.idle(0);
  shot.wait(1);
  shot.land(0, 'arrive');
  shot.land(0, 'arrive');
  shot.spawn(given);
  shot.run(given[0]!, 'start_kernel');
  shot.send(1, given[0]!, MK_MSG.SYSTEM, 0x3001, 0xa1);
  shot.take(given[0]!);
  shot.outcome(1, OUTCOME.whole);
  for (let round = 0; round < 6; round++) {
    shot.send(1, given[0]!, MK_MSG.IO, 0x1001, 0xa1 + round);
    shot.send(6 % cpus, given[0]!, MK_MSG.SYSTEM, 0x3002, 0xb2 + round);
    shot.take(given[0]!);
    shot.outcome(2 + 2 * round, OUTCOME.overwritten);
    shot.outcome(3 + 2 * round, OUTCOME.whole);
  }
  return { frames: shot.frames, rows: shot.rows };
}

const regions = (given: boolean): Frame['regions'] =>
  (
    [
      [0, 640 * 1024, 'System RAM (low)', 'host', 0, 0],
      [640 * 1024, 1 * GIB, 'host kernel', 'kernel', 0, 0],
      [1 * GIB, 2 * GIB, 'host free', 'free', 0, 0],
      [2 * GIB, 2 * GIB + 2 * MIB, 'IPI area', 'ipi', given ? 1 : -1, given ? 2 : 0],
      [2 * GIB + 2 * MIB, 2 * GIB + 258 * MIB, 'web-server', 'instance', given ? 1 : -1, 2],
      [2 * GIB + 258 * MIB, 3 * GIB, 'multikernel pool', 'pool', -1, 0],
      [3 * GIB, 4 * GIB, 'host free', 'free', 0, 0],
    ] as const
  ).map(([start, end, name, kind, kernel, instanceId]) => {
    return { start, end, name, kind, kernel, instanceId };
  });

class Shot {
  readonly frames: Frame[] = [];
  readonly rows: RowDraft[] = [];
  readonly moment: Moment;
  #serial = 0;
  #message = 0;
  #slot = new Uint8Array(MK_IPI_DATA.size);

  constructor(cpus: number) {
    this.moment = {
      ...structuredClone(EMPTY_FRAME),
      cpus: Array.from({ length: cpus }, (_, id) => newCpu(id)),
      kernels: [
        {
          ...{ index: 0, name: 'host', instanceId: 0, running: true, state: 'running' },
          ...{ cpus: Array.from({ length: cpus }, (_, cpu) => cpu), console: 1, busy: '' },
        },
      ],
      regions: regions(false),
    };
    this.#cut(0);
  }

  run(cpu: number, name: string, steps = Infinity): void {
    const start = FILM_LEGEND.routines.find((routine) => routine.name === name)!.start;
    this.#row(cpu, ROW.begin, 0, start);
    const texts = STEPS.find(([routine]) => routine === name)!.length - 1;
    for (let pc = 0; pc < Math.min(steps, texts); pc++) this.step(cpu, name, pc);
    if (steps === Infinity) this.idle(cpu);
  }

  step(cpu: number, name: string, pc: number): void {
    const { start } = FILM_LEGEND.routines.find((routine) => routine.name === name)!;
    const { routine } = FILM_LEGEND.steps[start]!;
    const end = start + FILM_LEGEND.steps.filter((each) => each.routine === routine).length;
    const now = this.moment.cpus[cpu]!;
    if (now.mode === 'idle' || now.mode === 'wait-sipi') now.mode = 'task';
    now.stack = [{ routine: name, source: '', start, end, pc: start + pc, locals: [] }];
    this.#row(cpu, ROW.step, 40, start + pc, 1);
    this.#cut(40);
  }

  idle(cpu: number): void {
    Object.assign(this.moment.cpus[cpu]!, { stack: [], mode: 'idle' });
    this.#row(cpu, ROW.end);
    this.#cut(5);
  }

  wait(moments: number): void {
    for (let i = 0; i < moments; i++) this.#cut(30);
  }

  hand(cpu: number, kernel: number): void {
    const now = this.moment.cpus[cpu]!;
    Object.assign(now, { kernel, mode: kernel < 0 ? 'offline' : 'boot' });
    this.#row(cpu, ROW.owner, 0, kernel);
    this.#cut(5);
  }

  fly(from: number, to: number, kind: FlightFrame['kind'], vector: number, type = 0, sub = 0) {
    const serial = ++this.#serial;
    const sentNs = this.moment.timeNs;
    this.moment.flights = [
      ...this.moment.flights,
      {
        ...{ serial, from, to, vector, kind, sentNs, arrivesNs: sentNs + 400 },
        ...{ messageType: type, messageSubtype: sub },
      },
    ];
    const delivery = { fixed: 0, nmi: 4, init: 5, startup: 6 }[kind];
    this.#row(from, ROW.send, sentNs + 400, (delivery << 8) | vector, to, serial);
    for (let i = 0; i < 3; i++) this.#cut(100);
  }

  land(at: number, how: 'arrive' | 'merge' | 'drop'): void {
    const flight = this.moment.flights[at]!;
    this.moment.timeNs = Math.max(this.moment.timeNs, flight.arrivesNs);
    this.moment.flights = this.moment.flights.filter((_, i) => i !== at);
    const to = this.moment.cpus[flight.to]!;
    if (flight.kind === 'init') to.mode = 'wait-sipi';
    else if (flight.kind === 'startup') to.mode = 'boot';
    else if (!to.irr.includes(flight.vector)) to.irr = [...to.irr, flight.vector];
    const delivery = { fixed: 0, nmi: 4, init: 5, startup: 6 }[flight.kind];
    const b = (delivery << 8) | flight.vector;
    this.#row(flight.to, ROW[how], 0, b, flight.from, flight.serial);
    if (how === 'merge') this.#count('merged');
    this.#cut(10);
  }

  spawn(cpus: readonly number[]): void {
    const [host] = this.moment.kernels;
    this.moment.kernels = [
      { ...host!, cpus: host!.cpus.filter((cpu) => !cpus.includes(cpu)) },
      {
        ...{ index: 1, name: 'web-server', instanceId: 2, running: true, state: 'active' },
        ...{ cpus, console: 1, busy: '' },
      },
    ];
    for (const cpu of cpus) this.hand(cpu, 1);
    for (const cpu of cpus) this.moment.cpus[cpu]!.mode = 'idle';
    this.#area();
  }

  send(from: number, to: number, type: number, subtype: number, payload: number): void {
    const name = 'multikernel_send_ipi_data';
    const id = ++this.#message;
    this.#messages(id, from, type, subtype, 'sending');
    for (let pc = 0; pc < 7; pc++) {
      this.step(from, name, pc);
      this.#write(pc, from, type, subtype, id, payload);
    }
    this.#messages(id, from, type, subtype, 'sent');
    this.#count('sent');
    this.#row(from, ROW.sent, 2 * GIB, type, subtype, id);
    this.fly(from, to, 'fixed', 0xea, type, subtype);
    this.idle(from);
    this.land(0, this.moment.cpus[to]!.irr.includes(0xea) ? 'merge' : 'arrive');
  }

  take(cpu: number): void {
    const now = this.moment.cpus[cpu]!;
    Object.assign(now, { irr: [], isr: [0xea], mode: 'interrupt' });
    this.#row(cpu, ROW.take, 0, 0xea);
    for (let pc = 0; pc < 3; pc++) this.step(cpu, 'sysvec_multikernel', pc);
    Object.assign(now, { isr: [0xf6], mode: 'irq_work' });
    for (let pc = 0; pc < 3; pc++) this.step(cpu, 'irq_work_run', pc);
    now.isr = [];
    this.#row(cpu, ROW.eoi, 0, 0xf6);
    this.idle(cpu);
  }

  outcome(id: number, what: number): void {
    this.#row(-1, ROW.outcome, 0, what, 0, id);
    const lost = what === OUTCOME.overwritten;
    this.#count(lost ? 'lost' : 'whole');
    this.moment.messages = this.moment.messages.map((message) =>
      message.id === id ? { ...message, outcome: lost ? 'overwritten' : 'whole' } : message,
    );
    this.#cut(1);
  }

  #write(pc: number, from: number, type: number, sub: number, id: number, payload: number): void {
    const bytes = new DataView(this.#slot.buffer);
    const { at } = MK_IPI_DATA;
    if (pc === 2) this.#slot.fill(0);
    if (pc === 3) bytes.setInt32(at.sender_cpu, from, true);
    if (pc === 4) {
      bytes.setUint32(at.type, type, true);
      bytes.setUint32(at.data_size, MK_MESSAGE.size + 4, true);
    }
    if (pc === 5) {
      bytes.setUint32(at.buffer + MK_MESSAGE.at.msg_type, type, true);
      bytes.setUint32(at.buffer + MK_MESSAGE.at.msg_subtype, sub, true);
      bytes.setUint32(at.buffer + MK_MESSAGE.at.msg_id, id, true);
      bytes.setUint32(at.buffer + MK_MESSAGE.at.payload_len, 4, true);
      bytes.setUint32(at.buffer + MK_MESSAGE.at.payload, payload * 0x01010101, true);
    }
    this.#area();
  }

  #area(): void {
    const used = this.#slot.some((byte) => byte !== 0);
    this.moment.areas = [
      {
        ...{ instanceId: 2, name: 'web-server', start: 2 * GIB, slots: 8, target: 4 },
        ...{ slotBytes: MK_IPI_DATA.size, struct: MK_IPI_DATA.name, ring: false },
        used: used ? [{ slot: 4, bytes: this.#slot.slice() }] : [],
      },
    ];
  }

  #messages(id: number, from: number, type: number, sub: number, outcome: 'sending' | 'sent') {
    this.moment.messages = [
      ...this.moment.messages.filter((message) => message.id !== id),
      {
        ...{ id, fromCpu: from, toInstance: 2, type, subtype: sub, bytes: 28 },
        ...{ sentNs: this.moment.timeNs, outcome },
      },
    ];
  }

  #count(what: keyof Frame['stats']): void {
    this.moment.stats = { ...this.moment.stats, [what]: this.moment.stats[what] + 1 };
  }

  #row(cpu: number, kind: RowDraft['kind'], a = 0, b = 0, c = 0, d = 0): void {
    this.rows.push({ time: this.moment.timeNs, cpu, kind, a, b, c, d });
  }

  #cut(ns: number): void {
    this.frames.push({
      ...structuredClone(this.moment),
      step: this.frames.length,
      traceEnd: this.rows.length,
      traceHead: this.rows.length,
    });
    this.moment.timeNs += ns;
  }
}

const newCpu = (id: number): CpuDraft => ({
  ...{ id, apicId: id, kernel: 0, logical: id, mode: 'idle', interruptsOn: true },
  ...{ irr: [], isr: [], tpr: 0, svr: 0x1ff, icrLow: 0, icrHigh: 0, stack: [] },
  ...{ countCall: 0, countIrqWork: 0, held: [] },
});
