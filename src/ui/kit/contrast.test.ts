import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const CSS = readFileSync(new URL('../../app.css', import.meta.url), 'utf8');

/** What text stands on. */
const SURFACES = ['floor', 'stage', 'panel', 'raised', 'hover'] as const;
/** Hues that are no text: lines, washes, and the ink on dark buttons. */
const NO_TEXT = new Set<string>([...SURFACES, 'line', 'line-strong', 'ink-inverse', 'danger-wash']);
/** WCAG 2.2, success criterion 1.4.3, for text of any size. */
const LEAST = 4.5;

/** Colours of a theme's rule, by name. */
function tokensOf(selector: string): Map<string, string> {
  const rule = CSS.slice(CSS.indexOf(`\n${selector} {`));
  const body = rule.slice(0, rule.indexOf('\n}'));
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map((m) => [m[1]!, m[2]!]));
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

const dark = tokensOf(':root');
const light = new Map([...dark, ...tokensOf(":root[data-theme='light']")]);

it.each([
  ['dark', dark],
  ['light', light],
])('every ink of the %s theme can be read on every surface', (_, tokens) => {
  const inks = [...tokens].filter(([name]) => !NO_TEXT.has(name));
  expect(inks.length).toBeGreaterThan(15);
  const poor = inks.flatMap(([name, ink]) =>
    SURFACES.filter((surface) => contrast(ink, tokens.get(surface)!) < LEAST).map(
      (surface) => `${name} on ${surface}`,
    ),
  );
  expect(poor).toEqual([]);
});

it('knows the contrast of black and white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});
