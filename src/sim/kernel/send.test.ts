import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import { launch } from '../machine/bus.ts';
import { CPU } from '../machine/cpu.layout.ts';
import type { Run } from '../scenarios/run.ts';
import {
  ask,
  bootedRun,
  callRoutine,
  createdRun,
  hostRun,
  logDuring,
  logged,
  logKeys,
  lookAt,
  MIB,
  rowsOf,
  settle,
  typeAll,
  typed,
  WEB,
} from '../testing/world.ts';
import { registerHandler } from './handlers.ts';
import { sendIpiData } from './ipi.ts';
import { irqWorkQueue, PFN_CALLBACK } from './irq-work.ts';
import { K } from './kernel.layout.ts';

/** Where the slot of the only instance is. */
const slotOf = (run: Run, cpu: number): number =>
  Number(logged(run, 'host', 'ipi.buffer_allocated')[0]![0]) + 272 * cpu;
const send = (run: Run, id: number, length: number, payload: Uint8Array | null = null): number =>
  ask(run, 'host', {
    ...{ call: 'send', id, type: 0x3000, subtype: 0x3001, payload, length, cpu: null, hold: false },
  });

describe('what a send answers', () => {
  it('-EMSGSIZE above 232 bytes, before the id is looked at (facts 03 §3.1)', () => {
    const run = createdRun([WEB]);
    const keys = logDuring(run, 'host', () => {
      expect(send(run, 99, 233)).toBe(-90);
      expect(send(run, 2, 233)).toBe(-90);
    });
    expect(keys).toEqual(['msg.too_large', 'msg.too_large']);
    expect(logged(run, 'host', 'msg.too_large')).toContainEqual([257, 256]);
    expect(run.answers.instance('web')?.refcount).toBe(1);
  });

  it('0 for 232 bytes', () => {
    expect(send(createdRun([WEB]), 2, 232)).toBe(0);
  });

  it('-EINVAL for an id that is unknown, 0 or negative', () => {
    const run = createdRun([WEB]);
    const keys = logDuring(run, 'host', () => {
      expect([send(run, 3, 4), send(run, 0, 4), send(run, -1, 4)]).toEqual([-22, -22, -22]);
    });
    expect(keys).toEqual(['msg.send_failed', 'msg.send_failed', 'msg.send_failed']);
  });

  it('-EINVAL for an unknown id before the size is looked at, and no reference is left (facts 02 S1, S2)', () => {
    const run = createdRun([WEB]);
    expect(callRoutine(run, 'host', sendIpiData, 3, 0, 257, 0x1000)).toBe(-22);
    expect(callRoutine(run, 'host', sendIpiData, 2, 0, 257, 0x1000)).toBe(-22);
    // The second call found the instance: its reference leaks.
    expect(run.answers.instance('web')?.refcount).toBe(2);
    expect(run.answers.stats().sent).toBe(0);
  });

  it('-ENODEV without an area, and the reference leaks all the same', () => {
    const run = createdRun([{ ...WEB, id: 1 }], { glue: { 'ipi-area': false } });
    const keys = logDuring(run, 'host', () => expect(send(run, 1, 4)).toBe(-19));
    expect(keys).toEqual(['ipi.no_shared_memory', 'msg.send_failed']);
    expect(run.answers.instance('web')?.refcount).toBe(2);
  });

  it('-ENODEV for an id the map has no room for (hazard H16)', () => {
    const run = createdRun([{ ...WEB, id: 256 }]);
    expect(run.answers.instance('web')?.state).toBe('ready');
    expect(send(run, 256, 4)).toBe(-19);
  });

  it('0 when nobody listens, when the kernel is not running, for an empty payload', () => {
    const run = createdRun([WEB]);
    expect(send(run, 2, 4)).toBe(0);
    expect(send(run, 2, 0)).toBe(0);
    expect(run.answers.stats()).toMatchObject({ sent: 2, handled: 0, lost: 2 });
  });

  it('-EINVAL for a spawned kernel, whoever it sends to (hazard H13b)', () => {
    const run = bootedRun();
    for (const name of ['host', 'web', '2', '0']) {
      const { status, output } = typed(run, 'web', `mk send ${name} system heartbeat`);
      expect(status).not.toBe(0);
      if (name !== 'web') expect(output).toContain('-EINVAL');
    }
    expect(run.answers.stats().sent).toBe(0);
  });
});

describe('what a send writes', () => {
  it('is the slot as the structs say, payload at offset 20 of the message, 24 bytes more than it', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web system heartbeat 0xa1a2a3a4a5 --cpu 6']);
    const le = (value: number): string => Buffer.from(Uint32Array.of(value).buffer).toString('hex');
    const header = le(6) + le(0x3000) + le(29) + le(0); // sender's APIC id, type, data_size
    const message = le(0x3000) + le(0x3001) + le(0) + le(0) + le(5) + 'a1a2a3a4a5'; // msg_id is 0
    const bytes = (header + message).padEnd(2 * 272, '0');
    expect(run.answers.memory(slotOf(run, 4), 272)).toBe(bytes);
    expect(run.answers.slot('web', undefined)).toEqual({
      ...{ sender_cpu: 6, type: 0x3000, data_size: 29, msg_type: 0x3000, msg_subtype: 0x3001 },
      ...{ payload_len: 5, payload: 'a1a2a3a4a5' },
    });
  });

  it('leaves nothing of a longer message before, since the slot is cleared first', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', [`mk send web user 1 0x${'ff'.repeat(232)}`, 'mk send web user 2 0x01']);
    expect(run.answers.memory(slotOf(run, 4) + 16 + 20, 236)).toBe('01'.padEnd(2 * 236, '0'));
  });

  it('touches the slot of the first CPU of the instance only', () => {
    const run = createdRun([WEB]);
    const area = slotOf(run, 0);
    typeAll(run, 'host', [`mk send web user 1 0x${'ff'.repeat(232)}`]);
    expect(run.answers.memory(area, 4 * 272)).toMatch(/^0*$/);
    expect(run.answers.memory(area + 5 * 272, 3 * 272)).toMatch(/^0*$/);
  });

  it('goes in the order S6, S7, S8, S9, S10, then the interrupt', () => {
    const run = createdRun([WEB]);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send web user 1 0x01020304']);
    const slot = slotOf(run, 4);
    const writes = rowsOf(run, ROW.write, from).map(({ a, b }) => [a - slot, b]);
    expect(writes).toEqual([
      [0, 272],
      [8, 8],
      [0, 4],
      [4, 4],
      [16, 28],
    ]);
    const [ring] = rowsOf(run, ROW.send, from);
    expect(ring!.b & 0xff).toBe(0xea);
    expect(ring!.index).toBeGreaterThan(rowsOf(run, ROW.write, from).at(-1)!.index);
  });

  it('is zeros for a payload that is NULL', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web user 1 --len 8']);
    expect(run.answers.slot('web', undefined)).toMatchObject({
      ...{ data_size: 32, payload_len: 8, payload: '0'.repeat(16) },
    });
  });

  it('is eight bytes for a page number, without a message header', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web pfn 0x123456789']);
    expect(run.answers.memory(slotOf(run, 4) + 4, 4 + 8 + 8)).toBe(
      '01000080' + '0800000000000000' + '8967452301000000',
    );
  });

  it.each([
    ['irq-forward web 24 0x31 7 1', 0x1000, 0x1001, '18000000310000000700000001000000'],
    ['cpu-add web 5 1 2', 0x2000, 0x2001, '050000000100000002000000'],
    ['cpu-remove web 5', 0x2000, 0x2002, '050000000000000000000000'],
    [
      'mem-add web 0x80000 16 1 2',
      0x2000,
      0x2003,
      '000008000000000010000000000000000100000002000000',
    ],
    [
      'mem-remove web 0x80000 16',
      0x2000,
      0x2004,
      '000008000000000010000000000000000000000000000000',
    ],
  ])('is the payload struct of the helper: mk %s', (line, msg_type, msg_subtype, payload) => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', [`mk ${line}`]);
    expect(run.answers.slot('web', undefined)).toMatchObject({
      ...{ type: msg_type, msg_type, msg_subtype, payload },
    });
  });

  it('takes a reference that nobody gives back (hazard H11)', () => {
    const run = createdRun([WEB]);
    typeAll(run, 'host', ['mk send web user 1', 'mk send web user 1', 'mk send web pfn 1']);
    expect(run.answers.instance('web')?.refcount).toBe(4);
  });

  it('goes to the slot behind the area when the instance has no CPU (hazard H10)', () => {
    const run = createdRun([{ name: 'bare', id: 3, memory: 16 * MIB }], {
      machine: { cpus: 8 },
    });
    typeAll(run, 'host', ['mk send bare user 1 0xff']);
    expect(run.answers.hazard('slotPastArea')).toBe(1);
    expect(run.answers.hazard('ipiToInvalidCpu')).toBe(1);
    expect(run.answers.memory(slotOf(run, 8) + 16 + 20, 1)).toBe('ff');
  });
});

describe('what a receiver does', () => {
  it('logs, queues and calls, and leaves the slot as it is (hazard H7)', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen system']);
    typeAll(run, 'host', ['mk send web system heartbeat 0x0102 --cpu 3']);
    const before = run.answers.slot('web', undefined);
    expect(before).toMatchObject({ data_size: 26, payload: '0102' });
    expect(logKeys(run, 'web').slice(-2)).toEqual(['ipi.received', 'msg.received']);
    // cpu, physical id, sender, type · type, subtype, length, sender
    expect(logged(run, 'web', 'ipi.received')).toEqual([[0, 4, 3, 0x3000]]);
    expect(logged(run, 'web', 'msg.received')).toEqual([[0x3000, 0x3001, 2, 3]]);
    expect(run.answers.message(1)?.outcome).toBe('whole');
  });

  it('says only "no data" to a size of 0 (facts 02 R4)', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen system']);
    const keys = logDuring(run, 'web', () => {
      expect(callRoutine(run, 'host', sendIpiData, 2, 0, 0, 0x3000)).toBe(0);
    });
    expect(keys).toEqual(['ipi.no_valid_data']);
    expect(logged(run, 'web', 'ipi.no_valid_data')).toEqual([[0]]);
    expect(run.answers.cpu(4)?.interrupts).toBe(1);
  });

  it('says no more than "received" when nobody registered the type (hazard M10)', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen io']);
    const keys = logDuring(run, 'web', () => {
      // A subtype's number is no type: exact match only.
      typeAll(run, 'host', ['mk send web 0x1001 0x1001 0xff']);
    });
    expect(keys).toEqual(['ipi.received']);
    expect(run.answers.stats()).toMatchObject({ handled: 0, lost: 1 });
  });

  it('finds too few bytes for a header where a raw sender wrote them', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen io']);
    const keys = logDuring(run, 'web', () => {
      callRoutine(run, 'host', sendIpiData, 2, 0, 23, 0x1000);
    });
    expect(keys).toEqual(['ipi.received', 'msg.too_small']);
    expect(logged(run, 'web', 'msg.too_small')).toEqual([[23]]);
  });

  it('refuses a payload length that its bytes do not have room for', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen io']);
    const x = lookAt(run, 'host');
    const at = x.k + K.stack + 64 * 5; // bytes of the host nobody uses
    x.mem.poke(at, new Uint8Array(64));
    x.mem.poke32(at + 16, 17);
    callRoutine(run, 'host', sendIpiData, 2, at, 40, 0x1000);
    expect(logged(run, 'web', 'msg.bad_payload_len')).toEqual([[17, 16]]);
    expect(run.answers.stats().handled).toBe(0);
  });

  it('counts 0xea as a function call and 0xf6 as irq_work in /proc/interrupts', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen system']);
    typeAll(run, 'host', ['mk send web system heartbeat', 'mk send web system heartbeat']);
    typeAll(run, 'host', ['mk send web user 1']);
    const rows = typeAll(run, 'web', ['cat /proc/interrupts']);
    expect(rows).toMatch(/^ IWI: +2 +IRQ work interrupts$/m);
    expect(rows).toMatch(/^ CAL: +3 +Function call interrupts$/m);
    expect(run.answers.kernel('web')?.interrupts).toBe(3);
  });

  it('takes the interrupt and says nothing without a receive area (hazard H13)', () => {
    const run = bootedRun();
    const { H } = run.world.machine;
    const keys = logDuring(run, 'host', () => {
      launch(run.world.machine, 4, 0, 0, 0xea);
      settle(run);
    });
    expect(keys).toEqual([]);
    expect(H[CPU.countCall]).toBe(1);
    expect(run.answers.kernel('host')).toMatchObject({ interrupts: 1, handled: 0 });
  });

  it('reports a vector that nobody knows', () => {
    const run = hostRun();
    const keys = logDuring(run, 'host', () => {
      launch(run.world.machine, 1, 2, 0, 0x44);
      settle(run);
    });
    expect(keys).toEqual(['irq.unexpected']);
    expect(run.answers.cpu(2)?.isr).toEqual([]);
  });
});

describe('irq_work', () => {
  it('runs the handler that was registered first, first (facts 02 §3.9)', () => {
    const run = bootedRun();
    expect(callRoutine(run, 'web', registerHandler, PFN_CALLBACK, 0, 0x1000)).toBeGreaterThan(0);
    typeAll(run, 'web', ['mk listen io']);
    const from = run.world.trace!.head;
    typeAll(run, 'host', ['mk send web io irq-forward 0x00']);
    const called = rowsOf(run, ROW.callback, from).map(({ b }) => b);
    expect(called).toEqual([PFN_CALLBACK, 1]);
    const queued = rowsOf(run, ROW.queue, from);
    expect(queued.map(({ b }) => b)).toEqual([1, 1]);
    // One self-IPI for both: only an empty list raises it.
    const rings = rowsOf(run, ROW.send, from).filter(({ b }) => (b & 0xff) === 0xf6);
    expect(rings).toHaveLength(1);
  });

  it('is not queued a second time while it is pending', () => {
    const run = bootedRun();
    const handler = callRoutine(run, 'web', registerHandler, PFN_CALLBACK, 0, 0x1000);
    const x = lookAt(run, 'web');
    expect(irqWorkQueue(x, handler)).toBe(true);
    expect(irqWorkQueue(x, handler)).toBe(false);
    expect(run.world.machine.flightSerial).toBeGreaterThan(0);
    settle(run);
    expect(run.answers.cpu(4)?.irr).toEqual([]);
    expect(irqWorkQueue(lookAt(run, 'web'), handler)).toBe(true);
  });
});

describe('handlers', () => {
  it('are one a message type: the second is -EEXIST', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen system']);
    expect(ask(run, 'web', { call: 'listen', type: 0x3000 })).toBe(-17);
    expect(logged(run, 'web', 'msg.register_exists')).toEqual([[0x3000]]);
    expect(ask(run, 'web', { call: 'listen', type: 0x3001 })).toBe(0);
  });

  it('are gone after unregistering, and then unknown: -ENOENT', () => {
    const run = bootedRun();
    expect(ask(run, 'web', { call: 'unlisten', type: 0x3000 })).toBe(-2);
    typeAll(run, 'web', ['mk listen system', 'mk unlisten system']);
    expect(ask(run, 'web', { call: 'unlisten', type: 0x3000 })).toBe(-2);
    typeAll(run, 'host', ['mk send web system heartbeat']);
    expect(run.answers.stats()).toMatchObject({ sent: 1, handled: 0 });
    expect(logKeys(run, 'web').at(-1)).toBe('ipi.received');
    expect(ask(run, 'web', { call: 'listen', type: 0x3000 })).toBe(0);
  });

  it('of raw IPIs may share a type, and each is called', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen pfn', 'mk listen pfn']);
    typeAll(run, 'host', ['mk send web pfn 0x80000']);
    expect(run.answers.stats()).toMatchObject({ handled: 2, whole: 1, duplicated: 1 });
  });

  it('of a PFN accept any page, even one that is not there', () => {
    const run = bootedRun();
    typeAll(run, 'web', ['mk listen pfn']);
    typeAll(run, 'host', ['mk send web pfn 0xffffffffff']);
    expect(run.answers.message(1)?.outcome).toBe('whole');
    expect(rowsOf(run, ROW.memremap)).toHaveLength(1);
  });
});
