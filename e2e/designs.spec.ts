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

test('a full mailbox, a part that is switched, and store buffers are explored and played', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.getByTestId('transport').getByRole('button', { name: 'Lesson: ' }).click();
  await page.getByRole('menuitem', { name: 'Compare the designs of the mailbox' }).click();
  const words = (design: string, situation: string) =>
    page.getByTestId(`cell-${design}-${situation}`).getByRole('button');
  const twoLater = page.getByTestId('cell-ring-n3-two');
  await expect(words('ring-n3', 'two')).toHaveText(['refused'], { timeout: 120_000 });
  // With a lock for its senders, the later ring has no accident left.
  await page.getByTestId('part-ring-n3-sender-lock').check();
  await expect(twoLater).toContainText('nothing bad', { timeout: 120_000 });
  await expect(words('ring-n3', 'full')).toHaveText(['told'], { timeout: 120_000 });
  await page.getByTestId('designs-reset').click();
  await expect(page.getByTestId('part-ring-n3-sender-lock')).not.toBeChecked();
  // With store buffers, its interrupt is faster than its bytes: until there is a barrier.
  await page.getByTestId('designs-buffers').check();
  await expect(words('ring-n3', 'two')).toHaveText(['stuck', 'refused'], { timeout: 120_000 });
  await page.getByTestId('part-ring-n3-icr-fence').check();
  await expect(words('ring-n3', 'two')).toHaveText(['refused'], { timeout: 120_000 });
  await page.getByTestId('designs-reset').click();
  await expect(words('ring-n3', 'two')).toHaveText(['stuck', 'refused'], { timeout: 120_000 });
  await words('ring-n3', 'two').first().click();
  await expect(page.getByTestId('designs')).toBeHidden();
  const waiting = () =>
    page.evaluate(() =>
      window.playground.evaluate('kernel("web-server").waiting > 0 && stats.lost > 0'),
    );
  await expect.poll(waiting, { timeout: 60_000 }).toBe(true);
});

test('one click shows how a full slot loses a message', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.getByTestId('transport').getByRole('button', { name: 'Lesson: ' }).click();
  await page.getByRole('menuitem', { name: 'Compare the designs of the mailbox' }).click();
  const cell = page.getByTestId('cell-rfc-v2-full');
  await expect(cell.getByRole('button').first()).toHaveText('lost', { timeout: 120_000 });
  await cell.getByRole('button', { name: 'lost' }).click();
  await expect(page.getByTestId('designs')).toBeHidden();
  await expect
    .poll(
      () => page.evaluate(() => window.playground.evaluate('stats.sent == 2 && stats.lost == 1')),
      {
        timeout: 60_000,
      },
    )
    .toBe(true);
});
