import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkClaims } from './claims.ts';
import { parseScenario } from './parse.ts';

const FOLDER = new URL('../../../public/scenarios/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));

describe('the bundled lessons', () => {
  it.each(['boot.md', 'messages.md', 'lost-message.md'])('have %s', (file) => {
    expect(FILES).toContain(file);
  });

  it.each(FILES)('can be read, and all their claims mean something: %s', (file) => {
    const scenario = parseScenario(readFileSync(new URL(file, FOLDER), 'utf8'), file);
    checkClaims(scenario);
    expect(scenario.summary).not.toBe('');
    expect(scenario.stops.length).toBeGreaterThan(2);
  });

  it.each(FILES)('only link to lessons that are there: %s', (file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    for (const [, to = ''] of text.matchAll(/\]\(([\w-]+\.md)\)/g)) expect(FILES).toContain(to);
  });
});
