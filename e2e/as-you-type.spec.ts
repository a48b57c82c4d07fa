import { expect, test } from '@playwright/test';
import { boardSource } from '../src/sim/fdt/testing/large-source.ts';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';

const BYTES = 200_000;
const KEYS = '0123456789abcdef';

test('a source of 200 kB is checked again as one types, and the page says how fast', async ({
  page,
}, info) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.getByRole('tab', { name: 'Device tree' }).click();
  await page.getByRole('button', { name: 'Open the large view' }).click();
  const source = page.getByRole('textbox', { name: 'Device tree source' });
  await expect(source).toBeVisible();
  const file = {
    name: 'board.dts',
    mimeType: 'text/plain',
    buffer: Buffer.from(boardSource(BYTES)),
  };
  await page.locator('input[accept=".dts,.dtb,.dtbo"]').setInputFiles(file);
  await expect(page.getByText('✓ fdt_check_full')).toBeVisible();
  const compatible = source.locator('.cm-line', { hasText: 'compatible = "acme,board"' });
  await compatible.click();
  await page.keyboard.press('End');
  for (const key of ['ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  await page.evaluate(() => performance.clearMeasures('device tree'));

  const measured = () =>
    page.evaluate(() =>
      performance.getEntriesByName('device tree', 'measure').map(({ duration }) => duration),
    );
  for (let done = 0; done < KEYS.length; done++) {
    await page.keyboard.type(KEYS.charAt(done));
    await expect.poll(async () => (await measured()).length).toBe(done + 1);
  }
  await expect(page.getByRole('treeitem', { name: `"acme,board${KEYS}"` })).toBeVisible();

  const times = (await measured()).sort((a, b) => a - b);
  const [median, worst] = [times[times.length >> 1]!, times.at(-1)!];
  const text = `200 kB checked again, from asking the worker to its answer: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms of ${times.length}`;
  info.annotations.push({ type: 'as-you-type', description: text });
  process.stdout.write(`${text}\n`);
  expect(times).toHaveLength(KEYS.length);
});
