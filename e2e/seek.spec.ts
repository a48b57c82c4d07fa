import { readFileSync } from 'node:fs';
import { expect, test, type Browser } from '@playwright/test';

/** The figure of the record wants 10,000,000 steps and 200 targets; each time anew, less will do. */
const STEPS = Number(process.env.SEEK_STEPS ?? 1_000_000);
const TARGETS = Number(process.env.SEEK_TARGETS ?? 50);

/** Resident memory of the largest renderer, in MiB; 0 where the system does not tell. */
async function rendererMiB(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      try {
        const status = readFileSync(`/proc/${id}/status`, 'utf8');
        return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
      } catch {
        return 0;
      }
    });
  await cdp.detach();
  return Math.max(0, ...sizes);
}

test('any step of a long run is reached; how long it takes and what it costs is reported', async ({
  page,
  browser,
}, info) => {
  test.setTimeout(300_000);
  await page.goto('about:blank');
  const empty = await rendererMiB(browser);
  await page.goto('./');
  await page.evaluate(async (steps) => {
    const { playground } = window;
    await playground.ready;
    await playground.load('messages');
    await playground.step(1e6);
    const last = (await playground.state()).step;
    // A command ends when all of it has run: it is begun here, and goes on by exactly as many steps.
    const typed = playground.type('host', 'mk flood web-server --count 10000000');
    typed.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await playground.pause();
    await playground.seek(last + 1);
    await playground.seek(steps);
  }, STEPS);
  expect((await page.evaluate(() => window.playground.state())).step).toBe(STEPS);
  const took = await page.evaluate(
    async ([steps, targets]) => {
      const { playground } = window;
      const times: number[] = [];
      // Always the same targets: a small generator of its own.
      let random = 12_345;
      for (let n = 0; n < targets; n++) {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        const target = Math.floor((random / 2 ** 32) * steps);
        const began = performance.now();
        await playground.seek(target);
        times.push(performance.now() - began);
      }
      return times;
    },
    [STEPS, TARGETS] as const,
  );
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)]!;
  const grown = (await rendererMiB(browser)) - empty;
  const text = `seek in ${STEPS} steps, ${TARGETS} targets: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms; renderer grew by ${grown.toFixed(0)} MiB`;
  info.annotations.push({ type: 'seek', description: text });
  process.stdout.write(`${text}\n`);
  // Reported, not asserted against a clock: only that every target was reached.
  expect(took.length).toBe(TARGETS);
});

test('console and inspector show the moment that was sought', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(async () => {
    await window.playground.ready;
    await window.playground.load('lost-message');
  });
  const reached = await page.evaluate(() =>
    window.playground.runUntil('cpu(6).step == "slot.type"'),
  );
  expect(reached).toBe(true);
  const { step } = await page.evaluate(() => window.playground.state());
  await page.getByTestId('cpu-6').click();
  const console = page.locator('.xterm-rows').first();
  const inspector = page.getByTestId('inspector');
  await expect(inspector).toContainText('multikernel_send_ipi_data');
  await expect(console).toContainText('shutdown');
  await page.evaluate(() => window.playground.seek(0));
  await expect(console).not.toContainText('shutdown');
  await expect(inspector).not.toContainText('multikernel_send_ipi_data');
  await page.evaluate((to) => window.playground.seek(to), step);
  // On the way the lesson asked for another selection: the console is what is compared.
  await expect(console).toContainText('shutdown');
});
