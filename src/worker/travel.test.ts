import { describe, expect, it } from 'vitest';
import { Refused } from '../sim/base/assert.ts';
import { booting } from '../sim/scenarios/booting.ts';
import type { Jump, Push } from './protocol.ts';
import { timePassesByLooks } from './testing/clock.ts';
import { hire, loaded } from './testing/hired.ts';

type Page = Awaited<ReturnType<typeof loaded>>;

/** More steps than are run before a jump is told of. */
const MANY = 4_000_000;
const isJump = (push: Push): boolean => push.push === 'jump' && push.jump !== null;
const jumpsOf = ({ pushes }: Page): (Jump | null)[] =>
  pushes.flatMap((push) => (push.push === 'jump' ? [push.jump] : []));

const LESSON = `---\ntitle: T\nmachine: { cpus: 8, memory: 4GiB, pool: 1GiB@2GiB }\n---\n${booting('web', '4 5', 'user')}
## Then

\`\`\`console host
echo over
\`\`\`

## Last
`;

/** A session in which a flood of messages has begun, and goes on for as many steps as anybody asks. */
async function flooded(): Promise<Page> {
  const page = hire();
  await page.ask('load', { source: { kind: 'text', text: LESSON, file: 'x.md' } });
  await page.ask('goToStop', { stop: 1 });
  const typed = page.ask('type', { kernel: 'host', line: 'mk flood web --count 10000000' });
  // A pause is for all that was asked before it, begun or not.
  await page.ask('pause', {});
  await typed;
  page.pushes.length = 0;
  return page;
}

describe('a long jump', () => {
  it('tells the steps it has got to, and when it is over', async () => {
    const page = await flooded();
    const { step: from } = await page.ask('seek', { step: 1000 });
    timePassesByLooks(50);
    const to = from + MANY;
    const { step, paused } = await page.ask('step', { count: MANY });
    expect([step, paused]).toEqual([to, '']);
    const jumps = jumpsOf(page);
    expect(jumps.length).toBeGreaterThan(1);
    expect(jumps.at(-1)).toBe(null);
    const steps = jumps.slice(0, -1).map((jump) => {
      expect(jump).toMatchObject({ from, to });
      return jump!.step;
    });
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.every((each) => each > from && each < to)).toBe(true);
  });

  it('comes to the same state by steps, by a seek, and in pieces', async () => {
    const page = await flooded();
    const end = 1_234_567;
    await page.ask('seek', { step: end });
    const there = await page.ask('hash', {});
    await page.ask('seek', { step: 777 });
    await page.ask('step', { count: end - 777 });
    expect(await page.ask('hash', {})).toBe(there);
    await page.ask('seek', { step: 777 });
    for (const step of [300_000, 290_000, 800_000, end]) await page.ask('seek', { step });
    expect(await page.ask('hash', {})).toBe(there);
  });

  it.each([
    ['step', { count: 1e9 }],
    ['seek', { step: 1e9 }],
    ['goToStop', { stop: 2 }],
    ['finishStop', {}],
    ['runUntil', { claim: 'stats.sent < 0', maxSteps: 1e9 }],
  ] as const)('%s is ended by pause, which says so, and can go on', async (call, ask) => {
    const page = await flooded();
    const jumping = page.ask(call, ask);
    await page.pushed(isJump);
    expect(await page.ask('ping', {})).toBe(null);
    const paused = await page.ask('pause', {});
    const answer = await jumping;
    const frame = 'frame' in answer ? answer.frame : answer;
    expect(frame.step).toBe(paused.step);
    expect(frame.step).toBeGreaterThan(0);
    expect(frame.step).toBeLessThan(1e9);
    if (call !== 'runUntil') expect(paused.paused).toBe('Stopped on the way.');
    expect(jumpsOf(page).at(-1)).toBe(null);
    const after = await page.ask('step', { count: 5 });
    expect([after.step, after.paused]).toEqual([frame.step + 5, '']);
  });

  it('is ended by another lesson', async () => {
    const page = await flooded();
    const jumping = page.ask('step', { count: 1e9 });
    await page.pushed(isJump);
    const { frame } = await page.ask('load', { source: { kind: 'bundled', name: 'boot' } });
    expect((await jumping).step).toBeLessThan(1e9);
    expect([frame.step, frame.paused]).toEqual([0, '']);
  });

  it('of a session that is opened again can be ended: the session says it is not whole', async () => {
    const page = await flooded();
    await page.ask('seek', { step: MANY });
    timePassesByLooks(50);
    const text = await page.ask('record', {});
    const other = hire();
    const opening = other.ask('reopen', { text });
    await other.pushed(isJump);
    await other.ask('pause', {});
    const { reopened, frame } = await opening;
    expect(reopened).toMatchObject({ matches: false });
    expect(reopened?.why).toBe(`it was stopped on the way, at step ${frame.step}`);
  });
});

describe('a short way', () => {
  it('is not told of', async () => {
    const page = await loaded();
    timePassesByLooks(1);
    await page.ask('step', { count: 50 });
    await page.ask('step', { count: 20 });
    await page.ask('seek', { step: 10 });
    expect(jumpsOf(page)).toEqual([]);
  });

  it.each([NaN, Infinity, -1, 0.5])('is no %s steps long', async (count) => {
    const page = await loaded();
    await expect(page.ask('step', { count })).rejects.toThrow(Refused);
    await expect(page.ask('seek', { step: count })).rejects.toThrow('a whole number from 0 on');
    expect(await page.ask('step', { count: 0 })).toMatchObject({ step: 0 });
  });

  it('to a stop ends where each step is chosen', async () => {
    const page = await loaded();
    await page.ask('chosen', { on: true });
    const frame = await page.ask('goToStop', { stop: 1 });
    expect([frame.step, frame.tour.stop]).toEqual([0, 0]);
  });
});
