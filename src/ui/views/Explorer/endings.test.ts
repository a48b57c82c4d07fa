import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../sim/scenarios/parse.ts';
import type { Explored, OutcomeRow } from '../../../worker/explore-protocol.ts';
import {
  counted,
  effectText,
  endingsOf,
  lessonOf,
  scheduleBlock,
  shareText,
  verdictText,
} from './endings.ts';

const row = (change: Partial<OutcomeRow> = {}): OutcomeRow => ({
  ...{ effects: [], lost: [], torn: [], phantom: 0, duplicated: [], steps: 21 },
  ...change,
});
const entry = (word: string) => ({ word, text: 'does', needed: true, share: 0.5 });

describe('endings', () => {
  it('keep their numbers when some of them are looked through', () => {
    const outcomes = [row({ lost: [0x3001] }), row(), row({ phantom: 1 }), row({ torn: [0x3002] })];
    const explored = { outcomes } as unknown as Explored;
    const numbers = (kind: Parameters<typeof endingsOf>[1]) =>
      endingsOf(explored, kind).map(({ number }) => number);
    expect(numbers('all')).toEqual([0, 1, 2, 3]);
    expect(numbers('kept')).toEqual([1]);
    expect([numbers('lose'), numbers('invent'), numbers('tear'), numbers('repeat')]).toEqual([
      ...[[0], [2], [3], []],
    ]);
  });

  it('say what became of the messages', () => {
    expect(verdictText(row())).toBe('');
    expect(
      verdictText(row({ lost: [0x3001, 0x3002], phantom: 1, torn: [0x3003], duplicated: [1] })),
    ).toBe('lost 0x3001, 0x3002 · torn 0x3003 · a phantom · repeated 0x1');
    expect(verdictText(row({ phantom: 2 }))).toBe('2 phantoms');
  });

  it('say what the receiver does', () => {
    const log = (ev: string, args: object) => ({ t: 'log' as const, lvl: 'info', ev, ...args });
    expect(effectText({ t: 'cb', type: 0, subtype: 0, payload: '' })).toBe(
      'handles 0x0 with no bytes',
    );
    expect(effectText(log('ipi.received', { sender_cpu: 2, type: 0x3000 }))).toBe(
      'rung, slot from CPU 2, type 0x3000',
    );
    expect(effectText(log('ipi.no_valid_data', { cpu: 0 }))).toBe('rung, slot empty');
    expect(effectText(log('msg.type_mismatch', { got: 0 }))).toBe('type is 0x0 now');
    expect(effectText(log('msg.too_small', { size: 0 }))).toBe('0 bytes are too few now');
    expect(effectText(log('msg.no_handler', {}))).toBe('msg.no_handler');
  });
});

describe('numbers', () => {
  it('have their groups', () => {
    expect([counted(7), counted(1509), counted(5_000_000)]).toEqual(['7', '1,509', '5,000,000']);
  });
  it('are 0 or 100 % only when they are', () => {
    expect([0, 1, 0.5, 0.0001, 0.99999, 0.995].map(shareText)).toEqual([
      ...['0 %', '100 %', '50 %', '0.1 %', '99.9 %', '99.5 %'],
    ]);
  });
});

describe('an order as a lesson', () => {
  const text =
    '---\ntitle: T\n---\nA\n\n## B\n\n```console host\nls\n```\n\n```explore\n```\n\n## After\n';

  it('is the lesson up to its explore block, and the schedule', () => {
    const line = text.split('\n').indexOf('```explore') + 1;
    const order = [entry('cpu1 S6'), entry('cpu4 take')];
    const made = lessonOf(text, line, 'Ending 3: lost 0x3001', order, null);
    const { stops } = parseScenario(made, 'ending.md');
    expect(stops.map(({ title }) => title)).toEqual(['T', 'B', 'Ending 3: lost 0x3001']);
    expect(stops[2]!.items.map(({ kind }) => kind)).toEqual(['prose', 'schedule', 'expect']);
    expect(made).not.toContain('explore');
  });

  it('can be pasted as a block', () => {
    const order = [entry('cpu1 S6'), entry('cpu4 take')].map((each) => ({ ...each, share: null }));
    expect(scheduleBlock(order, null)).toBe('```schedule\ncpu1 S6\ncpu4 take\n```\n');
  });
});
