import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../sim/scenarios/parse.ts';
import type { ExploreAsk, ExploreTell, Hired, ShardAsk, ShardTell } from './explore-protocol.ts';
import { ExploreRun } from './explore-run.ts';
import { ExploreShard } from './explore-shard.ts';
import { until } from './testing/clock.ts';

const LESSON = readFileSync(
  new URL('../../public/scenarios/explore-two-senders.md', import.meta.url),
  'utf8',
);

type Begin = Extract<ExploreAsk, { kind: 'begin' }>;
const begin = (text = LESSON, limits: Partial<Begin> = {}): Begin => ({
  ...{ kind: 'begin', scenario: parseScenario(text, 'lesson.md'), seed: 1, profile: 'rfc-v2' },
  ...{ own: [], statesMax: 1e6, bytesMax: 1e9, workers: 1, ...limits },
});

const nobody = (): Hired => {
  throw new Error('nobody is hired');
};

/** A thread that is none: it answers a turn later. */
function inline(answer = (shard: ExploreShard, ask: ShardAsk): ShardTell => shard.handle(ask)) {
  const shard = new ExploreShard();
  let hear: (event: { readonly data: unknown }) => void = () => undefined;
  const hired: Hired = {
    port: {
      postMessage: (ask: unknown) =>
        void setTimeout(() => hear({ data: answer(shard, ask as ShardAsk) }), 0),
      addEventListener: (_, listener) => void (hear = listener),
    },
    onend: () => undefined,
    close: () => undefined,
  };
  return hired;
}

/** An exploration without a page, and all it says. */
function explore(hire: () => Hired = nobody) {
  const told: ExploreTell[] = [];
  const run = new ExploreRun((tell) => told.push(tell), hire);
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
    await until(() => last('progress') !== undefined);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
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

  describe('on several threads', () => {
    // Three senders to the first ring: large enough to be shared, and cut off there.
    const LARGE = LESSON.replace('profile: rfc-v2', 'profile: ring-n1').replace(
      /```explore\n[^`]*```/,
      '```explore\nsometimes both arrive: stats.whole == 2\nnever a hazard R1: hazard("R1") > 0\n```',
    );
    const shared = async (hire: () => Hired, limits: Partial<Begin> = {}) => {
      const { run, told, last } = explore(hire);
      await run.handle({ ...begin(LARGE, { workers: 2, ...limits }), profile: 'ring-n1' });
      return { run, told, last };
    };

    it('finds the states, endings and ways that one finds', async () => {
      const { run, last } = await shared(inline);
      const { explored } = last('explored')!;
      expect(explored).toMatchObject({
        ...{ complete: true, stopped: null },
        tally: { outcomes: 114, lose: 110, tear: 14, invent: 23, repeat: 4 },
        progress: { states: 336_025, transitions: 658_676, outcomes: 114, workers: 2 },
      });
      expect(explored.outcomes).toHaveLength(114);
      const [both, hazard] = explored.properties;
      expect(both).toMatchObject({ holds: true, name: 'both arrive' });
      expect(both?.schedule?.at(-1)).toBe('cpu4 H1');
      expect(hazard).toMatchObject({ isOpen: true, schedule: null });
      expect(explored.builtIns.map(({ holds }) => holds)).toEqual([false, false, true]);
      await run.handle({ kind: 'detail', outcome: 0 });
      const { entries, share } = last('detail')!;
      expect(entries).toHaveLength(explored.outcomes[0]!.steps);
      expect(share).toBeNull();
      expect(entries[0]!.word).toMatch(/^cpu[12] P3$/);
    });

    it('stops at the limit of memory of all together', async () => {
      const heavy = (): Hired =>
        inline((shard, ask) => {
          const tell = shard.handle(ask);
          if (tell.kind !== 'received') return tell;
          return { ...tell, counts: { ...tell.counts, bytes: 600e6 } };
        });
      const { last } = await shared(heavy);
      const { explored } = last('explored')!;
      expect([explored.complete, explored.stopped]).toEqual([false, 'memory']);
    });

    it('says so when one of them dies, or finds what it cannot do', async () => {
      const dying = (): Hired => ({
        ...inline(),
        onend: (ended) => void setTimeout(() => ended('out of memory'), 20),
      });
      const { last } = await shared(dying);
      expect(last('failure')?.failure.why).toBe(
        'one of the threads that explore has ended: out of memory',
      );
      const failing = (): Hired =>
        inline(() => ({
          kind: 'failure',
          failure: { kind: 'refused', why: 'cpu1 goes on for ever' },
          hasGrown: false,
        }));
      const refused = await shared(failing);
      expect(refused.last('failure')?.failure.why).toBe('cpu1 goes on for ever');
    });

    it('goes on alone where they do not know all that changes', async () => {
      const grown = (): Hired =>
        inline(() => ({
          kind: 'failure',
          failure: { kind: 'bug', why: 'grew', stack: '' },
          hasGrown: true,
        }));
      const { last } = await shared(grown);
      const { explored } = last('explored')!;
      expect(explored.complete).toBe(true);
      expect(explored.progress).toMatchObject({ states: 336_025, workers: 1 });
    });
  });
});
