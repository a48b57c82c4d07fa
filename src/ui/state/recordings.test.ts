import { describe, expect, it } from 'vitest';
import { readRecord, writeRecord } from '../../sim/scenarios/record.ts';
import { randomSession, reopened } from '../../sim/testing/sessions.ts';
import { fromLink, toLink } from './recordings.ts';

/** Sessions that are recorded and opened again; `SESSIONS=1000` for all that must agree. */
const SESSIONS = Number(process.env.SESSIONS ?? 20);

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : ''),
  );

describe('a recorded session', () => {
  it(
    'comes out of its link as the very same run',
    async () => {
      for (let seed = 1; seed <= SESSIONS; seed++) {
        const { recorded } = randomSession(seed);
        const text = await fromLink(await toLink(writeRecord(recorded)));
        const back = readRecord(text!);
        expect(back).toEqual(recorded);
        expect(reopened(back).hash(), `session ${seed}`).toBe(recorded.hash);
      }
    },
    10_000 + SESSIONS * 2000,
  );

  it('is refused in a sentence when it was cut, changed or is somebody else’s', async () => {
    const link = await toLink(writeRecord(randomSession(1).recorded));
    expect(await fromLink('#lesson=boot')).toBeUndefined();
    for (const broken of [
      link.slice(0, -9),
      '#run=',
      '#run=%%%',
      '#run=AAAA',
      `#run=${'A'.repeat(300_000)}`,
    ]) {
      const why = await refusal(fromLink(broken).then((text) => readRecord(text ?? '')));
      expect(why, broken.slice(0, 20)).toMatch(/^Refused: this (link|is|session)/);
    }
  });

  it('is refused when it unpacks to more than anybody recorded', async () => {
    const bomb = await toLink('0'.repeat(20_000_000));
    expect(await refusal(fromLink(bomb))).toContain('holds more than');
  });

  it('is refused with the part that is wrong', () => {
    const whole = JSON.parse(writeRecord(randomSession(2).recorded)) as Record<string, unknown>;
    const refusedWith = (change: object): string => {
      try {
        readRecord(JSON.stringify({ ...whole, ...change }));
        return 'not refused';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    expect(refusedWith({})).toBe('not refused');
    expect(refusedWith({ format: 'x' })).toContain('another version');
    expect(refusedWith({ seed: -1 })).toContain('the seed');
    expect(refusedWith({ profile: 'rfc-v9' })).toContain('the profile');
    expect(refusedWith({ source: { kind: 'url' } })).toContain('the scenario');
    expect(refusedWith({ own: [{ name: 'a', bytes: [256] }] })).toContain('a file');
    expect(refusedWith({ inputs: [{ step: 1 }] })).toContain('a place');
    expect(refusedWith({ inputs: 7 })).toContain('the inputs');
    expect(refusedWith({ spot: null })).toContain('the moment');
    expect(refusedWith({ hash: 4 })).toContain('the hash');
    expect(refusedWith({ glue: [] })).toContain('the glue');
  });
});
