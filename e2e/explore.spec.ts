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
});
