import { describe, expect, it } from 'vitest';
import { OUTCOME, ROW } from '../../../sim/base/record.ts';
import { MODE } from '../../../sim/machine/cpu.layout.ts';
import { rowsOf, type RowDraft } from '../../testing/rows.ts';
import { END, MARK, TimelineHistory } from './history.ts';

/** A heartbeat from CPU 1 to an idle CPU 4, with the irq_work that follows. */
const HEARTBEAT: readonly RowDraft[] = [
  { kind: ROW.begin, time: 0, cpu: 1, b: 10, d: 1 },
  { kind: ROW.step, time: 0, cpu: 1, b: 10, c: 1, a: 20 },
  { kind: ROW.step, time: 20, cpu: 1, b: 20, c: 2, a: 10 },
  { kind: ROW.sent, time: 30, cpu: 1, b: 0x3000, c: 0x3001, d: 1 },
  { kind: ROW.send, time: 30, cpu: 1, a: 80, b: 0xea, c: 4, d: 7 },
  { kind: ROW.step, time: 30, cpu: 1, b: 21, c: 2, a: 40 },
  { kind: ROW.end, time: 70, cpu: 1, d: 1 },
  { kind: ROW.arrive, time: 80, cpu: 4, b: 0xea, c: 1, d: 7 },
  { kind: ROW.take, time: 90, cpu: 4, b: 0xea },
  { kind: ROW.step, time: 100, cpu: 4, b: 30, c: 1, a: 12 },
  { kind: ROW.step, time: 112, cpu: 4, b: 31, c: 1, a: 8 },
  { kind: ROW.take, time: 120, cpu: 4, b: 0xf6 },
  { kind: ROW.step, time: 130, cpu: 4, b: 40, c: 1, a: 10 },
  { kind: ROW.outcome, time: 140, cpu: 4, b: OUTCOME.whole, d: 1 },
];

function historyOf(drafts: readonly RowDraft[]): TimelineHistory {
  const history = new TimelineHistory(8);
  history.digest(rowsOf(drafts));
  return history;
}

function barsOf(history: TimelineHistory, cpu: number, level = 0): object[] {
  const bars = history.lanes[cpu]!.levels[level];
  return Array.from({ length: bars?.length ?? 0 }, (_, i) => ({
    start: bars!.at.start[i],
    end: bars!.at.end[i],
    mode: bars!.at.mode[i],
  }));
}

describe('timeline history', () => {
  it('has one bar for a task, from its first step to the end of its last', () => {
    expect(barsOf(historyOf(HEARTBEAT), 1)).toEqual([{ start: 0, end: 70, mode: MODE.task }]);
  });

  it('has bars for interrupts on an idle CPU, one after the other', () => {
    expect(barsOf(historyOf(HEARTBEAT), 4)).toEqual([
      { start: 90, end: 120, mode: MODE.interrupt },
      { start: 120, end: 140, mode: MODE.irqWork },
    ]);
  });

  it('puts an interrupt on top of the task that it came into', () => {
    const history = historyOf([
      { kind: ROW.begin, time: 0, cpu: 0, b: 1 },
      { kind: ROW.step, time: 0, cpu: 0, b: 1, c: 1, a: 10 },
      { kind: ROW.take, time: 10, cpu: 0, b: 0xea },
      { kind: ROW.step, time: 20, cpu: 0, b: 30, c: 2, a: 10 },
      { kind: ROW.step, time: 30, cpu: 0, b: 50, c: 3, a: 10 },
      { kind: ROW.step, time: 40, cpu: 0, b: 2, c: 1, a: 10 },
      { kind: ROW.end, time: 50, cpu: 0 },
      { kind: ROW.begin, time: 90, cpu: 0, b: 1 },
      { kind: ROW.step, time: 90, cpu: 0, b: 1, c: 1, a: 5 },
    ]);
    expect(barsOf(history, 0)).toEqual([
      { start: 0, end: 50, mode: MODE.task },
      { start: 90, end: 95, mode: MODE.task },
    ]);
    expect(barsOf(history, 0, 1)).toEqual([{ start: 10, end: 40, mode: MODE.interrupt }]);
  });

  it('lets a bar end with the step that emptied the stack, and the next one begin', () => {
    const history = historyOf([
      { kind: ROW.begin, time: 0, cpu: 4, b: 1 },
      { kind: ROW.step, time: 0, cpu: 4, b: 1, c: 1, a: 10 },
      { kind: ROW.end, time: 10, cpu: 4 },
      { kind: ROW.step, time: 10, cpu: 4, b: 2, c: 0, a: 4 },
      { kind: ROW.take, time: 100, cpu: 4, b: 0xea },
      { kind: ROW.step, time: 110, cpu: 4, b: 30, c: 1, a: 10 },
    ]);
    expect(barsOf(history, 4)).toEqual([
      { start: 0, end: 14, mode: MODE.task },
      { start: 100, end: 120, mode: MODE.interrupt },
    ]);
  });

  it('gives a flight its message, its way and its end', () => {
    const { at } = historyOf(HEARTBEAT).flights;
    expect([at.sent[0], at.done[0], at.from[0], at.to[0]]).toEqual([30, 80, 1, 4]);
    expect([at.type[0], at.subtype[0], at.end[0]]).toEqual([0x3000, 0x3001, END.arrived]);
  });

  it('knows a flight that has not landed by its time and its APIC id', () => {
    const { at } = historyOf(HEARTBEAT.slice(0, 5)).flights;
    expect([at.done[0], at.to[0], at.end[0]]).toEqual([80, 4, END.flying]);
  });

  it('tells merged and dropped flights apart', () => {
    const history = historyOf([
      { kind: ROW.send, time: 0, cpu: 0, a: 50, b: 0xea, c: 4, d: 1 },
      { kind: ROW.send, time: 1, cpu: 0, a: 51, b: 0xea, c: 99, d: 2 },
      { kind: ROW.merge, time: 50, cpu: 4, b: 0xea, c: 0, d: 1 },
      { kind: ROW.drop, time: 51, cpu: -1, b: 0xea, c: 99, d: 2 },
    ]);
    expect([...history.flights.at.end.subarray(0, 2)]).toEqual([END.merged, END.dropped]);
    expect(history.flights.at.to[1]).toBe(-1);
  });

  it('measures how long a vector stays pending', () => {
    const waits = historyOf(HEARTBEAT).lanes[4]!.waits.get(0xea)!;
    expect([waits.length, waits.at.start[0], waits.at.end[0]]).toEqual([1, 80, 90]);
  });

  it('calls the task after a SIPI a boot, and forgets what ran before INIT', () => {
    const history = historyOf([
      { kind: ROW.begin, time: 0, cpu: 4, b: 1 },
      { kind: ROW.step, time: 0, cpu: 4, b: 1, c: 1, a: 10 },
      { kind: ROW.send, time: 0, cpu: 0, a: 20, b: 0x500, c: 4, d: 1 },
      { kind: ROW.arrive, time: 20, cpu: 4, b: 0x500, c: 0, d: 1 },
      { kind: ROW.arrive, time: 30, cpu: 4, b: 0x69a, c: 0, d: 2 },
      { kind: ROW.begin, time: 30, cpu: 4, b: 5 },
      { kind: ROW.step, time: 30, cpu: 4, b: 5, c: 1, a: 10 },
    ]);
    expect(barsOf(history, 4)).toEqual([
      { start: 0, end: 10, mode: MODE.task },
      { start: 30, end: 40, mode: MODE.boot },
    ]);
  });

  it('counts steps and acceptances as the run does', () => {
    const history = historyOf(HEARTBEAT);
    expect(history.steps.length).toBe(8);
    expect(history.stepAfter(-1)).toBe(0);
    expect(history.stepAfter(112)).toBe(6);
    expect(history.stepAfter(1e9)).toBe(8);
  });

  it('finds the step a CPU was in', () => {
    const history = historyOf(HEARTBEAT);
    expect(history.pcAt(25, 1)).toBe(20);
    expect(history.pcAt(200, 1)).toBe(-1);
    expect(history.pcAt(25, 6)).toBe(-1);
  });

  it('marks outcomes, and takes rows in pieces', () => {
    const history = new TimelineHistory(8);
    history.digest(rowsOf(HEARTBEAT.slice(0, 6)));
    history.digest(rowsOf(HEARTBEAT.slice(4), 4));
    expect(history.next).toBe(HEARTBEAT.length);
    expect(history.flights.length).toBe(1);
    expect([history.marks.length, history.marks.at.kind[0]]).toEqual([1, MARK.outcome]);
    expect(history.end).toBe(140);
  });

  it('finds the message that was written over before anyone read it, once', () => {
    const history = historyOf([
      { kind: ROW.sent, time: 10, cpu: 1, a: 0x440, b: 0x3000, d: 1 },
      { kind: ROW.sent, time: 20, cpu: 6, a: 0x440, b: 0x3000, d: 2 },
      { kind: ROW.outcome, time: 25, cpu: 6, b: OUTCOME.overwritten, d: 1 },
      { kind: ROW.outcome, time: 30, cpu: 4, b: OUTCOME.whole, d: 2 },
      { kind: ROW.sent, time: 40, cpu: 1, a: 0x440, b: 0x3000, d: 3 },
    ]);
    const { time, b, d } = history.marks.at;
    expect(history.marks.length).toBe(2);
    expect([time[0], b[0], d[0]]).toEqual([20, OUTCOME.overwritten, 1]);
  });

  it('outgrows its first columns', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      ...{ kind: ROW.step, time: i * 10, cpu: 0, b: 1, c: 1, a: 10 },
    }));
    const history = historyOf(rows);
    expect(history.steps.length).toBe(5000);
    expect(history.steps.at(4999)).toBe(49_990);
  });
});
