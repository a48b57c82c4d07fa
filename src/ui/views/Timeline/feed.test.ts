import { describe, expect, it } from 'vitest';
import { ROW } from '../../../sim/base/record.ts';
import type { Rows } from '../../../worker/protocol.ts';
import { rowsOf, type RowDraft } from '../../testing/rows.ts';
import { Feed, type Known } from './feed.ts';

const steps = (from: number, to: number, cost = 10): RowDraft[] =>
  Array.from({ length: to - from }, (_, i) => ({
    ...{ kind: ROW.step, time: (from + i) * cost, cpu: 0, b: 1, c: 1, a: cost },
  }));

/** Everything known when the playhead stands behind the last row. */
function known(batch: Rows, more: Partial<Known> = {}): Known {
  const end = batch.from + batch.kind.length;
  return {
    ...{ version: end, epoch: 0, batches: [batch], begin: batch.from, end, cpus: 8, run: 1 },
    ...{ step: end, stepEnd: end, traceEnd: end, traceHead: end, folding: true, ...more },
  };
}

describe('the feed of the timeline', () => {
  it('takes in what is new and nothing twice', () => {
    const feed = new Feed();
    feed.follow(known(rowsOf(steps(0, 40))));
    const { history } = feed.follow(known(rowsOf(steps(0, 100))));
    expect(history.steps.length).toBe(100);
  });

  it('knows step numbers when the window of rows begins late', () => {
    const batch = rowsOf(steps(500, 600), 500);
    expect(new Feed().follow(known(batch, { step: 620 })).firstStep).toBe(520);
  });

  it('knows since when it knows a run', () => {
    const whole = new Feed().follow(known(rowsOf(steps(0, 100)))).history;
    const late = new Feed().follow(known(rowsOf(steps(500, 600), 500))).history;
    expect([whole.since, late.since]).toEqual([0, 5000]);
    late.digest(rowsOf(steps(600, 700), 600));
    expect(late.since).toBe(5000);
  });

  it('keeps what lies ahead after a jump back', () => {
    const feed = new Feed();
    feed.follow(known(rowsOf(steps(0, 100))));
    const back = feed.follow(known(rowsOf(steps(0, 40)), { stepEnd: 100 }));
    expect(back.history.steps.length).toBe(100);
    expect(back.firstStep).toBe(0);
  });

  it('counts steps from the end of the run, not from where the playhead is', () => {
    const feed = new Feed();
    const now = known(rowsOf(steps(0, 100)));
    feed.follow(now);
    expect(feed.follow({ ...now, step: 20, traceHead: 20 }).firstStep).toBe(0);
  });

  it('is the same while only the playhead moves, and another one when it is folded', () => {
    const feed = new Feed();
    const now = known(rowsOf(steps(0, 100)));
    const first = feed.follow(now);
    expect(feed.follow({ ...now })).toBe(first);
    expect(feed.follow({ ...now, folding: false })).not.toBe(first);
  });

  it('starts anew when the run ends earlier than it did, or is another one', () => {
    const feed = new Feed();
    feed.follow(known(rowsOf(steps(0, 100))));
    expect(feed.follow(known(rowsOf(steps(0, 40)))).history.steps.length).toBe(40);
    expect(feed.follow(known(rowsOf(steps(0, 45)), { run: 2 })).history.steps.length).toBe(45);
  });

  it('notices that the future is another one, though it is as long', () => {
    const feed = new Feed();
    feed.follow(known(rowsOf(steps(0, 100))));
    const { history } = feed.follow(known(rowsOf(steps(0, 110, 20)), { epoch: 1 }));
    expect(history.steps.at(99)).toBe(1980);
  });
});
