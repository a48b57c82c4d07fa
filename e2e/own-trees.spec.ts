import { expect, test, type Page } from '@playwright/test';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';

const TREE = `/dts-v1/;
/ {
  compatible = "multikernel-v1";
  instances {
    web-server { id = <2>; resources { cpus = <6 7>; memory-bytes = <0x4000000>; }; };
  };
};
`;

/** The header of a blob whose tree was cut off: 40 bytes that promise more. */
const CUT = [
  ...[0xd0, 0x0d, 0xfe, 0xed, 0, 0, 1, 0, 0, 0, 0, 56, 0, 0, 0, 200, 0, 0, 0, 40],
  ...[0, 0, 0, 17, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 144],
];

async function drop(page: Page, name: string, content: string | readonly number[]): Promise<void> {
  const bytes = typeof content === 'string' ? [...Buffer.from(content)] : [...content];
  const target = page.getByTestId('drop-target');
  const dataTransfer = await page.evaluateHandle(
    ([name, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], name));
      return data;
    },
    [name, bytes] as const,
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await target.dispatchEvent(type, { dataTransfer });
}

const notices = (page: Page) => page.getByRole('log', { name: 'Notices' });
const evaluate = (page: Page, expression: string) =>
  page.evaluate((line) => window.playground.evaluate(line), expression);
/** Boots what the lesson has now; the CPU it boots on. */
async function boot(page: Page): Promise<unknown> {
  await page.evaluate(() => window.playground.runUntil('kernel("web-server").running'));
  return evaluate(page, 'kernel("web-server").boot_cpu');
}

test.beforeEach(async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
});

test('a dropped tree is booted, survives a reload, and gives way to the original', async ({
  page,
}) => {
  await drop(page, 'mine.dts', TREE);
  const mine = page.getByRole('button', { name: 'Edit web.dts (yours)' });
  await expect(mine.first()).toBeVisible();
  expect(await boot(page)).toBe(6);
  await page.evaluate(() => window.playground.seek(0));
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.seek(0));
  expect(await boot(page)).toBe(6);
  await mine.first().click();
  const editor = page.getByRole('dialog', { name: 'web.dts (yours)' });
  await editor.getByRole('button', { name: 'Back to the original' }).click();
  await expect(editor).toHaveCount(0);
  expect(await boot(page)).toBe(4);
});

for (const [what, name, content, told] of [
  ['a syntax error', 'mine.dts', TREE.replace('v1";', 'v1"'), 'mine.dts:4:3: '],
  ['a failed check', 'mine.dts', '/dts-v1/;\n/ { a; a; };\n', 'mine.dts:2:5: '],
  ['nothing in it', 'mine.dts', '', 'mine.dts:0:0: the end of the file'],
  ['a cut blob', 'mine.dtb', CUT, 'mine.dtb'],
] as const)
  test(`a dropped tree with ${what} is refused, and nothing has changed`, async ({ page }) => {
    await page.evaluate(() => window.playground.step(7));
    const before = await page.evaluate(() => window.playground.hash());
    await drop(page, name, content);
    await expect(notices(page)).toContainText(told);
    expect(await page.evaluate(() => window.playground.hash())).toBe(before);
    expect(await boot(page)).toBe(4);
  });

test('an edited tree with an error is refused in the editor, which keeps the text', async ({
  page,
}) => {
  await page.getByRole('button', { name: 'Edit web.dts' }).first().click();
  const editor = page.getByRole('dialog');
  const text = editor.getByRole('textbox', { name: 'Text of web.dts' });
  const wrong = TREE.replace('<2>', '<2');
  await text.fill(wrong);
  await editor.getByRole('button', { name: 'Save and start over' }).click();
  await expect(editor.getByRole('alert')).toContainText('web.dts:5:');
  await expect(text).toHaveValue(wrong);
  await text.fill(TREE);
  await editor.getByRole('button', { name: 'Save and start over' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await boot(page)).toBe(6);
});

for (const hash of ['#lesson=%E0%A4%A', '#lesson=nosuch'])
  test(`an address that ends in ${hash} opens the first lesson and says why`, async ({ page }) => {
    await page.goto('about:blank');
    await page.goto(`./${hash}`);
    await page.evaluate(() => window.playground.ready);
    await expect(page.getByTestId('tour')).toContainText('Boot a second kernel');
    await expect(notices(page)).toContainText('there is no lesson');
  });
