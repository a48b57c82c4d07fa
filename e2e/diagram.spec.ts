import { expect, test } from '@playwright/test';

test('a stop is drawn as text, as Mermaid and as a picture', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('lost-message'));
  await page.evaluate(() => window.playground.runUntil('stats.handled == 1'));
  await page.keyboard.press('x');
  const dialog = page.getByRole('dialog', { name: 'Diagram of a stop' });
  await expect(dialog.getByLabel('The diagram')).toContainText('0xea merged');
  await expect(dialog).toContainText('npm run --silent mk -- diagram');
  await dialog.getByLabel('Mermaid').check();
  await expect(dialog.getByLabel('The diagram')).toContainText('sequenceDiagram');
  await dialog.getByLabel('Picture (SVG)').check();
  const picture = dialog.getByRole('img', { name: 'The diagram' });
  await expect
    .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(300);
  await expect(dialog.getByRole('link', { name: 'Save as diagram.svg' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});
