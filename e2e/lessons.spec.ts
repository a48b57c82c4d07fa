import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';

const FOLDER = 'public/scenarios';
const lessons = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.replace('.md', ''));

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly steps: number;
  readonly hash: string;
}

/** What the command line makes of the same file. */
const inNode = (name: string): Report =>
  JSON.parse(
    execFileSync('node', ['src/cli/launch.mjs', 'run', `${FOLDER}/${name}.md`, '--json'], {
      encoding: 'utf8',
    }),
  ) as Report;

for (const name of lessons) {
  test(`${name} passes in a browser and ends in the very state it ends in under Node`, async ({
    page,
  }) => {
    await page.goto('./');
    const played = await page.evaluate(async (lesson) => {
      await window.playground.ready;
      await window.playground.load(lesson);
      await window.playground.step(1e7);
      const { step } = await window.playground.state();
      return { step, hash: await window.playground.hash() };
    }, name);
    const node = inNode(name);
    expect(node.failed).toBe(0);
    expect(played).toEqual({ step: node.steps, hash: node.hash });
    await expect(page.getByTestId('transport')).not.toContainText(/fail/i);
  });
}
