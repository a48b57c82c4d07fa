import { expect, test } from '@playwright/test';

test('every order of two senders is explored in the page, and one is played on the stage', async ({
  page,
}) => {
  await page.goto('./#lesson=explore-two-senders');
  await page.evaluate(() => window.playground.ready);
  await page.keyboard.press('e');
  const explorer = page.getByTestId('explorer');
  await expect(explorer.getByRole('status')).toHaveText('Every order was tried.');
  await expect(page.getByTestId('states')).toHaveText('1,509');
  for (const [kind, count] of [
    ['All endings', 62],
    ['A message is lost', 50],
    ['A message is torn', 14],
    ['One that nobody sent', 8],
    ['One is repeated', 12],
  ] as const)
    await expect(explorer.getByRole('button', { name: `${kind} ${count}` })).toBeVisible();

  await explorer.getByRole('button', { name: 'One that nobody sent' }).click();
  await explorer.locator('tbody').getByRole('button').first().click();
  const order = page.getByRole('region', { name: 'The order' });
  await expect(order.getByRole('heading')).toContainText('a phantom');
  await expect(order.getByText('From here on nothing can save it.')).toBeVisible();
  await expect(order.getByRole('listitem').first()).toContainText('cpu1 S6');

  await order.getByRole('button', { name: 'Play it on the stage' }).click();
  await expect(explorer).toBeHidden();
  await expect
    .poll(
      () => page.evaluate(() => window.playground.evaluate('stats.phantom * 10 + stats.sent')),
      { timeout: 20_000 },
    )
    .toBe(12);
  // Under the transport: how many of the ways on end badly, entry by entry.
  const strip = page.getByTestId('shares');
  await expect(strip).toBeVisible();
  await expect(page.getByTestId('share-now')).toHaveText('100 %', { timeout: 20_000 });
  await expect(page.getByTestId('share-verdict')).toContainText('Nothing can save it since');
  const slider = strip.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuenow', '0');
  await expect(page.getByTestId('share-verdict')).toContainText('Point of no return: cpu');
  await expect(page.getByTestId('share-now')).not.toHaveText('100 %');
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuenow', '1');
  await expect(slider).toHaveAttribute('aria-valuetext', /^After cpu1 S6, entry 1 of \d+: \d/);

  // One click: that ending beside the run it was played from, both to their ends.
  await page.getByTestId('compare-came').click();
  const sentence = page.getByTestId('compare-sentence');
  await expect(sentence).toContainText(/“Ending \d+: .*“Two senders, every order”/, {
    timeout: 20_000,
  });
  await expect(sentence).toContainText(/They take the same \d\d+ steps/);
  const said = await sentence.textContent();
  await page.keyboard.press('Escape');

  // It is an ending still when the page is opened again, and the run before is known.
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('multikernel-playground.session')))
    .toBe('own');
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await page.getByTestId('compare-came').click();
  await expect(sentence).toHaveText(said!, { timeout: 20_000 });
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.playground.load('boot'));
  await expect(page.getByTestId('compare-came')).toBeHidden();
});

test('a large search is shared by several threads, and can be paused, limited and cancelled', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: 3 });
  });
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(async () => {
    const lesson = await (await fetch('./scenarios/explore-two-senders.md')).text();
    const text = lesson
      .replace('profile: rfc-v2', 'profile: ring-n1')
      .replace(/```explore\n[^`]*```/, '```explore\nsometimes both: stats.whole == 2\n```');
    await window.playground.load(text);
  });
  await page.keyboard.press('e');
  const explorer = page.getByTestId('explorer');
  const status = explorer.getByRole('status');
  await expect(page.getByTestId('threads')).toHaveText('2', { timeout: 60_000 });
  await explorer.getByRole('button', { name: 'Pause' }).click();
  await expect(status).toHaveText('Paused.');
  await page.waitForTimeout(1500);
  const held = await page.getByTestId('states').textContent();
  await page.waitForTimeout(500);
  await expect(page.getByTestId('states')).toHaveText(held ?? '');
  await explorer.getByRole('button', { name: 'Go on' }).click();
  await expect(status).toHaveText('Every order was tried.', { timeout: 60_000 });
  // As many as `mk explore` finds.
  await expect(page.getByTestId('states')).toHaveText('336,025');
  await expect(page.getByTestId('frontier')).toHaveText('0');
  await expect(explorer.getByRole('button', { name: 'All endings 114' })).toBeVisible();
  await explorer.locator('tbody').getByRole('button').first().click();
  await expect(
    page.getByRole('region', { name: 'The order' }).getByRole('listitem').first(),
  ).toContainText('cpu1 P3');

  await explorer.getByLabel('Memory it may use').fill('3');
  await explorer.getByLabel('Memory it may use').blur();
  await expect(explorer.getByLabel('Memory it may use')).toHaveValue('16');
  await explorer.getByRole('button', { name: 'Start again' }).click();
  await expect(status).toHaveText('Not every order was tried: the memory was used up.', {
    timeout: 60_000,
  });
  await expect(page.getByTestId('memory-used')).toContainText('of 16 MiB');
  await explorer.getByLabel('Memory it may use').fill('512');
  await explorer.getByRole('button', { name: 'Start again' }).click();
  await explorer.getByRole('button', { name: 'Cancel' }).click();
  await expect(status).toHaveText('Cancelled.');
});
