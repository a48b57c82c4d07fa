import { expect, test, type Page } from '@playwright/test';

const open = async (page: Page, lesson = 'lost-message'): Promise<void> => {
  await page.goto(`/#lesson=${lesson}`);
  await page.evaluate(() => window.playground.ready);
  await page.getByRole('tab', { name: 'CPU', exact: true }).waitFor();
};
const stepOf = (page: Page): Promise<number> =>
  page.evaluate(async () => (await window.playground.state()).step);

test('a breakpoint stops play and step, forwards and backwards, and is kept', async ({ page }) => {
  await open(page);
  await page.keyboard.press('B');
  const field = page.getByTestId('add-breakpoint').getByRole('textbox');
  await expect(field).toBeFocused();

  // A mistake is shown under its place, and nothing is set.
  await field.fill('vector 0xea takn');
  await field.press('Enter');
  const alert = page.getByTestId('add-breakpoint').getByRole('alert');
  await expect(alert).toContainText('did you mean "taken"');
  expect(await field.evaluate((node: HTMLInputElement) => node.selectionStart)).toBe(12);
  expect(await page.evaluate(() => window.playground.breakpoints())).toEqual([]);

  await field.fill('vector 0xea taken');
  await field.press('Enter');
  const row = page.getByTestId('breakpoints').getByRole('listitem');
  await expect(row).toHaveCount(1);
  await page.evaluate(() => window.playground.step(100_000));
  await expect(row).toContainText('1×');
  const first = await stepOf(page);
  await page.evaluate(() => window.playground.step(100_000));
  const second = await stepOf(page);
  expect(second).toBeGreaterThan(first);
  await expect(page.getByText('Stopped at a breakpoint: vector 0xea taken').first()).toBeVisible();

  await page.getByTestId('run-back').click();
  await expect.poll(() => stepOf(page)).toBe(first);
  await page.getByTestId('run-back').click();
  await expect(page.getByText('It has not happened before this moment')).toBeVisible();
  expect(await stepOf(page)).toBe(first);

  // Off, on, edited in place, removed, and back again.
  await page.getByRole('checkbox', { name: 'Stop at vector 0xea taken' }).uncheck();
  await page.evaluate(() => window.playground.step(10));
  expect(await stepOf(page)).toBe(first + 10);
  await page.getByRole('checkbox', { name: 'Stop at vector 0xea taken' }).check();
  await row.getByTitle('Edit').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('hazard H2');
  await page.keyboard.press('Enter');
  await expect(row).toContainText('hazard H2');
  await page.getByRole('button', { name: 'Remove hazard H2' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('hazard H2');

  // Kept for the next visit, a moment after it came to rest.
  await page.waitForTimeout(1500);
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  const kept = await page.evaluate(() => window.playground.breakpoints());
  expect(kept.map(({ text }) => text)).toEqual(['hazard H2']);
});

test('one click sets them at a step, a vector, bytes and a hazard', async ({ page }) => {
  await open(page);
  const texts = () => page.evaluate(() => window.playground.breakpoints().map(({ text }) => text));
  await page.evaluate(() => window.playground.runUntil('stats.sent == 1'));
  await page.getByRole('tab', { name: 'CPU', exact: true }).click();
  await page
    .getByRole('button', { name: /^Stop before step/ })
    .first()
    .click();
  await expect.poll(texts).toHaveLength(1);
  expect((await texts())[0]).toMatch(/^at \S+ of \S+$/);
  await page.getByRole('button', { name: 'stop at 0xea taken' }).click();
  await expect.poll(texts).toHaveLength(2);

  await page.getByRole('tab', { name: 'Memory', exact: true }).click();
  const stops = page.getByTestId('byte-stops');
  await stops.getByRole('button', { name: 'written', exact: true }).click();
  await expect.poll(texts).toHaveLength(3);
  expect((await texts())[2]).toMatch(/^write 0x[0-9a-f]+(\+\d+)?$/);
  const before = await stepOf(page);
  await stops.getByRole('button', { name: /^Run back to the last time .* written$/ }).click();
  await expect.poll(() => stepOf(page)).toBeLessThan(before);

  await page
    .evaluate(() => window.playground.breakpoints().map(({ id }) => id))
    .then((ids) =>
      page.evaluate((all) => all.map((id) => window.playground.removeBreakpoint(id)), ids),
    );
  await page.evaluate(() => window.playground.runUntil('hazards > 0', { maxSteps: 100_000 }));
  await page.getByRole('tab', { name: 'Hazards', exact: true }).click();
  await page.getByRole('button', { name: 'Stop when it happens again' }).first().click();
  await expect.poll(texts).toHaveLength(1);
  expect((await texts())[0]).toMatch(/^hazard \w+$/);
});

test('a line of a log is stopped at when it comes again', async ({ page }) => {
  await open(page, 'messages');
  await page.evaluate(() =>
    window.playground.runUntil('logged("web-server", "ipi.received") == 1'),
  );
  await page.getByRole('tab', { name: 'Kernel', exact: true }).click();
  await page.getByRole('button', { name: 'web-server', exact: true }).first().click();
  const log = page.getByTestId('kernel-log');
  await expect(log).toContainText('slot from cpu');
  await log.getByRole('button', { name: 'Stop when ipi.received is logged again' }).click();
  await expect
    .poll(() => page.evaluate(() => window.playground.breakpoints().map(({ text }) => text)))
    .toEqual(['log ipi.received on web-server']);
  await page.evaluate(() => window.playground.step(100_000));
  const logged = 'logged("web-server", "ipi.received")';
  expect(await page.evaluate((name) => window.playground.evaluate(name), logged)).toBe(2);
});

test('a watch shows its value at each moment and where it changed', async ({ page }) => {
  await open(page);
  await page.keyboard.press('B');
  const field = page.getByTestId('add-watch').getByRole('textbox');
  await field.fill('stats.snt');
  await field.press('Enter');
  await expect(page.getByTestId('add-watch').getByRole('alert')).toContainText('snt');
  await field.fill('stats.sent');
  await field.press('Enter');
  const row = page.getByTestId('watches').getByRole('listitem');
  await expect(row).toContainText('0');
  await page.evaluate(() => window.playground.runUntil('stats.sent == 1'));
  await expect(row.locator('code')).toHaveText('1');
  await page.evaluate(() => window.playground.step(20));
  const at = await stepOf(page);
  await row.getByRole('button', { name: /^Run back/ }).click();
  await expect.poll(() => stepOf(page)).toBeLessThan(at);
  await expect(row.locator('code')).toHaveText('1');
  expect(await page.evaluate(() => window.playground.evaluate('stats.sent'))).toBe(1);
});

test('play stops at a breakpoint, and the run goes back to a step', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.playground.addBreakpoint('vector 0xea sent on cpu1'));
  await page.evaluate(() => window.playground.runUntil('cpu(1).mode == "task"'));
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText('Stopped at a breakpoint').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  expect(await page.evaluate(() => window.playground.evaluate('0xea in cpu(4).irr'))).toBe(true);
  expect(await page.evaluate(() => window.playground.runBack())).toBe(false);
  expect(await page.evaluate(() => window.playground.runBack('at S6 on cpu1'))).toBe(true);
  expect(await page.evaluate(() => window.playground.evaluate('cpu(1).step'))).toBe('slot.clear');
  await expect(page.evaluate(() => window.playground.runBack('at nowhere'))).rejects.toThrow(
    /no step is called nowhere/,
  );
});
