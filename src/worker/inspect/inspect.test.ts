import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { K } from '../../sim/kernel/kernel.layout.ts';
import { MK_IPI_DATA } from '../../sim/kernel/mk.layout.ts';
import type { Run } from '../../sim/scenarios/run.ts';
import { block, BOOT, lessonRun, playOut } from '../../sim/testing/lesson.ts';
import { INSPECTOR } from './inspect.ts';
import { payloadWords } from './message-rows.ts';
import type { MessageRow } from './inspections.ts';

const lesson = (name: string): Run =>
  playOut(
    lessonRun(
      readFileSync(new URL(`../../../public/scenarios/${name}.md`, import.meta.url), 'utf8'),
    ),
  );
const sent = (...lines: readonly string[]): Run =>
  playOut(lessonRun(BOOT('user', 'resource') + block('console host', ...lines)));
const rowsOf = (run: Run, find = ''): readonly MessageRow[] =>
  INSPECTOR.messages(run, { find, most: 100 }).rows;
/** Two messages, the second when the first is over. */
const TWO = [
  'mk send web user 7 0x0102',
  'sleep 0.01',
  'mk send web resource cpu-add 0x030000000000000000000000',
];
const web = { kernel: 'web' };
const host = { kernel: 'host' };

describe('messages', () => {
  it('are decoded, newest first, each with what became of it', () => {
    const rows = rowsOf(sent(...TWO));
    expect(rows).toMatchObject([
      { to: 'web', fate: 'delivered', fromKernel: 'host' },
      { to: 'web', fate: 'delivered', type: 0x4000, subtype: 7 },
    ]);
    expect(rows[0]!.payload).toMatch(/^cpu_id 3, numa_node 0/);
    expect(rows[0]!.why).toMatch(/^A handler on CPU 4 got it whole\./);
    expect(rows[0]!.step).toBeGreaterThan(0);
  });

  it('are found by any of their words', () => {
    const run = sent(...TWO);
    expect(rowsOf(run, 'cpu_add')).toHaveLength(1);
    expect(rowsOf(run, 'USER delivered')).toHaveLength(1);
    expect(rowsOf(run, '0102')).toHaveLength(1);
    expect(rowsOf(run, '#1')).toMatchObject([{ id: 1 }]);
    expect(rowsOf(run, 'torn')).toEqual([]);
    expect(INSPECTOR.messages(run, { find: '', most: 1 })).toMatchObject({ found: 2 });
  });

  it('that nobody listens for are dropped, and the list says why', () => {
    const [row] = rowsOf(sent('mk send web system 1'));
    expect(row).toMatchObject({ fate: 'dropped', why: 'No handler is registered for its type.' });
  });

  it('that are lost were overwritten, by whom and when', () => {
    const rows = rowsOf(lesson('lost-message'));
    const lost = rows.find(({ fate }) => fate === 'overwritten')!;
    expect(lost.why).toMatch(
      /^Message \d+ of CPU \d+ was written over it before anybody read it\./,
    );
    const by = rows.find(({ id }) => lost.why.startsWith(`Message ${id} `))!;
    expect(by.sentNs).toBeGreaterThan(lost.sentNs);
    expect(rows.some(({ fate }) => fate === 'delivered')).toBe(true);
  });

  it('that two handlers got for one interrupt do not blame the slot', () => {
    const twice = rowsOf(lesson('registered-twice')).find(({ fate }) => fate === 'twice')!;
    expect(twice.why).toBe('A second handler on CPU 1 got it for the same interrupt.');
    const reread = rowsOf(lesson('lost-message')).find(({ fate }) => fate === 'twice')!;
    expect(reread.why).toMatch(/slots are never cleared/);
  });

  it('that nobody sent are listed too', () => {
    const phantom = rowsOf(lesson('phantom'), 'phantom');
    expect(phantom.length).toBeGreaterThan(0);
    expect(phantom[0]).toMatchObject({ id: 0, fate: 'phantom' });
  });

  it('have payloads in words where their fields have names', () => {
    expect(payloadWords(0x1000, 0x1001, '1800000021000000')).toBe('irq_number 24, vector 0x21');
    expect(payloadWords(0x2000, 0x2003, '0040000000000000')).toBe('start_pfn 0x4000');
    expect(payloadWords(0x80000001, 0, '3412000000000000')).toBe('pfn 0x1234');
    expect(payloadWords(0x4000, 1, 'abcd')).toBe('abcd');
    expect(payloadWords(0x4000, 1, '')).toBe('');
  });
});

describe('who wrote a byte', () => {
  const run = sent('mk send web user 7 0x0102');
  const [{ area } = { area: 0 }] = INSPECTOR.instances(run, host);
  const slot = area + 4 * MK_IPI_DATA.size;

  it('of a slot is the CPU, the step and the interrupt that told of it', () => {
    const writer = INSPECTOR.writer(run, { addr: slot + MK_IPI_DATA.at.data_size }).writer!;
    expect(writer).toMatchObject({ kernel: 'host', ipi: { vector: 0xea, apicId: 4 } });
    const { program } = run.world.machine;
    expect(program.routines[program.routineOf[writer.pc]!]!.name).toMatch(/^multikernel_send_ipi/);
    expect(writer.ipi!.timeNs).toBeGreaterThan(writer.timeNs);
    expect(writer.ipi!.step).toBeGreaterThan(writer.step);
  });

  it('is at the step that changes it: before, the byte is another', () => {
    const addr = slot + MK_IPI_DATA.at.data_size;
    const { step } = INSPECTOR.writer(run, { addr }).writer!;
    const end = run.step;
    const now = run.world.mem.peek(addr, 1)[0];
    run.seek(step);
    expect(run.world.mem.peek(addr, 1)[0]).not.toBe(now);
    run.seek(step + 1);
    expect(run.world.mem.peek(addr, 1)[0]).toBe(now);
    run.seek(end);
  });

  it('of what only its own kernel sees is the step that changed it last', () => {
    const kernel = run.world.kernelNamed('host');
    const base = run.world.machine.kernelBase[kernel]!;
    const counter = base + K.sent;
    const hash = run.hash();
    const writer = INSPECTOR.writer(run, { addr: counter }).writer!;
    expect(run.hash()).toBe(hash);
    expect(writer).toMatchObject({ kernel: 'host', addr: counter, bytes: 1, ipi: undefined });
    const { program } = run.world.machine;
    expect(program.steps[writer.pc]!.id).toBe('S11');
    const { spot } = run;
    const now = run.world.mem.peek32(counter);
    run.seek(writer.step);
    expect(run.world.mem.peek32(counter)).toBe(now - 1);
    run.goTo(spot);
  });

  it('is nobody where no write was seen', () => {
    expect(INSPECTOR.writer(run, { addr: 0x7ffff000 })).toEqual({ writer: undefined, since: 0 });
    expect(INSPECTOR.writer(lessonRun(BOOT()), { addr: slot }).writer).toBeUndefined();
  });
});

describe('a kernel', () => {
  const run = sent('mk send web user 7');

  it('shows the handlers it has, and their work', () => {
    const rows = INSPECTOR.handlers(run, web);
    expect(rows.filter(({ list }) => list === 'message').map(({ type }) => type)).toEqual([
      0x2000, 0x4000,
    ]);
    expect(rows.filter(({ list }) => list === 'ipi').length).toBe(2);
    for (const row of rows) expect(row.calls).toMatch(/^mk_/);
    expect(rows[0]!.work).toBe('idle');
    expect(INSPECTOR.handlers(run, host).length).toBe(0);
  });

  it('shows its instances, and where their parts lie', () => {
    expect(INSPECTOR.instances(run, host)).toMatchObject([
      { id: 2, name: 'web', cpus: [4, 5], memoryBytes: 0x10000000, listed: true },
    ]);
    // A restored instance has no CPU mask and no directory: facts 04 §5.3.
    expect(INSPECTOR.instances(run, web)).toMatchObject([{ id: 2, cpus: [], listed: false }]);
  });

  it('accounts for its heap, object by object', () => {
    const { objects, used, size, left } = INSPECTOR.heap(run, host);
    expect(left).toBe(0);
    expect(objects.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(used);
    expect(used).toBeLessThan(size);
    expect(objects.filter(({ kind, live }) => kind === 'mk_instance' && live)).toHaveLength(1);
    expect(objects.map(({ addr }) => addr)).toEqual(
      objects.map(({ addr }) => addr).sort((a, b) => a - b),
    );
  });

  it('that is not there is refused', () => {
    expect(() => INSPECTOR.heap(run, { kernel: 'nobody' })).toThrow('there is no kernel nobody');
  });
});

describe('files', () => {
  const run = sent('mkdir /tmp', 'echo hi > /tmp/note');
  const read = (path: string) => INSPECTOR.folder(run, { kernel: 'host', path });

  it('are listed and read as the commands of a console would', () => {
    expect(read('/').names).toEqual(expect.arrayContaining(['proc/', 'sys/', 'tmp/']));
    expect(read('/sys/fs/multikernel/instances').names).toEqual(['web/']);
    const status = read('/sys/fs/multikernel/instances/web/status');
    expect([new TextDecoder().decode(status.bytes), status.names]).toEqual([
      'loading\n',
      undefined,
    ]);
    expect(read('/proc/cmdline').size).toBeGreaterThan(0);
    expect(read('/none').error).toMatch(/ENOENT/);
  });

  it('that are long are cut, and their size is told', () => {
    const { bytes, size } = read('/boot/vmlinuz');
    expect(bytes!.length).toBeLessThanOrEqual(64 * 1024);
    expect(size).toBeGreaterThanOrEqual(bytes!.length);
  });
});

describe('hazards', () => {
  it('are counted, with the moments of the last ones', () => {
    const run = lesson('lost-message');
    const rows = INSPECTOR.hazards(run, {});
    const overwritten = rows.find(({ key }) => key === 'slotOverwritten')!;
    expect(overwritten.facts).toContain('H2');
    expect(overwritten.count).toBeGreaterThanOrEqual(overwritten.times.length);
    const [last] = overwritten.times;
    run.seek(last!.step);
    const before = run.world.observer.hazardCount(overwritten.id);
    run.seek(last!.step + 1);
    expect(run.world.observer.hazardCount(overwritten.id)).toBe(before + 1);
  });

  it('that did not happen are not there', () => {
    expect(INSPECTOR.hazards(lessonRun(BOOT()), {})).toEqual([]);
  });
});
