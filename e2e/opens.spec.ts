import { expect, test } from '@playwright/test';

test('the built page opens under its own security policy without a complaint', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));

  await page.goto('./');
  await expect(page).toHaveTitle(/Multikernel Playground/);
  await expect(page.locator('#app')).not.toBeEmpty();
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveAttribute(
    'content',
    /default-src 'self'; script-src 'self';/,
  );
  expect(complaints).toEqual([]);
});
