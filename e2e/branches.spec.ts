import { expect, test, type Page } from '@playwright/test';

async function open(page: Page): Promise<void> {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
}

/** Boots, goes back to the second stop, and types what the lesson does not. */
async function branched(page: Page): Promise<{ readonly main: string; readonly branch: string }> {
  await open(page);
  return page.evaluate(async () => {
    const { playground } = window;
    await playground.load('boot');
    await playground.step(1e6);
    const main = await playground.hash();
    const { step } = await playground.state();
    await playground.seek(Math.floor(step / 2));
    while ((await playground.type('host', 'echo past').catch(() => null)) === null) {
      const now = await playground.state();
      await playground.seek(now.step - 1);
    }
    return { main, branch: await playground.hash() };
  });
}

test('a line typed in the past leaves the old future as a branch', async ({ page }) => {
  const { main, branch } = await branched(page);
  await page.keyboard.press('y');
  const tree = page.getByRole('tree', { name: 'Branches' });
  await expect(tree.getByRole('treeitem')).toHaveCount(2);
  await expect(tree.locator('[aria-current=true]')).toContainText('host: echo past');
  await tree.getByRole('treeitem', { name: /^main/ }).click();
  await expect(page.getByText('the state is the one recorded')).toBeVisible();
  expect(await page.evaluate(() => window.playground.hash())).toBe(main);
  await page.evaluate(() => window.playground.switchTo('host: echo past'));
  expect(await page.evaluate(() => window.playground.hash())).toBe(branch);
});

test('the tree is used by keys alone, and survives a reload', async ({ page }) => {
  await branched(page);
  await page.evaluate(() => window.playground.switchTo('main'));
  await page.getByTestId('branch-button').click();
  const items = page.getByRole('treeitem');
  await items.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('F2');
  await page.keyboard.type('my try');
  await page.keyboard.press('Enter');
  await expect(items.nth(1)).toContainText('my try');
  await page.keyboard.press('Delete');
  await expect(items).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(items).toHaveCount(2);
  await page.keyboard.press('Escape');
  await expect
    .poll(async () => {
      await page.waitForTimeout(300);
      return page.evaluate(() => localStorage.getItem('multikernel-playground.session'));
    })
    .toBe('boot');
  await page.waitForTimeout(1500);
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  const { branches } = await page.evaluate(() => window.playground.branches());
  expect(branches.map(({ name }) => name)).toEqual(['main', 'my try']);
});

test('two branches side by side: the first difference is named', async ({ page }) => {
  await branched(page);
  const { parting, sentence } = await page.evaluate(() =>
    window.playground.compare('main', 'host: echo past'),
  );
  expect(parting?.step).toBeGreaterThan(0);
  expect(sentence).toContain(`They take the same ${parting?.step} steps`);
  await page.getByTestId('branch-button').click();
  await page.getByRole('button', { name: 'Compare' }).click();
  const compare = page.getByTestId('compare');
  await expect(compare.getByTestId('compare-sentence')).toContainText('They take the same');
  const where = compare.getByTestId('compare-where');
  await expect(where).toContainText('after step');
  const first = await where.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(where).not.toHaveText(first ?? '');
  await page.keyboard.press('f');
  await expect(where).toHaveText(first ?? '');
  await compare.getByTestId('compare-b').selectOption({ label: 'with another seed' });
  await expect(compare.getByTestId('compare-sentence')).toContainText('with seed');
  await compare.getByTestId('compare-b').selectOption({ label: 'with ring-n1' });
  await expect(compare.getByTestId('compare-sentence')).toContainText('with ring-n1');
});

test('two runs are aligned by stop of the lesson as well as by step', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('lost-message'));
  await page.evaluate(() => window.playground.runUntil('stats.handled == 1'));
  await page.keyboard.press('=');
  await page.getByTestId('compare-b').selectOption('profile ring-n3');
  const where = page.getByTestId('compare-where');
  await expect(page.getByTestId('compare-sentence')).toContainText('ring-n3');
  await expect(where).toContainText(/^after step \d+/);
  await page.getByTestId('compare-align').selectOption('stop');
  await expect(where).toContainText(/^stop \d+·\d+: after steps \d+ and \d+/);
  const slider = page.getByTestId('compare-step');
  await slider.focus();
  await page.keyboard.press('End');
  await expect(where).toContainText(/^stop 3·\d+/);
  await expect(page.getByRole('region', { name: 'Steps' })).toContainText('3·');
});

test('an IPI that is under way is shown where it is the first difference', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.step(1e6));
  await page.keyboard.press('=');
  await expect(page.getByTestId('compare-sentence')).toContainText('sends INIT to APIC id 4');
  const ipis = page.getByTestId('compare-ipis');
  await expect(ipis).toContainText('INIT from CPU 0 to CPU 4');
  await expect(ipis.getByRole('row', { name: /^sent at [\d.]+ µs$/ })).toBeVisible();
  await expect(ipis.getByRole('row', { name: /^arrives at ≠ [\d.]+ µs [\d.]+ µs$/ })).toBeVisible();
  await expect(page.getByTestId('compare')).not.toContainText('Here nothing is different');
});

test('a session file is compared with the run; what is none is refused in a sentence', async ({
  page,
}) => {
  await open(page);
  await page.evaluate(() => window.playground.load('boot'));
  await page.evaluate(() => window.playground.step(1e6));
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.type('save this session');
  await expect(page.locator('#action-list [aria-selected=true]')).toContainText(
    'Save this session',
  );
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.keyboard.press('Enter'),
  ]);
  const file = await download.path();
  await page.evaluate(() => window.playground.type('host', 'mk send 2 user 7 0x0102'));
  await page.keyboard.press('=');
  const compare = page.getByTestId('compare');
  await compare.getByTestId('compare-b').selectOption('file');
  await compare.getByLabel('Session file', { exact: true }).setInputFiles(file);
  await expect(compare.getByTestId('compare-sentence')).toContainText('nothing more happens');
  const wrong = { name: 'wrong.json', mimeType: 'application/json', buffer: Buffer.from('{}') };
  await compare.getByLabel('Session file', { exact: true }).setInputFiles(wrong);
  await expect(compare.getByRole('alert')).toContainText('no session of the playground');
});
