import { expect, test, type Page } from '@playwright/test';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';

/** Opens the lesson that boots a kernel, and the device tree of it in the large view. */
async function openTree(page: Page): Promise<void> {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('boot'));
  await page.getByRole('tab', { name: 'Device tree' }).click();
  await page.getByRole('button', { name: 'Open the large view' }).click();
}

test('a cell changed in the source moves its bytes, and arrives in the kernel that boots with it', async ({
  page,
}) => {
  await openTree(page);
  const source = page.getByRole('textbox', { name: 'Device tree source' });
  await source.getByText('memory-bytes').click();
  const value = page.locator('.line', { hasText: 'memory-bytes <' });
  await expect(value).toContainText('10 00 00 00'.replaceAll(' ', ''), { useInnerText: false });

  await page.keyboard.press('End');
  for (const key of ['ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  for (let digit = 0; digit < 8; digit++) await page.keyboard.press('Backspace');
  await page.keyboard.type('zz');
  await expect(page.getByText('Does not compile.')).toBeVisible();
  await expect(page.locator('.cm-lintRange-error')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use in this lesson' })).toBeDisabled();

  for (const key of ['Backspace', 'Backspace']) await page.keyboard.press(key);
  await page.keyboard.type('08000000');
  await expect(page.getByText('1 byte changed')).toBeVisible();
  await expect(value).toContainText('<0x8000000>');
  await expect(page.getByRole('treeitem', { name: /memory-bytes.*128 MiB/ })).toBeVisible();

  await page.getByRole('button', { name: 'Use in this lesson' }).click();
  await expect(page.getByText('The lesson started over with your web.dts.')).toBeVisible();
  const memory = await page.evaluate(async () => {
    await window.playground.runUntil('kernel("web-server").running', { maxSteps: 1e6 });
    return window.playground.evaluate('instance("web-server").memory_bytes');
  });
  expect(Number(memory)).toBe(0x08000000);
  expect(
    await page.evaluate(() => window.playground.evaluate('kernel("web-server").running')),
  ).toBe(true);

  // What was handed over lies in physical memory, and is read from there.
  const picker = page.getByLabel('Device tree shown');
  const handed = await picker
    .locator('optgroup[label="Hand-over pages"] option')
    .getAttribute('value');
  await picker.selectOption(handed);
  await expect(page.getByText('live', { exact: true })).toBeVisible();
  await page
    .getByRole('treeitem', { name: /dtb-data/ })
    .getByText('a device tree')
    .click();
  await expect(page.getByRole('treeitem', { name: /memory-bytes.*128 MiB/ })).toBeVisible();
});

test('a bent byte is told with the check that catches it, and taken back', async ({ page }) => {
  await openTree(page);
  const bytes = page.getByRole('textbox', { name: /^Bytes of the blob/ });
  await bytes.locator('.line', { hasText: 'version 17' }).locator('[data-at]').last().click();
  await page.keyboard.type('0f');
  await expect(page.getByText('fdt_check_header: FDT_ERR_BADVERSION')).toBeVisible();
  await expect(page.getByText('It breaks the blob.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('✓ fdt_check_full')).toBeVisible();

  // By keyboard from the tree to the bytes: what is selected here is selected there.
  const tree = page.getByRole('tree');
  await tree.focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown'])
    await page.keyboard.press(key);
  await expect(tree.getByRole('treeitem', { selected: true })).toContainText('id');
  await expect(bytes).toHaveAccessibleName(/value id <2>/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('every bit is flipped, and the map says what a kernel makes of it', async ({ page }) => {
  await openTree(page);
  await page.getByRole('button', { name: 'Bit flips' }).click();
  await page.getByRole('button', { name: 'Flip every bit' }).click();
  await expect(page.getByText(/^\d[\d,]* bits flipped$/)).toBeVisible();
  const map = page.getByRole('textbox', { name: /^Bit-flip map/ });
  await map.focus();
  await page.keyboard.press('Home');
  await expect(map).toHaveAccessibleName(/^Bit-flip map. Byte 0x0: 8 refused/);
  // From an outcome to the next byte that has it, and to the bytes.
  await page.getByRole('button', { name: /other effect: id$/ }).click();
  await expect(page.getByText(/^other effect: id: 2 → \d+$/).first()).toBeVisible();
  const bytes = page.getByRole('textbox', { name: /^Bytes of the blob/ });
  await expect(bytes).toHaveAccessibleName(/value id <2>/);
});

test('flipping the bits of a large blob can be cancelled', async ({ page }) => {
  await openTree(page);
  const content = `/dts-v1/;\n/ { data = [${'00 '.repeat(100_000)}]; };\n`;
  const file = { name: 'large.dts', mimeType: 'text/plain', buffer: Buffer.from(content) };
  await page.locator('input[accept=".dts,.dtb,.dtbo"]').setInputFiles(file);
  await expect(page.getByRole('treeitem', { name: /^data/ })).toBeVisible();
  await page.getByRole('button', { name: 'Bit flips' }).click();
  await page.getByRole('button', { name: 'Flip every bit' }).click();
  await expect(page.getByRole('progressbar', { name: 'Bits flipped' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText(/^Cancelled at \d+ %$/)).toBeVisible();
});
