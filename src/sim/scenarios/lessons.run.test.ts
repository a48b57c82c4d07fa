import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lessonRun, playOut } from '../testing/lesson.ts';
import { listExamples } from './docs-examples.ts';

const FOLDER = new URL('../../../public/scenarios/', import.meta.url);
const LESSONS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

/** Plays a scenario and says which of its claims do not hold, with what was found instead. */
function failures(text: string): { claims: number; failed: unknown[] } {
  const { claims } = playOut(lessonRun(text, { trace: false })).state;
  const failed = claims.filter(({ ok }) => !ok);
  return {
    claims: claims.length,
    failed: failed.map(({ line, claim, actual }) => [line, claim, actual]),
  };
}

describe('every lesson', () => {
  it.each(LESSONS)('proves all it claims: $file', ({ text }) => {
    const { claims, failed } = failures(text);
    expect(failed).toEqual([]);
    expect(claims).toBeGreaterThan(0);
  });
});

describe('every example of the documentation', () => {
  it.each(listExamples())('proves all it claims: $file', ({ text }) => {
    expect(failures(text).failed).toEqual([]);
  });
});
