import { fc } from '../testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { Refused } from '../base/assert.ts';
import { parseScenario } from './parse.ts';

/** Reads the text, or checks that the refusal points into it. */
function readOrRefuse(text: string): void {
  try {
    const scenario = parseScenario(text, 'x.md');
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    expect(error.place?.file).toBe('x.md');
    const lines = text.split(/\r\n|\n|\r/);
    expect(error.place?.line).toBeGreaterThanOrEqual(1);
    expect(error.place?.line).toBeLessThanOrEqual(lines.length);
    expect(error.place?.column).toBeGreaterThanOrEqual(1);
    expect(error.message).not.toMatch(/\n|undefined|NaN/);
  }
}

const pieces = fc.constantFrom(
  ...['---\n', 'title: T\n', '\n', '\n\n', '# ', '```', '~~~', '````', 'expect', 'console host'],
  ...['schedule', 'question', 'view', 'dts a', 'explore', '> ', '- ', '1. ', '    ', '  ', '\t'],
  ...['[', '](', ')', '*', '_', '`', '<div>', '<!--', '-->', '|', '|-|-|\n', 'cpu1 until x\n'],
  ...['prompt: p\n', 'answer: 1\n', 'tab: cpu\n', '{', '}', ': ', '"', "'", '&', '&amp;', '\\'],
  ...['never a: true\n', 'a', 'é', '😀', '\r', '\r\n', '\u0000', '\uFEFF', '\uD800', '[a]: b\n'],
);

describe('any text at all', () => {
  it('is read or refused with a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => readOrRefuse(text)),
      { numRuns: 500 },
    );
  });

  it('made of the pieces of scenarios is read or refused with a place inside it', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.boolean(), (parts, headed) =>
        readOrRefuse((headed ? '---\ntitle: T\n---\n' : '') + parts.join('')),
      ),
      { numRuns: 3000 },
    );
  });

  it('in front matter is read or refused with a place inside it', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) =>
        readOrRefuse(`---\ntitle: T\nmachine: ${parts.join('')}\n---\n`),
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a piece repeated as often as the limits allow', () => {
  // What grows faster than its length would take minutes here: the timeout is the claim.
  it('does not take long', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (parts) => {
        const unit = parts.join('');
        const paragraph = unit.repeat(Math.ceil(4000 / unit.length)).slice(0, 4000);
        readOrRefuse(`---\ntitle: T\n---\n\n${paragraph}\n`);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a schedule, a question and a view with any lines', () => {
  const words = fc.constantFrom(
    ...[
      'cpu0',
      'cpu7',
      'cpu99',
      'until',
      'take',
      'to',
      'end',
      'S6',
      '3',
      'steps',
      '0xea',
      '#',
      ' ',
    ],
    ...['prompt: ', 'answer: ', 'choices: ', '[1, 2]', 'speed: ', '\n', 'x', '- ', '{', '}', '"'],
  );

  it('are read or refused with a place inside them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('schedule', 'question', 'view', 'explore', 'expect', 'console host'),
        fc.array(words, { maxLength: 12 }),
        (kind, parts) =>
          readOrRefuse(`---\ntitle: T\n---\n\`\`\`${kind}\n${parts.join(' ')}\n\`\`\`\n`),
      ),
      { numRuns: 2000 },
    );
  });
});
