import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';

test('a stop is drawn as text, as Mermaid and as a picture', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('lost-message'));
  await page.evaluate(() => window.playground.runUntil('stats.handled == 1'));
  await page.getByTestId('open-diagram').click();
  const dialog = page.getByRole('dialog', { name: 'Diagram of a stop' });
  await expect(dialog.getByLabel('The diagram')).toContainText('0xea merged');
  await expect(dialog).toContainText('npm run --silent mk -- diagram');
  // Nothing is wider than 72 columns but the link, which opens the same run.
  await expect(dialog.getByLabel('The diagram')).toContainText('#run=');
  const lines = (await dialog.getByLabel('The diagram').innerText()).trimEnd().split('\n');
  const link = lines.at(-1)!;
  expect(link).toMatch(/^http\S+#run=\S+$/);
  expect(lines.filter((line) => line.length > 72)).toEqual([link]);
  const hash = await page.evaluate(() => window.playground.hash());
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
  await page.goto('about:blank');
  await page.goto(link);
  await page.evaluate(() => window.playground.ready);
  expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
  await page.keyboard.press('x');
  await expect(dialog).toBeVisible();
});

test('the link below a diagram of the command line opens the same run', async ({
  page,
  baseURL,
}) => {
  const FILE = 'public/scenarios/lost-message.md';
  const mk = (...words: readonly string[]): string =>
    execFileSync('node', ['src/cli/launch.mjs', ...words], { encoding: 'utf8' });
  const link = mk('diagram', FILE, '--stop', '3', '--page', baseURL!).trimEnd().split('\n').at(-1)!;
  const { hash } = JSON.parse(mk('run', FILE, '--json')) as { hash: string };
  await page.goto(link);
  await page.evaluate(() => window.playground.ready);
  expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
  await expect(page.getByText('the state is the one recorded')).toBeVisible();
});
