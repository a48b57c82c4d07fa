import { expect, test, type Page } from '@playwright/test';

/** The figures of the record are for 100,000 and 1,000,000 flights; each time anew, less will do. */
const FLIGHTS = Number(process.env.TIMELINE_FLIGHTS ?? 20_000);
/** How long the timeline is panned and zoomed while its frames are timed. */
const SECONDS = 4;

/** Lets the host send that many messages, each with an IPI of its own. */
async function flood(page: Page, count: number): Promise<void> {
  await page.goto('./');
  await page.evaluate(async (flights) => {
    const { playground } = window;
    await playground.ready;
    await playground.load('messages');
    await playground.step(1e6);
    await playground.type('host', `mk flood web-server --count ${flights}`);
  }, count);
}

/** Wheels over the lanes, in and out and to both sides, a wheel a frame; answers what frames took. */
const rummage = (page: Page, seconds: number): Promise<number[]> =>
  page.evaluate(async (lasts) => {
    const plot = document.querySelector('[data-testid=timeline] [role=slider]')!;
    const { left, top, width } = plot.getBoundingClientRect();
    const stamps: number[] = [];
    await new Promise<void>((resolve) => {
      const until = performance.now() + lasts * 1000;
      let n = 0;
      const frame = (now: number): void => {
        stamps.push(now);
        if (now >= until) {
          resolve();
          return;
        }
        n++;
        const zooms = n % 120 < 60;
        const back = n % 60 < 30 ? -1 : 1;
        plot.dispatchEvent(
          new WheelEvent('wheel', {
            ...{ bubbles: true, cancelable: true, clientY: top + 20 },
            clientX: left + width * (0.3 + 0.4 * Math.sin(n / 40) ** 2),
            ...(zooms ? { deltaY: 60 * back } : { deltaX: 50 * back }),
          }),
        );
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    return stamps.slice(1).map((at, i) => at - stamps[i]!);
  }, seconds);

test('a long trace is drawn, panned and zoomed; how fast is reported', async ({ page }, info) => {
  test.setTimeout(600_000);
  await flood(page, FLIGHTS);
  const timeline = page.getByTestId('timeline');
  await expect(timeline.locator('canvas').first()).toBeVisible();
  expect(await page.evaluate(() => window.playground.evaluate('stats.sent'))).toBeGreaterThan(
    FLIGHTS,
  );

  // On a narrow screen there is none; on a wide one it is built and painted anew.
  await page.setViewportSize({ width: 600, height: 900 });
  await expect(timeline).toHaveCount(0);
  await page.evaluate(() => {
    addEventListener('resize', () => performance.mark('wide'), { once: true });
    const look = (): void => {
      // A frame after its marks are there they have been painted.
      const there = document.querySelector('[data-testid=timeline] .plot canvas');
      if (there) requestAnimationFrame(() => performance.measure('first paint', 'wide'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName('first paint').length))
    .toBe(1);
  const first = await page.evaluate(() => performance.getEntriesByName('first paint')[0]!.duration);

  const intervals = (await rummage(page, SECONDS)).sort((a, b) => a - b);
  const at = (share: number): number => intervals[Math.floor((intervals.length - 1) * share)]!;
  const text = `timeline of ${FLIGHTS} flights: first paint ${first.toFixed(0)} ms; rAF interval while panning and zooming: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, ${intervals.length} frames`;
  info.annotations.push({ type: 'timeline', description: text });
  process.stdout.write(`${text}\n`);
  // Reported, not asserted against a clock: only that it moved, and still shows all of the run.
  expect(intervals.length).toBeGreaterThan(SECONDS * 5);
  await timeline.getByRole('button', { name: 'All' }).click();
  await expect(timeline.locator('.plot canvas')).toBeVisible();
});

test('things are found, gone to and hidden', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(async () => {
    await window.playground.ready;
    await window.playground.load('lost-message');
    await window.playground.seek(1e6);
  });
  const timeline = page.getByTestId('timeline');
  const find = page.getByTestId('timeline-find');
  const hits = page.getByTestId('timeline-hits');
  const said = page.getByTestId('timeline-said');
  const step = async (): Promise<number> =>
    (await page.evaluate(() => window.playground.state())).step;

  await find.fill('vector 0xea merged');
  await expect(hits).toHaveText('1 found');
  const end = await step();
  await find.press('Enter');
  await expect(said).toContainText('1 of 1: SHUTDOWN · CPU 6 → CPU 4');
  await expect(hits).toHaveText('1 of 1');
  expect(await step()).toBeLessThan(end);
  await expect(page.getByTestId('inspector')).toBeVisible();

  await find.fill('hazard');
  await expect(hits).toHaveText(/^\d+ found$/);
  await page.getByRole('slider', { name: 'Moment of the run' }).focus();
  await page.keyboard.press('n');
  await expect(said).toContainText('Danger on CPU');
  const first = await step();
  await page.keyboard.press('n');
  await expect.poll(step).toBeGreaterThanOrEqual(first);
  await page.keyboard.press('Shift+N');
  await expect.poll(step).toBe(first);
  await find.fill('nowhere to be found');
  await expect(hits).toHaveText('nothing');

  await timeline.getByRole('button', { name: 'Filter' }).click();
  await page.getByLabel('CPU 4', { exact: true }).check();
  await page.getByLabel('Log lines').uncheck();
  await page.keyboard.press('Escape');
  await expect(timeline.locator('.labels button')).toHaveText(['CPU 4']);
  await timeline.getByRole('button', { name: 'Remove the filter “CPU 4”' }).click();
  await expect(timeline.locator('.labels button')).toHaveCount(8);
  // What kinds are hidden is remembered.
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await expect(timeline.getByLabel('Filters of the timeline')).toContainText('no log lines');
});
