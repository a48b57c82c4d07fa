import { expect, test } from '@playwright/test';

test('the races of a run are listed, and a click goes to the step of either side', async ({
  page,
}) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('lost-message'));
  await page.evaluate(() => window.playground.runUntil('stats.handled == 1'));
  const inspector = page.getByTestId('inspector');
  await inspector.getByRole('tab', { name: 'Races' }).click();
  await expect(inspector).toContainText('pairs of steps touch the same bytes');
  const clears = inspector.getByRole('listitem').filter({ hasText: 'slot 4 of web' }).first();
  await clears.getByRole('button', { name: 'CPU 6' }).click();
  await expect
    .poll(() => page.evaluate(() => window.playground.evaluate('cpu(6).step')))
    .toBe('slot.clear');
});
