import { describe, expect, it } from 'vitest';
import { ROW } from '../base/record.ts';
import { race } from '../testing/lesson.ts';
import { logged, logKeys, rowsOf } from '../testing/world.ts';

const A = 'system heartbeat 0xa1a1a1a1';
const B = 'system shutdown 0xb2b2b2b2';
const SYSTEM = ['system'];

/** The interleavings of facts 02 §4.1, as drawn there. */
describe('two messages in one slot', () => {
  it('lost: the second is written before the receiver looks, and is read once', () => {
    const run = race(A, B, 'cpu1 to end\ncpu6 to end', SYSTEM);
    expect(run.answers.stats()).toMatchObject({ sent: 2, merged: 1, handled: 1, lost: 1 });
    expect(run.answers.message(1)?.outcome).toBe('lost');
    expect(run.answers.message(2)?.outcome).toBe('whole');
    expect(logKeys(run, 'web').filter((key) => key === 'ipi.received')).toHaveLength(1);
  });

  it('lost and read twice: the receiver answers the first bell when the second message is there', () => {
    const run = race(
      A,
      B,
      `cpu1 to end
       cpu6 until slot.data
       cpu4 to end
       cpu6 to end`,
      SYSTEM,
    );
    expect(run.answers.stats()).toMatchObject({
      sent: 2,
      merged: 0,
      handled: 2,
      duplicated: 1,
      lost: 1,
    });
  });

  it('phantom: the callback finds the header of the second and no bytes yet', () => {
    const run = race(
      A,
      B,
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until unlock
       cpu6 until slot.type
       cpu4 to end
       cpu6 to end
       cpu4 to end`,
      SYSTEM,
    );
    const handled = rowsOf(run, ROW.handler).map(({ b, c }) => [b, c]);
    expect(handled).toEqual([
      [0, 0],
      [0x3000, 0x3002],
    ]);
    expect(run.answers.stats()).toMatchObject({ phantom: 1, handled: 2, whole: 1, lost: 1 });
    expect(logged(run, 'web', 'msg.received')[0]).toEqual([0, 0, 0, 6]);
  });

  it('vanish: the slot is being cleared when the receiver looks', () => {
    const run = race(
      A,
      B,
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until eoi
       cpu6 until slot.clear
       cpu4 to end
       cpu6 to end`,
      SYSTEM,
    );
    expect(logged(run, 'web', 'ipi.no_valid_data')).toEqual([[0]]);
    expect(run.answers.stats()).toMatchObject({ handled: 1, lost: 1 });
    expect(run.answers.message(2)?.outcome).toBe('whole');
  });

  it('mismatch: the handler that was matched finds another type', () => {
    const run = race(
      A,
      'io irq-forward 0xb2',
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until unlock
       cpu6 until slot.type
       cpu4 to end
       cpu6 to end`,
      ['system', 'io'],
    );
    expect(logged(run, 'web', 'msg.type_mismatch')).toEqual([[0x3000, 0x1000]]);
    expect(run.answers.stats()).toMatchObject({ handled: 1, lost: 1 });
    expect(run.answers.message(2)?.outcome).toBe('whole');
  });

  it('torn: header of the first, payload of the second', () => {
    const run = race(
      A,
      B,
      `cpu1 to end
       cpu4 take 0xea
       cpu4 until C5
       cpu6 until slot.data
       cpu4 to end
       cpu6 to end`,
      SYSTEM,
    );
    expect(run.answers.stats()).toMatchObject({ torn: 1 });
    expect(rowsOf(run, ROW.handler).map(({ c }) => c)).toEqual([0x3001, 0x3002]);
  });

  it('unserialised: both clear, then both fill, and size and bytes mix (hazard H8)', () => {
    const run = race(
      'system heartbeat 0xa1a1a1a1a1a1a1a1',
      'system shutdown 0xb2',
      `cpu1 until slot.type
       cpu6 until slot.data
       cpu1 until slot.data
       cpu1 to end
       cpu6 to end`,
      SYSTEM,
    );
    // The length is A's and so are its bytes; data_size and sender were written by B.
    expect(run.answers.slot('web', undefined)).toMatchObject({ data_size: 25, sender_cpu: 6 });
    expect(logged(run, 'web', 'msg.bad_payload_len')).toEqual([[8, 1]]);
    expect(run.answers.stats()).toMatchObject({ sent: 2, handled: 0, lost: 2 });
  });

  it('none lost: each is taken before the next', () => {
    const run = race(A, B, 'cpu1 to end\ncpu4 to end\ncpu6 to end\ncpu4 to end', SYSTEM);
    expect(run.answers.stats()).toMatchObject({
      sent: 2,
      handled: 2,
      whole: 2,
      lost: 0,
      merged: 0,
    });
  });
});

describe('the senders', () => {
  it('both believe that all went well, in every one of these', () => {
    const run = race(A, B, 'cpu1 to end\ncpu6 to end', SYSTEM);
    expect(run.answers.status('host')).toBe(0);
    expect(logKeys(run, 'host').filter((key) => key === 'msg.sent')).toHaveLength(2);
    expect(logKeys(run, 'host')).not.toContain('msg.send_failed');
  });
});
