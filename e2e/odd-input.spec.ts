import { expect, test, type Page } from '@playwright/test';

/** What a call of `window.playground` came to: what it was refused with, or that it was taken. */
const outcome = (page: Page, call: string, ...asked: unknown[]): Promise<string> =>
  page.evaluate(
    async ([name, passed]) => {
      const { playground } = window as unknown as {
        playground: Record<string, (...asked: unknown[]) => Promise<unknown>>;
      };
      try {
        await playground[name]!(...passed);
        return 'taken';
      } catch (error) {
        return (error as Error).message;
      }
    },
    [call, asked] as const,
  );

test('nonsense that is passed to the playground is refused in a sentence', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  const hash = await page.evaluate(() => window.playground.hash());
  const cases: [sentence: string, call: string, ...asked: unknown[]][] = [
    ['a lesson is a text, not null', 'load', null],
    ['there is no lesson nope', 'load', 'nope'],
    ['a seed is a whole number from 0 to 4294967295, not "x"', 'load', 'boot', { seed: 'x' }],
    ['there is no option "sed"; known are seed, profile', 'load', 'boot', { sed: 1 }],
    ['a number of steps is a whole number from 0 on, not -1', 'step', -1],
    ['a step is a whole number from 0 on, not 1.5', 'seek', 1.5],
    ['a step is a whole number from 0 on, not "5"', 'seek', '5'],
    ['a claim is a text, not 5', 'runUntil', 5],
    ['claim:1:1: a claim is true or false, and this is an int', 'runUntil', 'step'],
    [
      'a number of steps is a whole number from 0 on, not "x"',
      'runUntil',
      'false',
      { maxSteps: 'x' },
    ],
    ['an expression is a text, not an object', 'evaluate', []],
    ['a line is a text, not null', 'type', 'host', null],
    ['no kernel nobody is running; there is host', 'type', 'nobody', 'ls'],
    ['no command runs on host', 'interrupt', 'host'],
    ['a breakpoint is a text, not 7', 'addBreakpoint', 7],
    ['a breakpoint is a text, not null', 'runBack', null],
    ['there is no branch nope; there is main', 'switchTo', 'nope'],
    ['a branch is a text, not 5', 'compare', 'main', 5],
  ];
  for (const [sentence, ...call] of cases)
    expect(await outcome(page, ...call), JSON.stringify(call)).toBe(sentence);
  expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
});

test('Ctrl-C ends a command that never does, in the console and for whoever waits', async ({
  page,
}) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  const why = page.evaluate(() =>
    window.playground
      .type('host', 'watch ls')
      .then(String, (error: unknown) => (error as Error).message),
  );
  const screen = page.getByTestId('console-host');
  await expect(screen).toContainText('every 0.001 s: ls');
  await screen.getByRole('textbox').press('Control+c');
  expect(await why).toBe('the wait was ended before the command on host was over');
  await expect(screen).toContainText('^C');
  await screen.getByRole('textbox').pressSequentially('echo I am free\n');
  await expect(screen).toContainText('I am free');
  expect(await page.evaluate(() => window.playground.evaluate('status("host")'))).toBe(0);
});

test('a bent address shows the first lesson, and one that changes is followed', async ({
  page,
}) => {
  await page.goto('./#lesson=%');
  await page.evaluate(() => window.playground.ready);
  await expect(page.getByTestId('tour')).toContainText('Boot a second kernel');
  await page.evaluate(() => (location.hash = '#lesson=lost-message'));
  await expect(page.getByTestId('tour')).toContainText('Two senders, one slot');
  await page.evaluate(() => (location.hash = '#run=broken'));
  await expect(page.getByText('this link is broken')).toBeVisible();
  await expect(page.getByTestId('tour')).toContainText('Two senders, one slot');
});

test('a console lets go of the focus, forward and back, without a mouse', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  const input = page.getByTestId('console-host').getByRole('textbox');
  await expect(input).toHaveAccessibleDescription(/Escape and then Tab/);
  await input.focus();
  await page.keyboard.press('Tab');
  await expect(input).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('timeline').locator(':focus')).toHaveCount(1);
  await input.focus();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('tab', { name: 'host' })).toBeFocused();
});

test('an own lesson can be opened with keys alone', async ({ page }) => {
  // Waited for from the start: what only begins to listen with the key may be too late.
  const choosing = page.waitForEvent('filechooser');
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find an action' }).fill('open your file');
  const first = page.getByRole('dialog').getByRole('option').first();
  await expect(first).toContainText('Open your file…');
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const chooser = await choosing;
  const buffer = Buffer.from('---\ntitle: Mine\n---\nHello.\n');
  await chooser.setFiles({ name: 'mine.md', mimeType: 'text/markdown', buffer });
  await expect(page.getByTestId('tour')).toContainText('Mine');
});

test('what was typed in the editor outlives its closing', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  const edit = page.getByRole('button', { name: 'Edit web.dts' }).first();
  const text = page.getByRole('textbox', { name: 'Text of web.dts' });
  await edit.click();
  const original = await text.inputValue();
  await text.fill('/dts-v1/; / { mine; };');
  await text.press('Escape');
  await expect(page.getByText('the editor keeps what you typed')).toBeVisible();
  await edit.click();
  await expect(text).toHaveValue('/dts-v1/; / { mine; };');
  await text.fill(original);
  await text.press('Escape');
  await edit.click();
  await expect(text).toHaveValue(original);
});
