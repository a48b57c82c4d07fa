import { expect, test, type Page } from '@playwright/test';
import { createServer } from 'vite';
import type * as Record from '../src/sim/scenarios/record.ts';
import type * as Sessions from '../src/sim/testing/sessions.ts';
import type * as Recordings from '../src/ui/state/recordings.ts';

/** Sessions of Node that Chromium opens, each on a page of its own; Node opens more of them again. */
const SESSIONS = Number(process.env.SESSIONS ?? 8);

/** Sessions that were had in Node: a link each, and the state it ends in. */
async function sessionsOfNode(): Promise<{ readonly link: string; readonly hash: string }[]> {
  const server = { middlewareMode: true, hmr: false, ws: false } as const;
  const vite = await createServer({ server, appType: 'custom', logLevel: 'silent' });
  try {
    const load = (path: string): Promise<unknown> => vite.ssrLoadModule(path);
    const { writeRecord } = (await load('/src/sim/scenarios/record.ts')) as typeof Record;
    const { randomSession } = (await load('/src/sim/testing/sessions.ts')) as typeof Sessions;
    const { toLink } = (await load('/src/ui/state/recordings.ts')) as typeof Recordings;
    const seeds = Array.from({ length: SESSIONS }, (_, i) => i + 1);
    return await Promise.all(
      seeds.map(async (seed) => {
        const { recorded } = randomSession(seed);
        return { link: await toLink(writeRecord(recorded)), hash: recorded.hash };
      }),
    );
  } finally {
    await vite.close();
  }
}

async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`);
  await page.evaluate(() => window.playground.ready);
}

test('a link of Node opens in a browser, in the very same state', async ({ page }) => {
  test.setTimeout(180_000);
  for (const { link, hash } of await sessionsOfNode()) {
    // Only the part behind # differs: without a page in between nothing would be loaded.
    await page.goto('about:blank');
    await open(page, link);
    expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
    await expect(page.getByText('the state is the one recorded')).toBeVisible();
  }
});

test('a broken link is refused in a sentence, and the first lesson is there', async ({ page }) => {
  await open(page, '#run=AAAA');
  await expect(page.getByText('this link is broken')).toBeVisible();
  const { status } = await page.evaluate(() => window.playground.type('host', 'true'));
  expect(status).toBe(0);
});

test('what was done survives a reload', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.playground.type('host', 'echo kept'));
  await page.evaluate(() => window.playground.step(40));
  const hash = await page.evaluate(() => window.playground.hash());
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('multikernel-playground.session')))
    .toBe('boot');
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
});

test('each CPU offers its next step, one key takes it, another takes it back', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.playground.load('boot'));
  await page.evaluate(() => window.playground.step(1e6));
  await page.evaluate(async () => {
    const { playground } = window;
    for (const cpu of [1, 6])
      await playground.type('host', `mk send 2 user ${cpu} 0xa1a1 --cpu ${cpu} --hold`);
  });
  await page.getByTestId('stage').click({ position: { x: 4, y: 4 } });
  await page.keyboard.press('w');
  const scheduler = page.getByTestId('scheduler');
  await expect(scheduler).toContainText('0 choices made');
  const { step } = await page.evaluate(() => window.playground.state());
  // Each offer stands on its CPU's tile; who has none says why.
  const tile = (await page.getByTestId('cpu-6').boundingBox())!;
  const offer = (await page.getByTestId('step-6').boundingBox())!;
  expect(offer.x).toBeGreaterThanOrEqual(tile.x);
  expect(offer.y + offer.height).toBeLessThanOrEqual(tile.y + tile.height);
  await expect(page.getByTestId('offer-0')).toContainText('nothing to do');
  await page.getByTestId('step-6').click();
  await expect(scheduler).toContainText('1 choice made');
  await page.keyboard.press('g');
  await expect(scheduler).toContainText('2 choices made');
  await page.keyboard.press('1');
  await expect(scheduler).toContainText('3 choices made');
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await expect(scheduler).toContainText('0 choices made');
  expect((await page.evaluate(() => window.playground.state())).step).toBe(step);
  await page.keyboard.press('w');
  await expect(scheduler).toBeHidden();
});

test('choices and breakpoints come back when the simulation dies', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.playground.load('boot'));
  await page.evaluate(() => window.playground.step(1e6));
  await page.evaluate(() =>
    window.playground.type('host', 'mk send 2 user 1 0xa1a1 --cpu 1 --hold'),
  );
  await page.evaluate(() => window.playground.addBreakpoint('vector any sent on cpu1'));
  await page.getByTestId('stage').click({ position: { x: 4, y: 4 } });
  await page.keyboard.press('w');
  const scheduler = page.getByTestId('scheduler');
  await expect(scheduler).toContainText('0 choices made');
  for (const made of [1, 2, 3]) {
    await page.keyboard.press('1');
    await expect(scheduler).toContainText(`${made} choice`);
  }
  const hash = await page.evaluate(() => window.playground.hash());
  await page.waitForTimeout(1000);
  for (const worker of page.workers())
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error('dead');
      });
    });
  await expect(page.getByText('A new simulation is back')).toBeVisible();
  await expect(scheduler).toContainText('3 choices made');
  expect(await page.evaluate(() => window.playground.hash())).toBe(hash);
  expect(await page.evaluate(() => window.playground.breakpoints().length)).toBe(1);
  await page.keyboard.press('z');
  await expect(scheduler).toContainText('2 choices made');
  await page.keyboard.press('w');
  await page.evaluate(() => window.playground.step(1e6));
  await expect(page.getByText('Stopped at a breakpoint').first()).toBeVisible();
});
