import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../sim/scenarios/parse.ts';
import type { ExploreAsk, ExploreTell } from './explore-protocol.ts';
import { ExploreRun } from './explore-run.ts';

const LESSON = readFileSync(
  new URL('../../public/scenarios/explore-two-senders.md', import.meta.url),
  'utf8',
);

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;
const begin = (text = LESSON, limits: Partial<Begin> = {}): Begin => ({
  ...{ kind: 'begin', scenario: parseScenario(text, 'lesson.md'), seed: 1, profile: 'rfc-v2' },
  ...{ own: [], statesMax: 1e6, bytesMax: 1e9, ...limits },
});

/** An exploration without a page, and all it says. */
function explore() {
  const told: ExploreTell[] = [];
  const run = new ExploreRun((tell) => told.push(tell));
  const last = <Kind extends ExploreTell['kind']>(kind: Kind) =>
    told.findLast((tell): tell is Extract<ExploreTell, { kind: Kind }> => tell.kind === kind);
  return { run, told, last };
}

describe('exploring for the page', () => {
  it('reports progress, then what it found', async () => {
    const { run, told, last } = explore();
    await run.handle(begin());
    expect(told[0]?.kind).toBe('progress');
    const { explored } = last('explored')!;
    expect(explored).toMatchObject({
      ...{ complete: true, stopped: null, progress: { states: 1509, outcomes: 62 } },
      tally: { outcomes: 62, lose: 50, tear: 14, invent: 8, repeat: 12 },
    });
    expect(explored.outcomes).toHaveLength(62);
    expect(explored.properties.every(({ holds }) => holds)).toBe(true);
    expect(explored.effects[explored.outcomes[0]!.effects.at(-1)!]).toMatchObject({ t: 'cb' });
  });

  it('tells of one ending which entries it needs, and when it is too late', async () => {
    const { run, last } = explore();
    await run.handle(begin());
    const ending = last('explored')!.explored.outcomes.findIndex(({ phantom }) => phantom > 0);
    await run.handle({ kind: 'detail', outcome: ending });
    const { entries, share } = last('detail')!;
    expect(entries[0]).toMatchObject({
      word: 'cpu1 S6',
      text: 'clear the slot: 272 bytes',
      needed: true,
    });
    expect(share).toBeGreaterThan(0.5);
    expect(entries.at(-1)!.share).toBe(1);
    expect(entries.some(({ needed }) => !needed)).toBe(true);
  });

  it('says nothing of an ending there is not', async () => {
    const { run, last } = explore();
    await run.handle(begin());
    await run.handle({ kind: 'detail', outcome: 62 });
    expect(last('detail')).toBeUndefined();
  });

  it('waits while it is paused, and goes on', async () => {
    const { run, last } = explore();
    await run.handle({ kind: 'pause' });
    const done = run.handle(begin());
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(last('progress')).toBeDefined();
    expect(last('explored')).toBeUndefined();
    await run.handle({ kind: 'resume' });
    await done;
    expect(last('explored')?.explored.complete).toBe(true);
  });

  it.each([
    ['states', { statesMax: 300 }],
    ['memory', { bytesMax: 500_000 }],
  ] as const)('stops where it has used up its %s', async (stopped, limits) => {
    const text = LESSON.replace(/```explore\n[^`]*```/, '```explore\n```').replace(
      /(mk send .*--cpu 2 --hold)/,
      '$1\nmk send web-server system 0x3003 0xc3c3c3c3 --cpu 3 --hold',
    );
    const { run, last } = explore();
    await run.handle(begin(text, limits));
    const { explored } = last('explored')!;
    expect([explored.complete, explored.stopped]).toEqual([false, stopped]);
    expect(explored.progress.states).toBeGreaterThan(200);
    await run.handle({ kind: 'detail', outcome: 0 });
    expect(last('detail')?.entries.every(({ share }) => share === null) ?? true).toBe(true);
  });

  it('hands on why a lesson cannot be explored', async () => {
    const { run, last } = explore();
    await run.handle(begin('---\ntitle: T\n---\nNothing.\n'));
    expect(last('failure')?.failure).toMatchObject({
      kind: 'refused',
      why: 'there is no explore block in this scenario',
    });
  });
});
