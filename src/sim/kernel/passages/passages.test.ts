import { fc } from '../../testing/properties.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CPU } from '../../machine/cpu.layout.ts';
import { acceptVector, requestVector } from '../../machine/lapic.ts';
import type { Passage, Routine } from '../../machine/routine.ts';
import { bootedRun, lookAt, typeAll, WEB, type Board, type Wish } from '../../testing/world.ts';
import type { KernelContext } from '../context.ts';
import { flood } from '../flood.ts';
import { heapKind, kfree, kmalloc } from '../heap.ts';
import { idrFind } from '../instance-table.ts';
import { areaOf } from '../ipi-area.ts';
import { interruptEntry } from '../ipi.ts';
import { K } from '../kernel.layout.ts';
import { sendMessage } from '../messaging.ts';
import { MK_INSTANCE, MK_IPI_DATA, MK_IPI_HANDLER, MK_MSG } from '../mk.layout.ts';
import { STAT } from '../observer.ts';
import { userFlood, userRaw } from '../syscalls.ts';

/** Worlds to upset; `PASSAGE_RUNS=5000` for a long look. */
const RUNS = Number(process.env.PASSAGE_RUNS ?? 100);
const STEPS_MAX = 20_000;
/** A run that something holds up for ever is cut here: at the same place, whichever way it goes. */
const END_MAX = 60_000;

const DB: Wish = { name: 'db', id: 3, cpus: [6], memory: WEB.memory! };
/** A payload of 32 bytes. */
const SOME = `0x${'a1'.repeat(32)}`;

/** Somebody sends: from where, when, how often, to whom, what. */
interface Sender {
  readonly cpu: number;
  readonly after: number;
  readonly count: number;
  readonly id: number;
  readonly type: number;
  readonly payload: number;
  readonly length: number;
  /** From a routine that calls, not from one that is fused; then without a payload, and with a gap in ns. */
  readonly byCall: boolean;
  readonly gap: number;
  readonly subtype: number;
  /** Sent as it is, past the messages. */
  readonly raw?: Uint8Array;
}

/** What somebody has written: a word, or the observer's note on it. */
interface Poke {
  readonly at: number;
  readonly value: number;
}

/** What somebody has done to a CPU. */
interface Register {
  readonly cpu: number;
  readonly what: 'pending' | 'serving' | 'interruptsOn' | 'tpr' | 'svr' | 'logical';
  readonly value: number;
}

interface Odd {
  readonly pokes?: readonly Poke[];
  readonly notes?: readonly Poke[];
  readonly registers?: readonly Register[];
  /** How many steps the world is told to run, again and again; else many. */
  readonly slices?: readonly number[];
}

/** A host and two instances that listen, after one message to either, and what one can do to them. */
function stage(board: Board = {}, listen = 'mk listen user', first: readonly string[] = []) {
  const run = bootedRun([WEB, DB], board);
  typeAll(run, 'host', [...first]);
  typeAll(run, 'web', [listen]);
  typeAll(run, 'db', [listen]);
  typeAll(run, 'host', [`mk send web user 1 ${SOME}`, `mk send db user 1 ${SOME}`]);
  const { world } = run;
  const { machine, mem } = world;
  const trace = world.trace!;
  const host = lookAt(run, 'host');
  const buffer = kmalloc(host, heapKind('buffer'), 256, true);
  const freed = kmalloc(host, heapKind('buffer'), 96, true);
  kfree(host, freed);
  mem.poke(
    buffer,
    Uint8Array.from({ length: 256 }, (_, i) => i),
  );
  const before = world.snapshot();

  function setRegister({ cpu, what, value }: Register): void {
    const { H } = machine;
    const h = cpu * CPU.stride;
    if (what === 'interruptsOn') H[h + CPU.interruptsOn] = value & 1;
    else if (what === 'tpr') H[h + CPU.tpr] = value;
    else if (what === 'svr') H[h + CPU.svr] = value;
    else if (what === 'logical') H[h + CPU.logical] = value & 7;
    else requestVector(H, h, value & 0xff);
    if (what === 'serving') acceptVector(H, h, value & 0xff);
  }

  /** Everybody begins when their time has come, and goes on until nothing is left to do. */
  function send(senders: readonly Sender[], slices: readonly number[] | undefined): void {
    const began = machine.now;
    for (const {
      cpu,
      after,
      count,
      id,
      type,
      payload,
      length,
      byCall,
      gap,
      subtype,
      raw,
    } of senders) {
      while (machine.nextAt <= began + after) if (world.run(STEPS_MAX, began + after) === 0) break;
      if (machine.canStep(cpu)) continue;
      if (raw)
        world.startTask(cpu, userRaw, [id, type, world.sys.hand(raw), raw.length], 'raw', false);
      else if (byCall)
        world.startTask(cpu, userFlood, [id, type, subtype, count, gap], 'flood', false);
      else world.startTask(cpu, flood, [count, id, 1, type, payload, length], 'flood', false);
    }
    const last = machine.steps + END_MAX;
    for (let n = 0; !world.quiet && machine.steps < last; n++) {
      const most = slices ? slices[n % slices.length]! : Math.min(STEPS_MAX, last - machine.steps);
      const { steps } = machine;
      world.run(most);
      if (machine.steps > steps + most) throw new Error(`${most} steps were more`);
    }
  }

  /** What comes of it: all that can be told apart, or how it failed. */
  function play(senders: readonly Sender[], inOnePiece = true, odd: Odd = {}) {
    world.restore(before);
    trace.cut(before.traceHead);
    for (const { at, value } of odd.pokes ?? []) mem.poke32(at, value);
    for (const { at, value } of odd.notes ?? []) mem.setNote(at, value);
    odd.registers?.forEach(setRegister);
    const { x, observer } = world;
    const { inOnePiece: usually } = x;
    x.inOnePiece = usually && inOnePiece;
    try {
      send(senders, odd.slices);
    } catch (error) {
      return String(error);
    } finally {
      x.inOnePiece = usually;
    }
    return {
      ...{ hash: world.hash(), steps: machine.steps, now: machine.now },
      ...{ hazards: observer.hazardCount(0), whole: observer.stat(STAT.whole) },
      rows: trace.slice(before.traceHead, trace.end),
    };
  }

  const { k } = host;
  const slot = areaOf(host, 2) + MK_IPI_DATA.size * 4;
  const payloads = [buffer, buffer, 0, k, freed, slot, slot + 16, buffer + 1, k + K.heap];
  const sender: fc.Arbitrary<Sender> = fc.record({
    cpu: fc.constantFrom(0, 1, 2, 7),
    after: fc.integer({ min: 0, max: 12_000 }),
    count: fc.integer({ min: 1, max: 4 }),
    id: fc.constantFrom(2, 2, 2, 3, 3, 90, 256, -1),
    type: fc.constantFrom(MK_MSG.USER, MK_MSG.USER, MK_MSG.IO, 0, 0x80000001),
    payload: fc.constantFrom(...payloads),
    length: fc.constantFrom(32, 0, 4, 12, 31, 64, 232, 233, 236),
    byCall: fc.boolean(),
    gap: fc.constantFrom(0, 3000),
    subtype: fc.constantFrom(7, 0x7fffffff, 0xfffffffe),
  });
  const senders = fc
    .uniqueArray(sender, { minLength: 1, maxLength: 3, selector: ({ cpu }) => cpu })
    .map((all) => all.toSorted((a, b) => a.after - b.after));
  const usual = {
    cpu: 0,
    after: 0,
    count: 5,
    id: 2,
    type: MK_MSG.USER,
    payload: buffer,
    subtype: 7,
  };
  return { run, host, buffer, freed, slot, play, senders, usual, mem };
}

/** Counts how often a routine goes through in one piece. */
function counted(routine: Routine<KernelContext>) {
  const real = routine.passage!;
  const counter = { taken: 0, restore: () => (routine.passage = real) };
  const counting: Passage<KernelContext> = (x, f, now) => {
    const took = real(x, f, now);
    if (took > 0) counter.taken++;
    return took;
  };
  routine.passage = counting;
  return counter;
}

let sends: ReturnType<typeof counted>;
let receptions: ReturnType<typeof counted>;
beforeEach(() => {
  sends = counted(sendMessage);
  receptions = counted(interruptEntry);
});
afterEach(() => {
  sends.restore();
  receptions.restore();
});

const v2 = stage();

describe('a passage', () => {
  it('is how a usual message goes, there and to its handler', () => {
    v2.play([{ ...v2.usual, length: 32, byCall: false, gap: 0 }]);
    expect([sends.taken, receptions.taken]).toEqual([5, 5]);
    v2.play([{ ...v2.usual, length: 0, byCall: true, gap: 3000 }]);
    expect(sends.taken).toBe(10);
    // While the sender looks at its clock every microsecond, some are taken step by step.
    expect(receptions.taken).toBeGreaterThan(5);
  });

  it('comes to what its steps come to', () => {
    fc.assert(
      fc.property(v2.senders, (all) => {
        expect(v2.play(all)).toEqual(v2.play(all, false));
      }),
      { numRuns: RUNS },
    );
    expect(sends.taken).toBeGreaterThan(20);
    expect(receptions.taken).toBeGreaterThan(20);
  });

  it('leaves alone what would go wrong, whatever somebody has written where', () => {
    const few = <T>(each: fc.Arbitrary<T>) => fc.array(each, { maxLength: 2 });
    const { poke, note, register } = upsets(v2);
    const odd = fc.record({ pokes: few(poke), notes: few(note), registers: few(register) });
    fc.assert(
      fc.property(v2.senders, odd, (all, each) => {
        expect(v2.play(all, true, each)).toEqual(v2.play(all, false, each));
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves alone a message that is wrong at any one place', () => {
    const sender = { ...v2.usual, count: 2, length: 32, byCall: false, gap: 0 };
    const { words, wrong } = upsets(v2);
    for (const at of words)
      for (const value of wrong) {
        const odd = { pokes: [{ at, value }] };
        const which = `${value} at 0x${at.toString(16)}`;
        expect(v2.play([sender], true, odd), which).toEqual(v2.play([sender], false, odd));
      }
  });

  it('leaves alone what is no message, though it lies in a slot', () => {
    const few = fc.constantFrom(0, 1, 4, 8, 32, 232, 0x4000, 0x1000, 0xffffffff);
    const raw = fc.record({ words: fc.array(few, { maxLength: 12 }), bytes: fc.nat(3) });
    fc.assert(
      fc.property(raw, few, ({ words, bytes }, type) => {
        const data = new Uint8Array(Uint32Array.from(words).buffer);
        const rest = data.slice(0, Math.max(0, data.length - bytes));
        const sender = { ...v2.usual, length: 0, byCall: false, gap: 0, type, raw: rest };
        expect(v2.play([sender])).toEqual(v2.play([sender], false));
      }),
      { numRuns: RUNS },
    );
  });

  it('takes no more steps than it may', () => {
    const sender = { ...v2.usual, length: 32, byCall: false, gap: 0 };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), (slices) => {
        expect(v2.play([sender], true, { slices })).toEqual(v2.play([sender]));
      }),
      { numRuns: RUNS },
    );
    expect(sends.taken).toBeGreaterThan(RUNS);
  });

  it.each([
    ['with kernels that answer', { glue: { 'two-way': true } }, '--reply host', ['mk listen user']],
    ['with handlers that end after one', {}, '--once', []],
    ['with handlers that keep a pointer', {}, '--keep', []],
    ['of the first posting', { profile: 'rfc-v1' }, '', []],
  ] as const)('comes to the same in worlds %s', (_, board, option, first) => {
    const { senders, play } = stage(board, `mk listen user ${option}`.trim(), first);
    fc.assert(
      fc.property(senders, (all) => {
        expect(play(all)).toEqual(play(all, false));
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    );
  });

  it('does not happen where stores wait in buffers', () => {
    const tso = stage({ machine: { ordering: 'tso' } });
    tso.play([{ ...tso.usual, length: 32, byCall: false, gap: 0 }]);
    expect([sends.taken, receptions.taken]).toEqual([0, 0]);
  });
});

/** Whatever decides something on the way of a message, and values it should not have. */
function upsets({ run, host, buffer, freed, slot, mem }: typeof v2) {
  const { k } = host;
  const { k: web } = lookAt(run, 'web');
  const instance = idrFind(host, 2);
  const handler = mem.peek64(web + K.mk_handlers);
  const context = mem.peek64(handler + MK_IPI_HANDLER.at.context);
  const words = [
    ...[K.mk_instance_mutex, K.fail_alloc, K.nr_cpu_ids, K.heap_live, K.log_count].map(
      (at) => k + at,
    ),
    ...[k + K.cpu_to_apicid + 16, k + K.mk_instance_ipi_map + 16, k + K.heap_free + 8],
    ...[0, 4, 8, 12, 16, 20, 24, 32, 36].map((at) => slot + at),
    ...Object.values(MK_INSTANCE.at).map((at) => instance + at),
    ...[K.mk_handlers, K.mk_this_kernel_ipi_data, K.handled, K.irq_work_list].map((at) => web + at),
    ...[K.irq_work_list + 4, K.irq_work_list + 8].map((at) => web + at),
    ...[0, 4, 8, 16, 24, 28, 32, 48, 52].map((at) => handler + at),
    ...[0, 8, 16, 24].map((at) => context + at),
  ];
  const values = [
    ...[0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 56, 256, 257, 1023, -1, 0x7fffffff, 0x4000, 0x1000],
    ...[slot, handler, context, buffer, freed, k, web].map((at) => at | 0),
  ];
  const poke = fc.record({ at: fc.constantFrom(...words), value: fc.constantFrom(...values) });
  const note = fc.record({
    at: fc.constantFrom(slot + 16, slot + 32, handler, context, buffer, freed, instance),
    value: fc.constantFrom(0, 1, 2, 3, 0x40000501, 0x40000500),
  });
  const register: fc.Arbitrary<Register> = fc.record({
    cpu: fc.constantFrom(0, 4, 4, 5),
    what: fc.constantFrom('pending', 'serving', 'interruptsOn', 'tpr', 'svr', 'logical'),
    value: fc.constantFrom(0, 1, 2, 0x30, 0x81, 0xe0, 0xea, 0xec, 0xf6, 0x100, 0x1ff),
  });
  const wrong = [0, 1, -1, 257, MK_MSG.IO, MK_MSG.USER, slot | 0, handler | 0];
  return { poke, note, register, words, wrong };
}
