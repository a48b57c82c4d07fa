import { describe, expect, it } from 'vitest';
import { OUTCOME, ROW } from '../../../sim/base/record.ts';
import type { ClaimFrame, Legend } from '../../../sim/world/frame.ts';
import { EMPTY_LEGEND } from '../../state/empty-frame.ts';
import { rowsOf, type RowDraft } from '../../testing/rows.ts';
import { TimelineHistory } from './history.ts';
import { findAll } from './search.ts';

const step = (id: string, label: string, routine: number) => ({
  ...{ routine, id, label, text: `${label} in words`, cost: 10, local: false },
});
const legend: Legend = {
  ...EMPTY_LEGEND,
  routines: [
    { name: 'mk_send', source: '', start: 0 },
    { name: 'mk_receive', source: '', start: 2 },
  ],
  steps: [step('S1', 'lock', 0), step('S2', 'write the slot', 0), step('R1', 'read', 1)],
  hazards: [{ id: 4, key: 'torn-read', text: 'two writers, one slot' }],
};
const LINES = new Map([['1 7', 'no handler for type 0x3000']]);
const names = {
  legend,
  kernels: ['host', 'web'],
  log: (kernel: number, record: number) => LINES.get(`${kernel} ${record}`) ?? '',
};
const ROWS: readonly RowDraft[] = [
  { kind: ROW.begin, time: 0, cpu: 1, b: 0 },
  { kind: ROW.step, time: 0, cpu: 1, b: 0, c: 1, a: 10 },
  { kind: ROW.step, time: 10, cpu: 1, b: 1, c: 1, a: 10 },
  { kind: ROW.sent, time: 20, cpu: 1, b: 0x3000, c: 0x3001, d: 1 },
  { kind: ROW.send, time: 20, cpu: 1, a: 30, b: 0xea, c: 4, d: 1 },
  { kind: ROW.send, time: 25, cpu: 1, a: 35, b: 0xea, c: 4, d: 2 },
  { kind: ROW.arrive, time: 30, cpu: 4, b: 0xea, c: 1, d: 1 },
  { kind: ROW.merge, time: 35, cpu: 4, b: 0xea, c: 1, d: 2 },
  { kind: ROW.step, time: 40, cpu: 4, b: 2, c: 1, a: 10 },
  { kind: ROW.step, time: 50, cpu: 1, b: 0, c: 1, a: 10 },
  { kind: ROW.log, time: 60, cpu: 4, b: 1, c: 7 },
  { kind: ROW.hazard, time: 70, cpu: 4, b: 4 },
  { kind: ROW.outcome, time: 80, cpu: 4, b: OUTCOME.whole, d: 1 },
];
const claims: readonly ClaimFrame[] = [
  { stop: 0, line: 1, column: 1, claim: 'stats.lost == 0', ok: false, timeNs: 90, actual: [] },
  { stop: 0, line: 2, column: 1, claim: 'stats.sent == 2', ok: true, timeNs: 90, actual: [] },
];

const history = new TimelineHistory(8);
history.digest(rowsOf(ROWS));
const find = (text: string) =>
  findAll({ history, names, claims }, text).map(({ kind, time, cpu }) => [kind, time, cpu]);

describe('searching the timeline', () => {
  it('finds a routine where it begins', () => {
    expect(find('mk_send')).toEqual([
      ['step', 0, 1],
      ['step', 50, 1],
    ]);
  });

  it('finds a step by its label, its id, and words of both', () => {
    expect(find('write the SLOT')).toEqual([['step', 10, 1]]);
    expect(find('s2')).toEqual([['step', 10, 1]]);
    expect(find('mk_receive read')).toEqual([['step', 40, 4]]);
  });

  it('finds IPIs by vector, by message and by how they ended', () => {
    expect(find('0xea')).toHaveLength(2);
    expect(find('heartbeat')).toEqual([['flight', 20, 1]]);
    expect(find('vector merged')).toEqual([['flight', 25, 1]]);
    expect(find('vector taken')).toEqual([['flight', 20, 1]]);
  });

  it('finds lines of logs, hazards and failed claims', () => {
    expect(find('no handler')).toEqual([['mark', 60, 4]]);
    expect(find('torn-read')).toEqual([['mark', 70, 4]]);
    expect(find('hazard 4')).toEqual([['mark', 70, 4]]);
    expect(find('stats.')).toEqual([['claim', 90, -1]]);
  });

  it('finds nothing of what is not there', () => {
    expect(find('0xeb')).toEqual([]);
    expect(find('mk_send nowhere')).toEqual([]);
  });

  it('goes through the marks that matter when nothing is sought', () => {
    expect(find(' ')).toEqual([
      ['mark', 60, 4],
      ['mark', 70, 4],
      ['claim', 90, -1],
    ]);
  });
});
