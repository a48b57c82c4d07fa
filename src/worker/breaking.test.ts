import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../sim/world/frame.ts';
import type { Handlers, Push } from './protocol.ts';
import { makeHandlers } from './run.ts';
import type { Services } from './services.ts';
import { timePassesByLooks, until } from './testing/clock.ts';

const text = readFileSync(
  new URL('../../public/scenarios/lost-message.md', import.meta.url),
  'utf8',
);
/** Only what these sessions load. */
const SERVICES = {
  async parse(source: string, file: string) {
    const { parseScenario } = await import('../sim/scenarios/parse.ts');
    return parseScenario(source, file);
  },
  evaluator: () => import('../sim/scenarios/evaluator.ts'),
  expressions: () => import('../sim/scenarios/claims.ts'),
  consoles: () => import('../sim/scenarios/consoles.ts'),
  breaking: () => import('./breaking.ts'),
  branches: () => import('./branch-part.ts'),
} as unknown as Services;

interface Opened {
  readonly page: Handlers;
  readonly pushes: Push[];
  readonly set: (...lines: readonly string[]) => Promise<unknown>;
}

async function opened(source = text): Promise<Opened> {
  const pushes: Push[] = [];
  const page = makeHandlers((push) => void pushes.push(push), SERVICES);
  await page.load({ source: { kind: 'text', text: source, file: 'lesson.md' } });
  const set = async (...lines: readonly string[]) =>
    page.breakpoints({ lines: lines.map((line, i) => ({ id: i + 1, text: line })) });
  return { page, pushes, set };
}

const MANY = 1_000_000;
/** Steps at which a run stops on its way to the end. */
async function walk(page: Handlers): Promise<Frame[]> {
  const stops: Frame[] = [];
  for (;;) {
    const frame = await page.step({ count: MANY });
    if (frame.hits.length === 0) return stops;
    stops.push(frame);
  }
}

describe('breakpoints', () => {
  it('end a stretch, say so, and let the next one begin', async () => {
    const { page, set } = await opened();
    expect(await set('vector 0xea taken', 'hazard H2')).toEqual([]);
    const stops = await walk(page);
    expect(stops.length).toBeGreaterThan(2);
    expect(new Set(stops.flatMap(({ hits }) => hits))).toEqual(new Set([1, 2]));
    expect(stops[0]!.paused).toContain('breakpoint');
    expect(stops.every(({ playing }) => !playing)).toBe(true);
    const whole = await page.hash({});
    const other = await opened();
    await other.page.step({ count: MANY });
    expect(await other.page.hash({})).toBe(whole);
  });

  it('end playing', async () => {
    const { page, pushes, set } = await opened();
    await set('log ipi.received');
    await page.play({ speed: { kind: 'max' } });
    const stopped = (push: Push) => push.push === 'frame' && push.frame.hits.length > 0;
    let seen = 0;
    while (!pushes.some(stopped)) {
      await until(() => pushes.length > seen);
      seen = pushes.length;
      // The lesson itself stops at each of its stops.
      const last = pushes.at(-1);
      if (last?.push === 'frame' && !last.frame.playing && !stopped(last))
        await page.play({ speed: { kind: 'max' } });
    }
    const push = pushes.find(stopped);
    expect(push).toMatchObject({ push: 'frame', frame: { playing: false, hits: [1] } });
  });

  it('stop a command that was typed in the middle of it', async () => {
    const { page, pushes, set } = await opened();
    await page.step({ count: MANY });
    await set('vector 0xea sent');
    await page.type({ kernel: 'host', line: 'mk send web-server system heartbeat 0xa1a1a1a1' });
    expect(pushes.at(-1)).toMatchObject({ frame: { hits: [1], playing: false } });
    const stopped = (await page.pause({})).step;
    expect((await page.step({ count: MANY })).step).toBeGreaterThan(stopped);
  });

  it('tell what is wrong with a line, and where; the others count', async () => {
    const { page, set } = await opened();
    expect(await set('vector 0xea takn', 'vector 0xea taken')).toEqual([
      { id: 1, why: expect.stringContaining('did you mean "taken"') as string, column: 13 },
    ]);
    expect((await walk(page)).length).toBeGreaterThan(0);
  });

  it('are found backwards, and not before the first one', async () => {
    const { page, set } = await opened();
    await set('vector 0xea taken');
    const stops = (await walk(page)).map(({ step }) => step);
    const back: number[] = [];
    for (;;) {
      const { came, frame } = await page.runBack({});
      if (came === 'none') {
        expect(frame.step).toBe(back[0] ?? -1);
        break;
      }
      back.unshift(frame.step);
    }
    expect(back).toEqual(stops);
    await set();
    await expect(page.runBack({})).rejects.toThrow('no breakpoint');
    await expect(page.runBack({ lines: ['at nowhere'] })).rejects.toThrow('no step');
  });

  it('need not be set to run back to something', async () => {
    const { page } = await opened();
    const end = await page.step({ count: MANY });
    const { came, frame } = await page.runBack({ lines: ['write slot("web-server").type'] });
    expect(came).toBe('found');
    expect(frame.step).toBeLessThan(end.step);
    expect(frame.stepEnd).toBe(end.stepEnd);
  });
});

/** A long run in which most steps are a flood's. */
const LONG = text.replace(
  /## The second one wins[\s\S]*/,
  '## Long\n\n```console host\nmk flood web-server --count 20000\n```\n',
);

describe('a search', () => {
  it('tells where it looks, answers pings, and gives up when told', async () => {
    const { page, pushes } = await opened(LONG);
    const end = await page.step({ count: MANY });
    expect(end.step).toBeGreaterThan(200_000);
    timePassesByLooks(5);
    const coming = page.runBack({ lines: ['changes step < 0'] });
    await until(() => pushes.some(({ push }) => push === 'looking'));
    expect(await page.ping({})).toBeNull();
    void page.pause({});
    const { came, frame } = await coming;
    expect(came).toBe('left');
    expect(frame.step).toBe(end.step);
  });

  it('finds who wrote a byte, however long ago', async () => {
    const { page } = await opened(LONG);
    const end = await page.step({ count: MANY });
    const before = await page.hash({});
    const { areas } = end;
    // The first byte of a slot nobody sends to was cleared when the area was made, and never since.
    const addr = areas[0]!.start + 272 * 7;
    const { writer, left } = await page.lastWriter({ addr });
    expect(left).toBe(false);
    expect(writer).toMatchObject({ kernel: 'host' });
    expect(writer!.step).toBeLessThan(1000);
    expect(await page.hash({})).toBe(before);
  });
});

describe('watches', () => {
  it('have a value, none yet, or a mistake with its place', async () => {
    const { page } = await opened();
    const lines = ['cpu(4).mode', 'kernel("web-server").boot_cpu', 'cpu(4).mod', '1 +'];
    expect(await page.watches({ lines })).toMatchObject([
      { kind: 'value', text: '"idle"' },
      { kind: 'absent' },
      { kind: 'wrong', column: 8 },
      { kind: 'wrong' },
    ]);
  });
});
