import { fc } from '../../../sim/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../sim/scenarios/parse.ts';
import { lessonOf, scheduleBlock } from '../Explorer/endings.ts';
import { entriesDone, firstNote, shareNote, sharesIn } from './shares.ts';

const entry = (word: string, share: number | null) => ({ word, text: '', needed: true, share });

describe('shares in a schedule', () => {
  it('are written behind its entries, and read again with their lines', () => {
    const entries = [entry('cpu1 S6', 0.25), entry('cpu4 take', 1), entry('cpu4 R4', 1)];
    const text = lessonOf('---\ntitle: T\n---\nProse.\n', 5, 'Ending', entries, 0.125);
    const read = sharesIn(text)!;
    expect(read.first).toBe(0.125);
    expect(read.tooLate).toBe(1);
    expect(read.entries.map(({ word, share }) => [word, share])).toEqual([
      ['cpu1 S6', 0.25],
      ['cpu4 take', 1],
      ['cpu4 R4', 1],
    ]);
    const block = parseScenario(text, 'x.md')
      .stops.at(-1)!
      .items.find((item) => item.kind === 'schedule');
    expect(block?.kind === 'schedule' && block.entries.map(({ line }) => line)).toEqual(
      read.entries.map(({ line }) => line),
    );
  });

  it('are not there where nobody knew them', () => {
    expect(scheduleBlock([entry('cpu1 S6', null)], null)).toBe('```schedule\ncpu1 S6\n```\n');
    expect(sharesIn('```schedule\ncpu1 S6\n```\n')).toBeUndefined();
    expect(sharesIn('```schedule\ncpu1 S6 # 50 % of the ways on end badly\n```\n')).toBeUndefined();
  });

  it('are too late from the start where nothing ever ends well', () => {
    const text = scheduleBlock([entry('cpu1 S6', 1)], 1);
    expect(sharesIn(text)).toMatchObject({ first: 1, tooLate: -1 });
  });

  it('never say 0 or all unless it is so', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const text = `\`\`\`schedule\n${firstNote(share)}\ncpu1 S6 ${shareNote(share)}\n\`\`\`\n`;
        const read = sharesIn(text)?.entries[0]?.share;
        expect(read === 0).toBe(share === 0);
        expect(read === 1).toBe(share === 1);
        expect(read).toBeCloseTo(share, 7);
      }),
    );
  });

  it('nothing breaks it', () => {
    fc.assert(fc.property(fc.string(), (text) => void sharesIn(text)));
  });
});

describe('how far a schedule is', () => {
  it('counts the entries whose last step is behind', () => {
    const { entries } = sharesIn(scheduleBlock([entry('a', 0.5), entry('b', 0.5)], 0.5))!;
    const ends = new Map(entries.map(({ line }, i) => [line, 10 * (i + 1)]));
    expect([0, 9, 10, 19, 20, 99].map((step) => entriesDone(entries, ends, step))).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
    expect(entriesDone(entries, new Map(), 99)).toBe(0);
  });
});
