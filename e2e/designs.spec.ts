import { expect, test } from '@playwright/test';

test('designs are compared, and an accident of one plays on the stage', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.getByTestId('transport').getByRole('button', { name: 'Lesson: ' }).click();
  await page.getByRole('menuitem', { name: 'Compare the designs of the mailbox' }).click();
  const designs = page.getByTestId('designs');
  const row = designs.getByRole('row').filter({ hasText: 'Two senders' });
  // v1, v2, the first ring, the later ring.
  const cells = row.getByRole('cell');
  await expect(cells.nth(0)).toContainText('states', { timeout: 120_000 });
  await expect(cells.nth(0).getByRole('button')).toHaveText(['lost', 'torn', 'repeated']);
  await expect(cells.nth(1).getByRole('button')).toHaveText(
    ['lost', 'torn', 'invented', 'repeated'],
    { timeout: 60_000 },
  );
  await cells.nth(1).getByRole('button', { name: 'torn' }).click();
  await expect(designs).toBeHidden();
  await expect
    .poll(() => page.evaluate(() => window.playground.evaluate('stats.torn')), { timeout: 60_000 })
    .toBe(1);
});
