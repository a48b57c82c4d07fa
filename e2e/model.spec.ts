import { expect, test } from '@playwright/test';

test('another model of the design starts the lesson again, and says where the runs part', async ({
  page,
}) => {
  await page.goto('./');
  await page.evaluate(async () => {
    await window.playground.ready;
    await window.playground.load('lost-message');
    await window.playground.step(1e7);
  });
  await page.getByRole('button', { name: 'rfc-v2', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Model of the design' });
  await expect(dialog.getByRole('checkbox', { name: /^ipi-area/ })).toBeChecked();

  await dialog.getByRole('checkbox', { name: /^ipi-area/ }).uncheck();
  await expect(dialog).toContainText(/The two runs are the same for \d+ steps and part at/);
  await expect(dialog).toContainText('mk_instance_ipi_create');
  await expect(dialog.getByRole('checkbox', { name: /^ipi-area/ })).not.toBeChecked();

  await dialog.getByRole('radio', { name: /^ring-n3/ }).check();
  await expect(dialog).toContainText('The two runs part at the very start.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'ring-n3', exact: true })).toBeVisible();
  await expect(page.getByTestId('transport')).toContainText(/checks? failed/);
});
