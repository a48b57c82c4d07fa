import { expect, test } from '@playwright/test';

test.beforeEach(async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
});

test('the example of the README does what it says', async ({ page }) => {
  await page.evaluate(() => window.playground.load('lost-message', { seed: 7 }));
  await page.evaluate(() => window.playground.runUntil('stats.handled == 1'));
  expect(await page.evaluate(() => window.playground.evaluate('stats.lost'))).toBe(1);
});

test('what is typed through it is on the console', async ({ page }) => {
  const typed = await page.evaluate(() => window.playground.type('host', 'echo hello there'));
  expect(typed).toEqual({ status: 0, output: 'hello there\n' });
  const unknown = await page.evaluate(() => window.playground.type('host', 'dmsg'));
  expect(unknown.status).toBe(127);
  expect(unknown.output).toContain('dmesg');
});

test('seek goes back to the very same state', async ({ page }) => {
  const hashes = await page.evaluate(async () => {
    const { playground } = window;
    await playground.load('messages');
    await playground.step(100);
    const first = await playground.hash();
    await playground.step(120);
    await playground.seek(100);
    return [first, await playground.hash()];
  });
  expect(hashes[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(hashes[1]).toBe(hashes[0]);
});

test('the text of a lesson can be loaded, and a bad one is refused with its place', async ({
  page,
}) => {
  const fine = '---\ntitle: Mine\n---\n```console host\nuname\n```\n```expect\nstep >= 0\n```\n';
  await page.evaluate((text) => window.playground.load(text), fine);
  await page.evaluate(() => window.playground.step(1000));
  await expect(page.getByTestId('tour')).toContainText('Mine');
  const why = await page.evaluate(
    (text) => window.playground.load(text).then(String, (error: unknown) => String(error)),
    fine.replace('expect', 'expct'),
  );
  expect(why).toContain('expct');
  // The page is alive, and still shows the lesson it had.
  await expect(page.getByTestId('tour')).toContainText('Mine');
  const { status } = await page.evaluate(() => window.playground.type('host', 'true'));
  expect(status).toBe(0);
});

test('the list of lessons leads to the guide for authors', async ({ page }) => {
  await page.getByTestId('transport').getByRole('button', { name: 'Lesson: ' }).click();
  const link = page.getByRole('menuitem', { name: 'How to write a lesson of your own' });
  const [guide] = await Promise.all([page.waitForEvent('popup'), link.click()]);
  await expect(guide.getByRole('heading', { level: 1 })).toBeVisible();
});
