import { expect, test, type Page } from '@playwright/test';
// For its declaration of `window.playground`.
import type {} from '../src/ui/state/playground.ts';

/** The lesson in which a message is lost, at its end; the inspector shows a tab. */
async function open(page: Page, tab: string): Promise<void> {
  await page.goto('./');
  await page.evaluate(() => window.playground.ready);
  await page.evaluate(() => window.playground.load('lost-message'));
  await page.evaluate(() => window.playground.runUntil('false', { maxSteps: 50_000 }));
  await page.getByRole('tab', { name: tab, exact: true }).click();
}
const step = (page: Page): Promise<number> =>
  page.evaluate(async () => (await window.playground.state()).step);

test('messages are found by their words, and say what became of them and why', async ({ page }) => {
  await open(page, 'Messages');
  const list = page.getByTestId('inspector').getByRole('listitem');
  await expect(list.filter({ hasText: 'overwritten' }).first()).toContainText(
    /Message \d+ of CPU \d+ was written over it before anybody read it/,
  );
  const all = await list.count();
  await page.getByRole('searchbox', { name: 'Find messages' }).fill('overwritten heartbeat');
  await expect(list).not.toHaveCount(all);
  await list.first().getByRole('button').first().click();
  const before = await step(page);
  await page.getByRole('button', { name: 'Go to the step that decided it' }).click();
  await expect.poll(() => step(page)).toBeLessThan(before);
  await page.getByRole('searchbox', { name: 'Find messages' }).fill('no such words');
  await expect(page.getByText('No message has these words.')).toBeVisible();
});

test('a byte of memory tells who wrote it, and leads there', async ({ page }) => {
  await open(page, 'Memory');
  await page.getByRole('button', { name: 'Who wrote this byte?' }).click();
  const writer = page.getByRole('status', { name: /^Who wrote/ });
  await expect(writer).toContainText(/CPU \d+, step S\d of multikernel_send_ipi_data/);
  await expect(writer).toContainText(/Announced by IPI \d+, vector 0xea/);
  const end = await step(page);
  await writer.getByRole('button').first().click();
  await expect.poll(() => step(page)).toBeLessThan(end);
  // Where nobody wrote, it says so.
  await page.getByRole('textbox', { name: 'Address to go to' }).fill('0x7000');
  await page.keyboard.press('Enter');
  await expect(writer).toContainText('Nobody, in all of the run');
});

test('handlers, instances, heap, files and hazards of the moment', async ({ page }) => {
  await open(page, 'Handlers');
  const panel = page.getByRole('tabpanel', { name: 'Handlers' });
  await expect(panel.getByText('No message type has a handler here.')).toBeVisible();
  await panel.getByRole('button', { name: 'web-server' }).click();
  await expect(panel.getByText('mk_message_type_ipi_callback').first()).toBeVisible();

  // By keyboard from tab to tab.
  await page.getByRole('tab', { name: 'Handlers' }).focus();
  await page.keyboard.press('ArrowRight');
  const instances = page.getByRole('tabpanel', { name: 'Instances' });
  await expect(instances.getByRole('row', { name: /Memory 256 MiB/ })).toBeVisible();

  await page.keyboard.press('ArrowRight');
  const files = page.getByRole('tabpanel', { name: 'Files' });
  for (const name of ['sys/', 'fs/', 'multikernel/', 'instances/', 'web-server/', 'status'])
    await files.getByRole('button', { name, exact: true }).click();
  await expect(files.getByText('loading', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Heap' }).click();
  const heap = page.getByRole('tabpanel', { name: 'Heap' });
  await expect(heap.getByRole('row', { name: /^mk_instance 1/ })).toBeVisible();
  await heap.getByRole('button', { name: /^0x/ }).first().click();
  await expect(page.getByRole('tab', { name: 'Memory', selected: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Hazards' }).click();
  const hazards = page.getByRole('tabpanel', { name: 'Hazards' });
  await expect(hazards.getByText('slotOverwritten')).toBeVisible();
  const end = await step(page);
  await hazards.getByRole('button', { name: /µs$/ }).first().click();
  await expect.poll(() => step(page)).toBeLessThan(end);
});
