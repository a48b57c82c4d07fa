import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import events from '../../kernel/fixtures/events.json' with { type: 'json' };
import { answer, conform } from './conform.ts';
import type { Effect } from './effects.ts';

interface Recorded {
  readonly name: string;
  readonly script: readonly string[];
  readonly expect: readonly Effect[];
  readonly lenient?: boolean;
  readonly strict_until?: number;
}

const FILES = { ipi: 80, messaging: 64, kho: 97, ipi_fuzz: 45, kho_fuzz: 84, examples: 10 };

/** Scripts that do not match yet, `file/name`, each with the reason. None is left out in silence. */
const PENDING: Readonly<Record<string, string>> = {};

const read = (file: string): Recorded[] =>
  readFileSync(new URL(`./fixtures/${file}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);

/** What of a list of effects must match. */
function judged({ lenient, strict_until }: Recorded, effects: readonly Effect[], end: number) {
  const strict = strict_until ?? Infinity;
  const kept = lenient
    ? effects.filter((effect, n) => n < end && Number(effect.i) < strict)
    : effects;
  return kept.map((effect) =>
    effect.t === 'err' ? { i: effect.i, t: 'err', op: effect.op } : effect,
  );
}

/** Every event that a script here left in a log. */
const seen = new Map<string, { level: unknown; args: string[] }>();

/** Effects as a reader of the output has them: through JSON. */
function observed({ name, script }: Recorded): Effect[] {
  const line = answer(JSON.stringify({ name, script }))!;
  const { effects } = JSON.parse(line) as { effects: Effect[] };
  for (const { t, ev, lvl, ...rest } of effects) {
    if (t !== 'log') continue;
    seen.set(ev as string, { level: lvl, args: Object.keys(rest).filter((key) => key !== 'i') });
  }
  return effects;
}

describe.each(Object.entries(FILES))('%s.jsonl', (file, count) => {
  const scripts = read(file);

  it('is complete', () => {
    expect(scripts).toHaveLength(count);
  });

  it.each(scripts.map((each) => [each.name, each] as const))('%s', (name, recorded) => {
    const first = recorded.expect.findIndex(({ t }) => t === 'hazard' || t === 'hang');
    const end = first < 0 ? Infinity : first;
    const ours = judged(recorded, observed(recorded), end);
    const theirs = judged(recorded, recorded.expect, end);
    if (`${file}/${name}` in PENDING) expect(ours).not.toEqual(theirs);
    else expect(ours).toEqual(theirs);
  });
});

describe('the log', () => {
  it('has every event that was recorded, with its level and its arguments', () => {
    const recorded = new Map(Object.entries(events));
    for (const [key, event] of seen) expect(event, key).toEqual(recorded.get(key));
    expect([...recorded.keys()].filter((key) => !seen.has(key))).toEqual([]);
  });
});

describe('a line that is no script', () => {
  it.each([
    '{',
    '[]',
    'null',
    '{"name":"x"}',
    '{"script":[]}',
    '{"name":1,"script":[]}',
    '{"name":"x","script":"sizeof"}',
    '{"name":"x","script":["sizeof",1]}',
  ])('%s has no answer', (line) => {
    expect(answer(line)).toBeUndefined();
  });

  it('but an unknown operation is refused where it stands, and comments do not count', () => {
    expect(conform(['# nothing', '', 'frob 1', 'toString', '  live_objs\t'])).toEqual([
      { i: 0, t: 'err', op: 'frob', msg: 'unknown op' },
      { i: 1, t: 'err', op: 'toString', msg: 'unknown op' },
      { i: 2, t: 'live_objs', n: 0 },
    ]);
  });
});
