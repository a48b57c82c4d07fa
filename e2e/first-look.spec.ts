import { expect, test, type Page } from '@playwright/test';

const load = async (page: Page, lesson: string): Promise<void> => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate((name) => window.playground.load(name), lesson);
};
/** Runs the first stops of a lesson, one after the other. */
async function finish(page: Page, stops: number): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('n');
    await page.waitForTimeout(300);
    expect(await page.getByTestId('tour').locator('nav .past').count()).toBeGreaterThanOrEqual(
      stops,
    );
  }).toPass({ intervals: [0] });
}
const harm = (page: Page) => page.getByTestId('losses').getByRole('button');

test('a message that was read, and that nobody wanted, is not said to be unread', async ({
  page,
}) => {
  await load(page, 'messages');
  await finish(page, 5);
  await expect(harm(page)).toContainText('written over it, and no handler had got it');
});

test('what came to harm is told once, takes less room soon, and goes with time', async ({
  page,
}) => {
  await load(page, 'deaf-host');
  await finish(page, 5);
  await expect(harm(page)).toContainText('Message 2, HEARTBEAT, is lost. It lies in its slot');
  const loud = (await harm(page).boundingBox())!;
  await expect(harm(page)).not.toContainText('It lies in its slot', { timeout: 10_000 });
  expect((await harm(page).boundingBox())!.height).toBeLessThan(loud.height / 1.5);
  // It waits there for ever: that is no news when the next command is over.
  await page.evaluate(() =>
    window.playground.type('host', 'mk send web-server system heartbeat 0x01'),
  );
  await expect(harm(page)).toHaveCount(0);
});

for (const width of [1440, 1280])
  test(`the title of the lesson can be read at ${width} px, with its checks`, async ({ page }) => {
    await page.setViewportSize({ width, height: 720 });
    await load(page, 'explore-three-senders');
    await page.keyboard.press('2');
    await page.keyboard.press('n');
    const bar = page.getByTestId('transport');
    await expect(bar.getByRole('button', { name: /checks? holds?/ })).toBeVisible();
    const title = bar.getByRole('button', { name: 'Lesson: ' }).locator('span');
    await expect(title).toHaveText('Three senders, every order');
    const cut = await title.evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(cut).toBeLessThanOrEqual(0);
    const over = await bar.evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(over).toBe(0);
  });

test('the end of a lesson leads to the next one', async ({ page }) => {
  await load(page, 'boot');
  await page.keyboard.press('7');
  await page.keyboard.press('n');
  await page.getByRole('button', { name: 'Next lesson: Every kind of message' }).click();
  await expect(page.getByTestId('tour').getByRole('heading', { level: 2 })).toHaveText(
    'Every kind of message',
  );
});

test('what is typed right behind the key of the palette is a search, not more keys', async ({
  page,
}) => {
  await page.route('**/assets/Palette-*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await load(page, 'lost-message');
  const theme = await page.locator('html').getAttribute('data-theme');
  await page.keyboard.type('/dx kernel');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toHaveValue('dx kernel');
  expect(await page.locator('html').getAttribute('data-theme')).toBe(theme);
});
