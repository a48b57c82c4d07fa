import { describe, expect, it } from 'vitest';
import { ROW } from '../../sim/base/record.ts';
import type { FlightFrame } from '../../sim/world/frame.ts';
import type { TraceRow } from '../state/rows.svelte.ts';
import { FlightShow } from './flight-show.ts';

const row = (kind: number, rest: Partial<TraceRow> = {}): TraceRow => ({
  ...{ index: 0, time: 0, kind, cpu: 1, a: 0, b: 0xea, c: 4, d: 7 },
  ...rest,
});
const CPUS = [1, 4].map((id) => ({ id, apicId: id }));
const flight: FlightFrame = {
  ...{ serial: 7, from: 1, to: 4, vector: 0xea, kind: 'fixed', sentNs: 0, arrivesNs: 100 },
  ...{ messageType: 0x3000, messageSubtype: 0x3001 },
};

function until(show: FlightShow, from: number, to: number): void {
  for (let now = from; now <= to; now += 16) show.advance(now);
}

describe('the show of flights', () => {
  it('follows a flight, then lets it end in the tile', () => {
    const show = new FlightShow();
    show.see([flight], 50, 0);
    until(show, 0, 800);
    expect(show.marks.get(7)).toMatchObject({ phase: 'flying', token: 'message-system' });
    expect(show.marks.get(7)!.shown).toBeCloseTo(0.5, 1);
    show.digest([row(ROW.arrive)], 800);
    expect(show.marks.get(7)!.phase).toBe('arrived');
    until(show, 800, 2400);
    expect(show.marks.size).toBe(0);
    expect(show.advance(2500)).toBe(false);
  });

  it('shows an IPI that was sent and merged between two frames', () => {
    const show = new FlightShow();
    show.know(CPUS);
    show.digest([row(ROW.send), row(ROW.merge)], 0);
    expect(show.marks.get(7)).toMatchObject({ from: 1, to: 4, phase: 'merged' });
  });

  it('takes the colour of what the sender has announced at that time', () => {
    const show = new FlightShow();
    show.know(CPUS);
    show.digest([row(ROW.sent, { time: 9, b: 0x1000 }), row(ROW.send, { time: 9 })], 0);
    show.digest([row(ROW.send, { time: 10, d: 8 })], 0);
    expect(show.marks.get(7)!.token).toBe('message-io');
    expect(show.marks.get(8)!.token).toBe('message-other');
  });

  it('knows INIT and SIPI by their delivery mode', () => {
    const show = new FlightShow();
    show.digest([row(ROW.send, { b: 0x500 }), row(ROW.send, { b: 0x69a, d: 8 })], 0);
    expect([...show.marks.values()].map(({ token }) => token)).toEqual(['ipi-init', 'ipi-startup']);
  });

  it('makes one stream of many IPIs on one way', () => {
    const show = new FlightShow();
    show.know(CPUS);
    show.digest(
      Array.from({ length: 500 }, (_, d) => row(ROW.send, { d })),
      0,
    );
    expect(show.marks.size).toBe(0);
    expect([...show.flows.values()]).toMatchObject([{ from: 1, to: 4, strength: 500 }]);
    until(show, 0, 6000);
    expect(show.flows.size).toBe(0);
  });

  it('forgets flights that are gone after a jump', () => {
    const show = new FlightShow();
    show.see([flight], 50, 0);
    show.see([], 10, 16);
    until(show, 16, 800);
    expect(show.marks.size).toBe(0);
  });

  it('rings loudly where a message came to harm', () => {
    const show = new FlightShow();
    show.harm(4, 0);
    show.harm(-1, 0);
    expect(show.ripples).toEqual([{ cpu: 4, token: 'danger', at: 0 }]);
  });
});
