import { expect, it } from 'vitest';
import { reproduction } from './reproduction.ts';

const shown = {
  source: { kind: 'bundled', name: 'boot' },
  scenario: { profile: 'rfc-v2' },
  seed: 7,
  profile: 'rfc-v2',
} as const;
const recorded = { link: 'https://x.example/#run=AAAA', byHand: false, stop: 1 };

it('is a command and a link, which has a line of its own', () => {
  expect(reproduction(shown, recorded)).toEqual([
    '$ npm run --silent mk -- diagram public/scenarios/boot.md --stop 2 --seed 7',
    'The same run in the playground:',
    recorded.link,
  ]);
});

it('names the profile when it is not that of the lesson', () => {
  const [command] = reproduction({ ...shown, profile: 'rfc-v1' }, { ...recorded, stop: null });
  expect(command).toBe(
    '$ npm run --silent mk -- diagram public/scenarios/boot.md --seed 7 --profile rfc-v1',
  );
});

it('says what the command cannot do', () => {
  expect(reproduction(shown, { ...recorded, byHand: true })[1]).toContain('by hand');
});

it('quotes the name of a lesson of one’s own', () => {
  const source = { kind: 'text', text: '', file: "it's mine.md" } as const;
  expect(reproduction({ ...shown, source }, recorded)[0]).toContain(String.raw`'it'\''s mine.md'`);
});
