import { fc } from '../../testing/properties.ts';
import { readFileSync } from 'node:fs';
import { expect, describe, it } from 'vitest';
import { ROW, type Row } from '../../base/record.ts';
import { Refused } from '../../base/assert.ts';
import { Trace } from '../../engine/trace.ts';
import { lessonRun, playOut } from '../../testing/lesson.ts';
import { drawDiagram, type Format } from './diagram.ts';
import { diagramOf } from './of-run.ts';

const run = playOut(lessonRun(readFileSync('public/scenarios/lost-message.md', 'utf8')));
const [from, to] = [run.state.stops[1]!.timeNs, run.state.stops[2]!.timeNs];
const AGAIN = ['$ npm run --silent mk -- diagram lost-message.md --stop 3'];

function draw(format: Format, range = { from, to }): string {
  const { source, caption } = diagramOf(run, range, AGAIN);
  return drawDiagram(source, caption, format);
}

/** Words of the lines that a pattern picks. */
const lines = (text: string, pattern: RegExp): string[] =>
  text.split('\n').filter((line) => pattern.test(line));

describe('a diagram in text', () => {
  it('has a lane for each CPU that takes part, and says whose it is', () => {
    expect(draw('text').split('\n')[2]).toMatch(/^ +us cpu1 host +cpu4 web-server +cpu6 host$/);
  });

  it('shows the interrupt that sets out, and the one that folds into it, towards its target', () => {
    const text = draw('text');
    expect(lines(text, /0xea -/)).toHaveLength(1);
    expect(lines(text, /0xea -/)[0]).toMatch(/o- 0xea -+> /);
    expect(lines(text, /merged/)[0]).toMatch(/<- 0xea merged -+o$/);
  });

  it('puts a step above what it causes', () => {
    const all = draw('text').split('\n');
    const step = all.findIndex((line) => line.includes('S11 icr'));
    expect(all[step + 1]).toContain('0xea');
    expect(all.findIndex((line) => line.includes('handled whole'))).toBeGreaterThan(
      all.findIndex((line) => line.includes('H1 payload')),
    );
  });

  it('leaves out steps that nobody else can see', () => {
    expect(draw('text')).not.toMatch(/M3|S1 find/);
  });

  it('ends with how to draw it again', () => {
    expect(draw('text').trimEnd().split('\n').at(-1)).toBe(AGAIN[0]);
  });

  it('is ASCII of at most 72 columns, whatever happened and whatever it is called', () => {
    const kinds = [ROW.step, ROW.take, ROW.arrive, ROW.merge, ROW.outcome, ROW.hazard];
    const row = fc.record({
      kind: fc.constantFrom<Row>(...kinds),
      cpu: fc.integer({ min: 0, max: 6 }),
      b: fc.integer({ min: 0, max: 3 }),
      c: fc.integer({ min: 0, max: 6 }),
    });
    const steps = ['S1', 'S10 with a label that is far too long', 'π', ''].map((label) => ({
      ...{ id: label.slice(0, 3), label, local: false },
    }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.string({ maxLength: 200, unit: 'binary' }).map((text) => text.replace(/\n/g, ' ')),
        (rows, words) => {
          const trace = new Trace();
          rows.forEach(({ kind, cpu, b, c }, i) => trace.row(kind, 1e9 * i, cpu, 0, b, c, 0));
          trace.row(ROW.take, 1e10, 0, 0, 0xea, 0, 0);
          const caption = { title: words, kernelOf: () => words, again: [`$ ${words}`] };
          const source = { rows: trace, steps, from: 0, to: Infinity };
          for (const line of drawDiagram(source, caption, 'text').split('\n')) {
            expect(line.length).toBeLessThanOrEqual(72);
            expect(line).toMatch(/^[\x20-\x7e]*$/);
          }
        },
      ),
    );
  });
});

it('a diagram for Mermaid names its participants and is free of what would end a line', () => {
  const text = draw('mermaid');
  expect(text.startsWith('sequenceDiagram\n')).toBe(true);
  expect(lines(text, /participant/)).toHaveLength(3);
  expect(lines(text, /cpu6-xcpu4: 0xea merged/)).toHaveLength(1);
});

it('a diagram as a picture is well-formed, with nothing of a title left as markup', () => {
  const { source, caption } = diagramOf(run, { from, to }, ['<b>&']);
  const svg = drawDiagram(source, { ...caption, title: '<script>"&' }, 'svg');
  expect(svg).toContain('&lt;script&gt;&quot;&amp;');
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('&lt;b&gt;&amp;');
});

describe('what cannot be drawn is refused', () => {
  it.each([
    ['a time in which nothing happened', { from: 1e12, to: 2e12 }, 'nothing that others could see'],
    [
      'a time before which there was nothing',
      { from: -2, to: -1 },
      'nothing that others could see',
    ],
  ])('%s', (_, range, why) => {
    expect(() => draw('text', range)).toThrow(why);
  });

  it('more events, or more CPUs, than fit', () => {
    const many = new Trace();
    for (let i = 0; i < 500; i++) many.row(ROW.take, i, 1, 0, 0xea, 0, 0);
    const wide = new Trace();
    for (let cpu = 0; cpu < 9; cpu++) wide.row(ROW.take, 1, cpu, 0, 0xea, 0, 0);
    const caption = { title: '', kernelOf: () => '', again: [] };
    for (const [rows, why] of [
      [many, '500 events are too many'],
      [wide, '9 CPUs take part'],
    ] as const) {
      const source = { rows, steps: [], from: 0, to: Infinity };
      expect(() => drawDiagram(source, caption, 'text')).toThrow(why);
      expect(() => drawDiagram(source, caption, 'text')).toThrow(Refused);
    }
  });
});
