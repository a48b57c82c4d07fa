import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../base/assert.ts';
import { ROW } from '../../base/record.ts';
import { lessonRun, playOut } from '../../testing/lesson.ts';
import { slotPlace } from '../answers.ts';
import type { Run } from '../run.ts';
import type { Reason } from '../run-parts.ts';
import { arm } from './arm.ts';
import { readBreak } from './break-line.ts';
import { BREAK_FORMS } from '../../base/break-forms.ts';
import { advanceTo, lookBack, Scanner } from './scan.ts';

const LESSON = readFileSync(
  new URL('../../../../public/scenarios/lost-message.md', import.meta.url),
  'utf8',
);
const place = { file: 'breakpoint', line: 1, column: 1 };
const scanner = (...lines: readonly string[]): Scanner =>
  new Scanner(lines.map((line, id) => arm(id, readBreak(line, place))));

/** Where a run stops, on its way to the end. */
function stopsOf(run: Run, scan: Scanner): number[] {
  const stops: number[] = [];
  for (;;) {
    const came = advanceTo(run, scan, { through: true });
    if (came === 'ended') return stops;
    if (typeof came !== 'string') {
      expect(run.step).toBe(came.at);
      stops.push(came.at);
    }
  }
}

/** The same from the end backwards. */
function stopsBack(run: Run, scan: Scanner): number[] {
  const stops: number[] = [];
  for (;;) {
    const search = lookBack(run, scan);
    let next = search.next();
    while (next.done !== true) next = search.next();
    if (!next.value) return stops.reverse();
    run.seek(next.value.at);
    stops.push(next.value.at);
  }
}

/** Steps behind which the trace has such a row. */
function rowsOf(run: Run, is: (row: { kind: number; a: number; b: number; d: number }) => boolean) {
  const { trace } = run.world;
  const found = new Set<number>();
  let taken = 0;
  for (let i = trace!.begin; i < trace!.head; i++) {
    const { kind } = trace!.at(i)!;
    if (kind === ROW.step || kind === ROW.take) taken++;
  }
  let step = run.step - taken;
  for (let i = trace!.begin; i < trace!.head; i++) {
    const row = trace!.at(i)!;
    if (is(row)) found.add(step + 1);
    if (row.kind === ROW.step || row.kind === ROW.take) step++;
  }
  return [...found];
}

const whole = playOut(lessonRun(LESSON));
const HASH = whole.hash();

describe('a run with breakpoints', () => {
  it.each([
    'vector 0xea taken',
    'vector any sent on cpu1',
    'hazard H2',
    'log ipi.received on web-server',
    'at icr',
    'write slot("web-server").type',
    'read slot("web-server")',
    'change slot("web-server").payload',
    'stats.lost == 1',
    'changes cpu(4).mode',
  ])('stops at the same steps forwards and backwards: %s', (line) => {
    const run = lessonRun(LESSON);
    const forwards = stopsOf(run, scanner(line));
    expect(run.hash()).toBe(HASH);
    expect(forwards.length).toBeGreaterThan(0);
    // Where the run stands is behind it, not before.
    expect(stopsBack(run, scanner(line))).toEqual(forwards.filter((at) => at < whole.step));
    playOut(run);
    expect(run.hash()).toBe(HASH);
  });

  it('stops behind each step whose row is waited for, and nowhere else', () => {
    expect(stopsOf(lessonRun(LESSON), scanner('vector 0xea taken'))).toEqual(
      rowsOf(whole, ({ kind, b }) => kind === ROW.take && b === 0xea),
    );
    expect(stopsOf(lessonRun(LESSON), scanner('vector 0xea merged', 'hazard H3'))).toEqual(
      rowsOf(whole, ({ kind }) => kind === ROW.merge),
    );
  });

  it('stops before a step is taken', () => {
    const run = lessonRun(LESSON);
    const [first] = stopsOf(run, scanner('at icr on cpu1'));
    run.seek(first!);
    const { machine } = run.world;
    expect(machine.program.steps[machine.pcOf(1)]!.label).toBe('icr');
    run.seek(first! + 1);
    expect(machine.program.steps[machine.pcOf(1)]?.label).not.toBe('icr');
  });

  it('misses no change of shared bytes, and no write', () => {
    const run = lessonRun(LESSON);
    const { addr } = slotPlace(whole.world, 'web-server', 4, 'type')!;
    const changes: number[] = [];
    let before = run.world.mem.peek(addr, 4).join();
    for (let reason: Reason = 'steps'; reason !== 'ended';) {
      reason = run.advance({ steps: 1, through: true });
      const now = run.world.mem.peek(addr, 4).join();
      if (now !== before) changes.push(run.step);
      before = now;
    }
    const place = `0x${addr.toString(16)}+4`;
    expect(changes.length).toBeGreaterThan(1);
    expect(stopsOf(lessonRun(LESSON), scanner(`change ${place}`))).toEqual(changes);
    expect(stopsOf(lessonRun(LESSON), scanner('change slot("web-server", 4).type'))).toEqual(
      changes,
    );
    expect(stopsOf(lessonRun(LESSON), scanner(`write ${place}`))).toEqual(
      rowsOf(whole, ({ kind, a, b }) => kind === ROW.write && a < addr + 4 && a + b > addr),
    );
  });

  it('sees bytes that only their own kernel sees when they change', () => {
    const run = playOut(lessonRun(LESSON));
    // The host's count of messages it has sent: private, and there is no row of it.
    const addr = run.world.lookAt(0).k;
    const stops = stopsBack(run, scanner(`change 0x${addr.toString(16)}+4096`));
    expect(stops.length).toBeGreaterThan(0);
    const at = stops.at(-1)!;
    run.seek(at - 1);
    const before = run.world.mem.peek(addr, 4096);
    run.seek(at);
    expect(run.world.mem.peek(addr, 4096)).not.toEqual(before);
  });

  it('is stopped where it is by what happens after the last step there is', () => {
    const run = lessonRun(LESSON);
    const scan = scanner('write 0x0');
    expect(stopsOf(run, scan)).toEqual([]);
    expect(run.hash()).toBe(HASH);
  });
});

describe('a line that says when to stop', () => {
  it.each(BREAK_FORMS.filter(({ example }) => example !== ''))('reads $form', ({ example }) => {
    expect(() => readBreak(example, place)).not.toThrow();
  });

  it.each([
    ['step < 100', 'claim'],
    ['hazard("H2") == 1', 'claim'],
    ['  at S8', 'at'],
    ["write slot('web-server', 4).payload", 'write'],
    ['read 0x80000000 + 8', 'read'],
    ['change 4096', 'change'],
    ['vector any dropped on cpu4', 'vector'],
  ])('takes %s for a %s', (text, kind) => {
    expect(readBreak(text, place).kind).toBe(kind);
  });

  it.each([
    ['', 1, 'nothing'],
    ['stats.lst == 1', 7, 'lst'],
    ['stats.lost', 1, 'never true or false'],
    ['changes stats.lst', 15, 'lst'],
    ['at icrr', 4, 'did you mean "icr"'],
    ['at icr of nothing', 11, 'has no step'],
    ['at icr of', 10, 'name of a routine'],
    ['at icr in cpu1', 8, 'on cpuN'],
    ['at icr on 4', 11, 'no CPU'],
    ['at icr on cpu4 now', 16, 'nothing may follow'],
    ['write here', 7, 'a place is written'],
    ['write 0x10+0', 12, '1 to 4096'],
    ['write 0x10+5000', 12, '1 to 4096'],
    ['write 99999999999999999999', 7, 'memory'],
    ['read slot("web-server").typ', 25, 'did you mean "type"'],
    ['vector 0x1ea taken', 8, 'no vector'],
    ['vector 0xea', 12, 'what of it'],
    ['vector 0xea takn', 13, 'did you mean "taken"'],
    ['log ipi.receivd', 5, 'did you mean "ipi.received"'],
    ['log ipi.received by', 18, 'on KERNEL'],
    ['hazard H99', 8, 'no hazard H99'],
  ])('refuses %j at column %i', (text, column, why) => {
    let refused: unknown;
    try {
      readBreak(text, place);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(Refused);
    const { message, place: at } = refused as Refused;
    expect(message).toContain(why);
    expect(at?.column).toBe(column);
  });
});
