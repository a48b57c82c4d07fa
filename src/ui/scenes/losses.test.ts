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

  it('are also tears, second readings and messages of nobody', () => {
    const after = moment(['torn', 'duplicated', 'whole'], 1);
    expect(lossesBetween(moment([]), after).map(({ message }) => message)).toEqual([1, 2, 0]);
  });
});
