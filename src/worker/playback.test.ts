import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../sim/scenarios/run.ts';
import type { Reason } from '../sim/scenarios/run-parts.ts';
import { BOOT, lessonRun, playOut } from '../sim/testing/lesson.ts';
import { Playback } from './playback.ts';
import type { Speed } from './protocol.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const advance: ConstructorParameters<typeof Playback>[0]['advance'] = (run, limit) =>
  run.advance(limit);

interface Beat {
  readonly ms: number;
  readonly step: number;
  readonly timeNs: number;
}

/** Plays a run for that many seconds of real time, or to its end; notes every beat. */
async function play(run: Run, speed: Speed, seconds: number): Promise<Beat[]> {
  const beats: Beat[] = [];
  const note = (): void =>
    void beats.push({ ms: performance.now(), step: run.step, timeNs: run.world.machine.now });
  note();
  const playback = new Playback({
    async tick(advance) {
      const reason: Reason = advance(run);
      note();
      return reason !== 'ended';
    },
    advance,
    failed(error) {
      throw error;
    },
  });
  playback.start(speed, run);
  for (let ms = 0; ms < seconds * 1000 && !run.state.ended; ms += 16)
    await vi.advanceTimersByTimeAsync(16);
  playback.stop();
  return beats;
}

describe('playback', () => {
  it('takes as many steps a second as it is told', async () => {
    const run = lessonRun(BOOT('system'));
    await play(run, { kind: 'steps', perSecond: 60 }, 1);
    expect(run.step).toBeGreaterThanOrEqual(57);
    expect(run.step).toBeLessThanOrEqual(61);
  });

  it('lets simulated time pass at the rate it is told, but for waits', async () => {
    const run = lessonRun(BOOT('system'));
    await play(run, { kind: 'time', nsPerSecond: 1000 }, 1);
    expect(run.world.machine.now).toBeGreaterThan(500);
    expect(run.step).toBeGreaterThan(1);
  });

  it('folds a stretch in which nothing happens to a fifth of a second', async () => {
    const run = lessonRun(BOOT('system'));
    const beats = await play(run, { kind: 'time', nsPerSecond: 1000 }, 60);
    expect(run.state.ended).toBe(true);
    const simulatedSeconds = run.world.machine.now / 1000;
    const realSeconds = (beats.at(-1)!.ms - beats[0]!.ms) / 1000;
    expect(simulatedSeconds).toBeGreaterThan(30); // copying the image alone would be nine
    expect(realSeconds).toBeLessThan(simulatedSeconds / 2);
    let since = beats[0]!;
    let longest = 0;
    for (const beat of beats) {
      if (beat.step === since.step) continue;
      longest = Math.max(longest, beat.ms - since.ms);
      since = beat;
    }
    expect(longest).toBeLessThanOrEqual(200 + 3 * 16);
    expect(longest).toBeGreaterThan(150);
  });

  it('comes to the same end at every speed', async () => {
    const whole = playOut(lessonRun(BOOT('system'))).hash();
    for (const speed of [
      { kind: 'max' },
      { kind: 'time', nsPerSecond: 20_000 },
      { kind: 'steps', perSecond: 2000 },
    ] as const) {
      const run = lessonRun(BOOT('system'));
      await play(run, speed, 60);
      expect(run.state.ended).toBe(true);
      expect(run.hash()).toBe(whole);
    }
  });

  it('makes up for no more than a tenth of a second when a beat comes late', async () => {
    const run = lessonRun(BOOT('system'));
    const playback = new Playback({
      advance,
      tick: async (advance) => advance(run) !== 'ended',
      failed: () => undefined,
    });
    playback.start({ kind: 'steps', perSecond: 100 }, run);
    await vi.advanceTimersByTimeAsync(1);
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(16);
    playback.stop();
    expect(run.step).toBeLessThanOrEqual(12);
  });

  it('stops when it is told, and reports an error once', async () => {
    const run = lessonRun(BOOT('system'));
    const errors: unknown[] = [];
    const playback = new Playback({
      advance,
      tick: () => Promise.reject(new Error('no')),
      failed: (error) => void errors.push(error),
    });
    playback.start({ kind: 'max' }, run);
    await vi.advanceTimersByTimeAsync(100);
    expect(errors).toEqual([new Error('no')]);
    expect(playback.playing).toBe(false);
  });
});
