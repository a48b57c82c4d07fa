import { expect, test, type Page } from '@playwright/test';

const open = async (page: Page, hash: string): Promise<void> => {
  await page.goto(`./${hash}`);
  await page.evaluate(() => window.playground.ready);
  // It comes after the stage.
  await expect(page.getByTestId('word-tip')).toBeAttached();
};
const words = (page: Page) => page.getByRole('dialog', { name: 'Words' });
const tip = (page: Page) => page.getByTestId('word-tip');
const inTour = (page: Page, word: string) =>
  page.getByTestId('tour').locator(`a[href="#word=${word}"]`);

test('a term of a lesson is explained by the pointer, by the focus, and in full by Enter', async ({
  page,
}) => {
  await open(page, '#lesson=three-rings');
  const vector = inTour(page, 'vector');
  await expect(vector).toHaveCount(1);
  await vector.hover();
  await expect(tip(page)).toContainText('The number of an interrupt');
  // The pointer may go to the tip and stay there.
  await tip(page).hover();
  await expect(tip(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tip(page)).toBeHidden();

  await page.getByTestId('tour').getByRole('button', { name: 'Stop 4' }).focus();
  await page.keyboard.press('Tab');
  await expect(inTour(page, 'doorbell')).toBeFocused();
  await expect(tip(page)).toContainText('An interrupt that only says: look.');
  await expect(inTour(page, 'doorbell')).toHaveAccessibleDescription(/^doorbell An interrupt that/);
  await page.keyboard.press('Tab');
  await expect(tip(page)).toContainText('The number of an interrupt');
  await page.keyboard.press('Enter');
  await expect(words(page).getByRole('heading', { name: 'vector' })).toBeVisible();
  await expect(tip(page)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(words(page)).toBeHidden();
  await expect(vector).toBeFocused();
  await expect(tip(page)).toBeHidden();
  expect(new URL(page.url()).hash).toBe('#lesson=three-rings');
});

test('Escape takes the explanation away and leaves what is selected', async ({ page }) => {
  await open(page, '#lesson=three-rings');
  await page.getByTestId('cpu-4').click();
  await inTour(page, 'vector').hover();
  await expect(tip(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tip(page)).toBeHidden();
  await expect(page.getByTestId('inspector').getByLabel('CPU shown')).toHaveValue('4');
});

test('an explanation goes with the stop whose term it explains', async ({ page }) => {
  await open(page, '#lesson=three-rings');
  await expect(inTour(page, 'doorbell')).toBeVisible();
  await page.getByTestId('tour').getByRole('button', { name: 'Stop 4' }).focus();
  await page.keyboard.press('Tab');
  await expect(tip(page)).toBeVisible();
  await page.keyboard.press('3');
  await expect(inTour(page, 'doorbell')).toHaveCount(0);
  await expect(tip(page)).toBeHidden();
});

test('the text of a lesson is copied whole, terms and all', async ({ page }) => {
  await open(page, '#lesson=three-rings');
  await expect(inTour(page, 'vector')).toBeVisible();
  const text = await page
    .getByTestId('tour')
    .locator('p', { hasText: 'A doorbell says' })
    .evaluate((paragraph) => {
      getSelection()?.selectAllChildren(paragraph);
      return getSelection()?.toString();
    });
  expect(text).toContain('It does not count. Vector 0xea is a doorbell of one bit');
});

test('words are found, followed, and shown on the page, by the keyboard alone', async ({
  page,
}) => {
  await open(page, '#lesson=three-rings');
  await page.keyboard.press('h');
  const find = words(page).getByRole('combobox', { name: 'Find a word' });
  await expect(find).toBeFocused();
  await page.keyboard.type('in-service');
  await expect(words(page).getByRole('option')).toHaveText([/^ISR/]);
  await expect(words(page).getByRole('heading', { name: 'ISR' })).toBeVisible();
  await find.fill('');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(words(page).getByRole('option', { selected: true })).toContainText('APIC id');
  await find.fill('slot');
  await words(page).getByRole('button', { name: 'area' }).press('Enter');
  await expect(words(page).getByRole('heading', { name: 'area' })).toBeVisible();
  await words(page).getByRole('button', { name: 'Back to slot' }).press('Enter');
  await expect(words(page).getByRole('heading', { name: 'slot' })).toBeVisible();
  await find.fill('hand-over page');
  await words(page).getByRole('button', { name: 'Show on the page' }).press('Enter');
  await expect(words(page)).toBeHidden();
  await expect(page.getByRole('tab', { name: 'Device tree' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
});

test('the palette has them, and a search that finds none says so', async ({ page }) => {
  await open(page, '');
  await page.keyboard.press('?');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.type('glossary');
  await page.keyboard.press('Enter');
  await expect(words(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.type('zzz');
  await expect(words(page)).toContainText('No word is called that');
  await expect(words(page).getByRole('heading', { level: 3 })).toHaveCount(0);
});

test('an address opens a word, with a lesson or without one, and another one later', async ({
  page,
}) => {
  await open(page, '#lesson=deaf-host&word=eoi');
  await expect(words(page).getByRole('heading', { name: 'EOI' })).toBeVisible();
  await page.evaluate(() => (location.hash = '#word=kimage'));
  await expect(words(page).getByRole('heading', { name: 'kimage' })).toBeVisible();
  // The page keeps the address of what it shows.
  await expect.poll(() => new URL(page.url()).hash).toBe('#lesson=deaf-host');
  await page.evaluate(() => (location.hash = '#word=no-such-word'));
  await expect(words(page)).toContainText('No word is called that');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('tour')).toContainText('The deaf host');
});

test('headings of the inspector are explained', async ({ page }) => {
  await open(page, '');
  await page.getByTestId('inspector').getByRole('link', { name: 'IRR' }).hover();
  await expect(tip(page)).toContainText('interrupt request register');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a tap explains, a second one opens the words, and nothing is wider than the screen', async ({
    page,
  }) => {
    await open(page, '#lesson=three-rings');
    await inTour(page, 'vector').tap();
    await expect(tip(page)).toContainText('Tap again for more');
    const box = (await tip(page).boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    await inTour(page, 'vector').tap();
    await expect(words(page).getByRole('heading', { name: 'vector' })).toBeVisible();
    const over = await words(page).evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(over).toBe(0);
  });

  test('a term in the sheet over the page is explained over it', async ({ page }) => {
    await open(page, '');
    await page.keyboard.press('i');
    const irr = page.getByRole('dialog', { name: 'Inspect' }).getByRole('link', { name: 'IRR' });
    await irr.tap();
    await expect(tip(page)).toBeVisible();
    await irr.tap();
    await expect(words(page).getByRole('heading', { name: 'IRR' })).toBeVisible();
    await words(page).getByRole('button', { name: 'Close' }).tap();
    await expect(irr).toBeVisible();
  });
});
