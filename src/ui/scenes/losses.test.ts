import { describe, expect, it } from 'vitest';
import type { Frame, MessageFrame } from '../../sim/world/frame.ts';
import { EMPTY_FRAME } from '../state/empty-frame.ts';
import { lossesBetween } from './losses.ts';

const moment = (outcomes: readonly MessageFrame['outcome'][], phantom = 0): Frame => ({
  ...EMPTY_FRAME,
  stats: { ...EMPTY_FRAME.stats, phantom },
  messages: outcomes.map(
    (outcome, i) =>
      ({ id: i + 1, toInstance: 2, type: 0x3000, subtype: 0x3001, outcome }) as MessageFrame,
  ),
  areas: [
    {
      instanceId: 2,
      name: 'web',
      start: 0,
      slots: 8,
      slotBytes: 272,
      struct: 'mk_ipi_data',
      ring: false,
      target: 4,
      used: [],
    },
  ],
});

describe('losses', () => {
  it('are told once, when they happen', () => {
    const before = moment(['sent']);
    const after = moment(['overwritten', 'sent']);
    expect(lossesBetween(before, after)).toMatchObject([
      { message: 1, cpu: 4, title: 'Message 1, HEARTBEAT, is lost.' },
    ]);
    expect(lossesBetween(after, after)).toEqual([]);
  });

  it('say what happened, and only that', () => {
    const textOf = (outcome: MessageFrame['outcome']) =>
      lossesBetween(moment(['sent']), moment([outcome]))[0]?.text;
    expect(textOf('overwritten')).toContain('written over it');
    expect(textOf('unread')).toContain('lies in its slot');
    expect(textOf('unread')).not.toContain('written over');
    // Two handlers of one type do that as well as two rings.
    expect(textOf('duplicated')).not.toContain('ring');
  });

  it('are not told again when the slot of a lost message is used for the next', () => {
    expect(lossesBetween(moment(['unread']), moment(['overwritten']))).toEqual([]);
  });

  it('are also tears, second readings and messages of nobody', () => {
    const after = moment(['torn', 'duplicated', 'whole'], 1);
    expect(lossesBetween(moment([]), after).map(({ message }) => message)).toEqual([1, 2, 0]);
  });
});
