import { expect, test, type Page } from '@playwright/test';

const stepOf = (page: Page): Promise<number> =>
  page.evaluate(async () => (await window.playground.state()).step);

/** A flood of messages has begun: the run goes on for as many steps as anybody asks. */
async function flooded(page: Page): Promise<void> {
  await page.goto('./');
  await page.evaluate(async () => {
    const { playground } = window;
    await playground.ready;
    await playground.load('messages');
    await playground.step(1_000_000);
    const typed = playground.type('host', 'mk flood web-server --count 10000000');
    await playground.pause();
    // Whoever pauses ends the wait for it.
    await typed.catch(() => undefined);
  });
}

test('a long jump shows how far it is, answers meanwhile, and ends with Escape', async ({
  page,
}) => {
  await flooded(page);
  const bar = page.getByTestId('jump');
  await expect(bar).toBeHidden();
  const end = 1_000_000_000;
  const done = page.evaluate(async (step) => {
    await window.playground.seek(step);
    return (await window.playground.state()).step;
  }, end);
  const progress = bar.getByRole('progressbar', { name: 'Going to step 1,000,000,000' });
  await expect(progress).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Going to step' })).toBeAttached();
  const shown = await progress.getAttribute('aria-valuetext');
  await expect.poll(() => progress.getAttribute('aria-valuetext')).not.toBe(shown);
  // Not from a console, which has Escape for itself.
  await page.getByTestId('cpu-3').focus();
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  const step = await done;
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThan(end);
  await expect(page.getByText('Stopped on the way.').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  // It is a moment like any other.
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(() => stepOf(page)).toBe(step + 1);
});

test('a long step ends by its button, and by a newer wish', async ({ page }) => {
  await flooded(page);
  const bar = page.getByTestId('jump');
  const before = await stepOf(page);
  const stepped = page.evaluate(() => window.playground.step(900_000_000));
  await bar.getByRole('button', { name: 'Stop' }).click();
  await stepped;
  expect(await stepOf(page)).toBeGreaterThan(before);

  const sought = page.evaluate(() => window.playground.seek(900_000_000));
  await expect(bar).toBeVisible();
  await page.evaluate(() => window.playground.seek(100));
  await sought;
  expect(await stepOf(page)).toBe(100);
  await expect(bar).toBeHidden();

  // What is short shows nothing.
  await page.evaluate(() => window.playground.step(10));
  await expect(bar).toBeHidden();
});
