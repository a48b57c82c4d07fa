import { expect, test } from '@playwright/test';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';

test.use({ viewport: { width: 390, height: 800 } });

test('on a phone the inspector lies over the page, and nothing sticks out', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.getByRole('button', { name: 'Inspector' }).click();
  const sheet = page.getByRole('dialog', { name: 'Inspect' });
  await sheet.getByRole('tab', { name: 'Device tree' }).click();
  await expect(sheet.getByRole('textbox', { name: 'Device tree source' })).toBeVisible();
  await sheet.getByRole('button', { name: 'Tree' }).click();
  await sheet.getByRole('treeitem', { name: /memory-bytes/ }).click();
  const bytes = sheet.getByRole('textbox', { name: /^Bytes of the blob/ });
  await expect(bytes).toHaveAccessibleName(/value memory-bytes/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);

  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(page.getByTestId('transport')).toBeVisible();
});
