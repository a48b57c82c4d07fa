import { describe, expect, it } from 'vitest';
import { block, BOOT, lessonRun, playOut } from '../testing/lesson.ts';
import { logged, logKeys } from '../testing/world.ts';
import { racers } from '../testing/racers.ts';
import { explorePointOf, exploreRun, outcomesOf } from './explore.ts';
import { parseScenario } from './parse.ts';

const SENDS = block(
  'console host',
  'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold',
  'mk send web system shutdown 0xb2b2b2b2 --cpu 2 --hold',
);

describe('the schedule of an outcome', () => {
  const search = exploreRun(racers(2));
  while (search.run());
  const outcomes = outcomesOf(search);

  it('pasted into a scenario ends the way the search says, for each of the 62', () => {
    for (const { schedule, effects, lost, torn, phantom, duplicated } of outcomes) {
      const text = BOOT('system') + SENDS + block('schedule', ...schedule);
      const run = playOut(lessonRun(text));
      const stats = run.answers.stats();
      expect([stats.lost, stats.torn, stats.phantom]).toEqual([
        ...[lost.length, torn.length, phantom],
      ]);
      expect(stats.duplicated > 0).toBe(duplicated.length > 0);
      const rung = effects.filter((effect) => effect.t === 'log' && effect.ev === 'ipi.received');
      expect(logged(run, 'web', 'ipi.received')).toEqual(
        rung.map((effect) =>
          'cpu' in effect
            ? [effect.cpu, effect.physical_id, effect.sender_cpu, effect.type]
            : undefined,
        ),
      );
      const keys = effects.flatMap((effect) => (effect.t === 'log' ? [effect.ev] : []));
      const kept = logKeys(run, 'web').filter((key) => key !== 'msg.received');
      expect(kept.slice(-keys.length)).toEqual(keys);
      expect(stats.handled).toBe(effects.filter(({ t }) => t === 'cb').length);
    }
  });
});

describe('an exploration', () => {
  it('leaves the world as it found it', () => {
    const run = racers(2);
    const search = exploreRun(run);
    search.leave();
    const before = run.hash();
    while (search.run());
    outcomesOf(search);
    search.leave();
    expect(run.hash()).toBe(before);
  });

  it('of two messages from one CPU keeps their order', () => {
    const text =
      BOOT('system') +
      block(
        'console host',
        'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold',
        'mk send web system shutdown 0xb2b2b2b2 --cpu 1 --hold',
      );
    const search = exploreRun(playOut(lessonRun(text, { trace: false })));
    while (search.run());
    const endings = outcomesOf(search);
    expect(search.explorer.complete).toBe(true);
    // Never the second without its own bytes in the end, and both when the receiver is quick.
    expect(endings.every(({ lost }) => !lost.includes(0x3002))).toBe(true);
    expect(endings.some(({ lost }) => lost.length === 0)).toBe(true);
    expect(endings.some(({ lost }) => lost.includes(0x3001))).toBe(true);
  });

  it('of nothing has one ending, with nothing in it', () => {
    const search = exploreRun(playOut(lessonRun(BOOT('system'), { trace: false })));
    while (search.run());
    expect(outcomesOf(search)).toEqual([
      { effects: [], lost: [], torn: [], phantom: 0, duplicated: [], schedule: [] },
    ]);
  });

  it('of a profile whose sends all fail has one ending too', () => {
    const text = `---\ntitle: T\nglue: { ipi-area: false }\n---\n${BOOT('system') + SENDS}`;
    const search = exploreRun(playOut(lessonRun(text, { trace: false })));
    while (search.run());
    expect(outcomesOf(search)).toMatchObject([{ effects: [], lost: [], schedule: [] }]);
  });
});

describe('the explore point', () => {
  it('is where the first explore block stands, and nothing behind it is played', () => {
    const text = `---\ntitle: T\n---\nA\n\n## B\n\nC\n\n\`\`\`explore\nsometimes x: step > 0\n\`\`\`\n\nD\n\n## E\n`;
    const { scenario, block: found } = explorePointOf(parseScenario(text, 'a.md'));
    expect(scenario.stops.map(({ title, items }) => [title, items.length])).toEqual([
      ['T', 1],
      ['B', 1],
    ]);
    expect(found.properties).toHaveLength(1);
  });
});

describe('with store buffers', () => {
  const onTso = (profile: string, ...blocks: readonly string[]): string =>
    `---\ntitle: T\nprofile: ${profile}\nmachine: { ordering: tso }\n---\n${BOOT('system')}${blocks.join('')}`;
  const one = block('console host', 'mk send web system heartbeat 0xa1a1a1a1 --cpu 1 --hold');
  const explored = (text: string) => {
    const search = exploreRun(playOut(lessonRun(text, { trace: false })));
    while (search.run());
    return search;
  };

  it('one message through the later ring can wait for ever: its IPI was faster than its size', () => {
    const search = explored(onTso('ring-n3', one));
    const lost = outcomesOf(search).find((outcome) => outcome.lost.length > 0);
    expect(search.explorer.complete).toBe(true);
    expect(lost?.schedule.filter((word) => word === 'cpu1 drain').length).toBeGreaterThan(0);
    const text = onTso('ring-n3', one, block('schedule', ...(lost?.schedule ?? [])));
    const run = playOut(lessonRun(text));
    expect(run.answers.stats()).toMatchObject({ sent: 1, whole: 0, lost: 1 });
    expect(run.answers.cpu(1)?.stores).toBe(0);
  });

  it('one message through the slot of v2 arrives: its send has a fence', () => {
    const search = explored(onTso('rfc-v2', one));
    expect(outcomesOf(search).every(({ lost, torn }) => lost.length + torn.length === 0)).toBe(
      true,
    );
  });

  it('two senders to the slot of v2 have the outcomes they have without', () => {
    const search = explored(onTso('rfc-v2', SENDS));
    const plain = exploreRun(racers(2));
    while (plain.run());
    const said = (of: typeof search): string[] =>
      outcomesOf(of)
        .map(({ effects }) => JSON.stringify(effects))
        .sort();
    expect(said(search)).toEqual(said(plain));
    expect(search.explorer.states).toBeGreaterThan(plain.explorer.states);
  });

  it('when time decides a message arrives, whichever mailbox it is in', () => {
    for (const profile of ['rfc-v1', 'rfc-v2', 'ring-n1', 'ring-n3', 'doorbell']) {
      const line = block('console host', 'mk send web system heartbeat 0xa1a1a1a1 --cpu 1');
      const run = playOut(lessonRun(onTso(profile, line, line)));
      expect(run.answers.stats()).toMatchObject({ sent: 2, whole: 2, torn: 0 });
    }
  });

  it('a schedule cannot drain what is not there', () => {
    const drains = (text: string) => (): void => void playOut(lessonRun(text));
    const schedule = block('schedule', 'cpu1 drain');
    expect(drains(onTso('rfc-v2', SENDS, schedule))).toThrow('cpu1 has no store to drain');
    expect(drains(BOOT('system') + SENDS + schedule)).toThrow(
      'cpu1 has no store buffer: machine: { ordering: tso } gives it one',
    );
  });
});
