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

/** What scripts give need not be what the types say. */
const WRONG: readonly (readonly [member: string, args: readonly unknown[], why: string])[] = [
  ['load', ['boot', { seed: -1 }], 'a seed is a whole number from 0 to 4294967295, not -1'],
  ['load', ['boot', { sed: 1 }], 'there is no option "sed"; known are seed, profile'],
  ['load', [5], 'a lesson is a text, not 5'],
  ['load', ['---\ntitle: T\n---\n```foo\n```\n'], 'scenario.md:4:4: "foo" is not a block'],
  ['seek', [-1], 'a step is a whole number from 0 on, not -1'],
  ['seek', [NaN], 'a step is a whole number from 0 on, not NaN'],
  ['runUntil', ['1 + 1'], 'claim:1:1: a claim is true or false, and this is an int'],
  ['runUntil', ['true', { maxSteps: -1 }], 'a number of steps is a whole number from 0 on, not -1'],
  ['evaluate', [5], 'an expression is a text, not 5'],
  ['evaluate', ['step + nosuch'], 'expression:1:8: there is no name "nosuch"'],
  ['type', ['host', 5], 'a line is a text, not 5'],
  ['type', ['mars', 'ls'], 'no kernel mars is running; there is host'],
  ['switchTo', [null], 'a branch is a text, not null'],
];

test('a call that means nothing is refused in a sentence, and nothing has changed', async ({
  page,
}) => {
  await page.evaluate(() => window.playground.step(5));
  const hash = await page.evaluate(() => window.playground.hash());
  for (const [member, args, why] of WRONG) {
    const told = await page.evaluate(
      ([member, args]) => {
        const calls: Record<string, unknown> = { ...window.playground };
        const call = calls[member] as (...args: readonly unknown[]) => Promise<unknown>;
        return call(...args).then(String, String);
      },
      [member, args] as const,
    );
    expect(told, member).toContain(`Refused: ${why}`);
    expect(await page.evaluate(() => window.playground.hash()), member).toBe(hash);
  }
  await expect(page.getByRole('log', { name: 'Notices' })).toBeEmpty();
});

test('what a command printed comes without colours', async ({ page }) => {
  const typed = await page.evaluate(() => window.playground.type('host', 'ls /sys'));
  expect(typed).toEqual({ status: 0, output: 'devices/  fs/\n' });
});
