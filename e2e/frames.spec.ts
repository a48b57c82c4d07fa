import { expect, test } from '@playwright/test';

/** How long the stage plays while its frames are timed. */
const SECONDS = 5;

test('the stage plays eight CPUs, and says how regular its frames were', async ({ page }, info) => {
  await page.goto('./');
  const intervals = await page.evaluate(async (seconds) => {
    await window.playground.ready;
    await window.playground.load('messages');
    await window.playground.runUntil('kernel("web-server").running', { maxSteps: 100_000 });
    await window.playground.play();
    const stamps: number[] = [];
    await new Promise<void>((resolve) => {
      const until = performance.now() + seconds * 1000;
      const stamp = (now: number): void => {
        stamps.push(now);
        if (now < until) requestAnimationFrame(stamp);
        else resolve();
      };
      requestAnimationFrame(stamp);
    });
    return stamps.slice(1).map((at, i) => at - stamps[i]!);
  }, SECONDS);
  intervals.sort((a, b) => a - b);
  const p95 = intervals[Math.floor(intervals.length * 0.95)]!;
  const median = intervals[Math.floor(intervals.length / 2)]!;
  const text = `rAF interval over ${SECONDS} s: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${intervals.length} frames`;
  info.annotations.push({ type: 'frames', description: text });
  process.stdout.write(`${text}\n`);
  // Reported, not asserted against a clock: only that it moved at all.
  expect(intervals.length).toBeGreaterThan(SECONDS * 10);
});
