import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cutAtTerms, findTerm, searchTerms, TERM_IDS, termOf, type TermId } from './glossary.ts';

/** Longest explanation, and longest sentence in one, in characters. */
const TEXT_MAX = 200;
const SENTENCE_MAX = 150;

/** What a visitor can read: the lessons, the page, its hazards, its log, complaints about a tree. */
const SHOWN: readonly string[] = [
  ...textsIn('public/scenarios', /\.md$/),
  ...textsIn('src/ui', /(?<!\.test)\.(svelte|ts)$/),
  ...textsIn('src/sim/kernel', /^(hazard-book\.json|log-events\.ts)$/),
  ...textsIn('src/sim/fdt/checks', /(?<!\.test)\.ts$/),
];

function textsIn(folder: string, named: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && named.test(entry.name))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8').replace(/\s+/g, ' '));
}

const sentences = (text: string): readonly string[] => text.split(/(?<=\.) /);

describe('the glossary', () => {
  it.each(TERM_IDS)('explains %s in short sentences, and says where that comes from', (id) => {
    const { text, from, forms = [], chapter } = termOf(id);
    expect(text.length).toBeLessThanOrEqual(TEXT_MAX);
    expect(sentences(text).length).toBeLessThanOrEqual(2);
    for (const sentence of sentences(text)) {
      expect(sentence).toMatch(/^[A-Z0-9].*[^.]\.$/);
      expect(sentence.length).toBeLessThanOrEqual(SENTENCE_MAX);
    }
    expect([from, chapter]).not.toContain('');
    for (const form of forms) expect(form).toMatch(/^[\w -]+$/);
    expect(id).toMatch(/^[a-z][a-z-]*$/);
  });

  it.each(TERM_IDS)('points from %s to terms that exist, and not to itself', (id) => {
    const { see } = termOf(id);
    expect(new Set(see).size).toBe(see.length);
    for (const other of see) expect([...TERM_IDS]).toContain(other);
    expect(see).not.toContain(id);
    expect(see.length).toBeGreaterThan(0);
  });

  it.each(TERM_IDS)('has %s because a lesson or the page uses it', (id) => {
    const { name, forms = [name] } = termOf(id);
    const wanted = (forms.length > 0 ? forms : [name]).map((form) => form.toLowerCase());
    const isWord = new RegExp(`(?<![\\w])(?:${wanted.join('|')})(?![a-rt-z])`, 'i');
    expect(SHOWN.some((text) => isWord.test(text))).toBe(true);
  });

  it('has no form and no name twice, and its chapters in one piece', () => {
    const forms = TERM_IDS.flatMap((id) => termOf(id).forms ?? [termOf(id).name]);
    expect(new Set(forms).size).toBe(forms.length);
    const names = TERM_IDS.map((id) => termOf(id).name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    const chapters = TERM_IDS.map((id) => termOf(id).chapter);
    const begins = chapters.filter((chapter, i) => chapter !== chapters[i - 1]);
    expect(new Set(begins).size).toBe(begins.length);
  });

  it('is searched by id, name, what letters stand for and form, whatever the case', () => {
    expect(findTerm('irr')).toBe('irr');
    expect(findTerm('End of Interrupt')).toBe('eoi');
    expect(findTerm('fdt')).toBe('fdt');
    expect(findTerm('dtb')).toBe('fdt');
    expect(findTerm('0xEA')).toBe('vector');
    expect(findTerm('xyzzy')).toBeUndefined();
  });

  it('offers what is called so before what only mentions it', () => {
    const found = searchTerms('slot');
    expect(found[0]).toBe('slot');
    expect(found.indexOf('mk-ipi-data')).toBeGreaterThan(0);
    expect(searchTerms('')).toHaveLength(TERM_IDS.length);
    expect(searchTerms('write slot').every((id) => id !== 'irr')).toBe(true);
    expect(searchTerms('no such word')).toEqual([]);
  });
});

describe('a text cut at its terms', () => {
  const cut = (text: string, seen = new Set<TermId>()): string =>
    cutAtTerms(text, seen)
      .map((one) => (one.term ? `[${one.term}:${one.text}]` : one.text))
      .join('');

  it.each([
    ['IRR of CPU 4', '[irr:IRR] of CPU 4'],
    ['Slots, slots and a slot', '[slot:Slots], slots and a slot'],
    ['the hand-over page', 'the [hand-over:hand-over page]'],
    ['a hand-over', 'a [hand-over:hand-over]'],
    ['a page, an IPI', 'a [page:page], an [ipi:IPI]'],
    ['slot.clear and my-slot and slotted', 'slot.clear and my-slot and slotted'],
    ['irr is not IRR', 'irr is not [irr:IRR]'],
    ['a ring\nof slots', 'a [ring-of-slots:ring\nof slots]'],
    ['', ''],
  ])('%j becomes %j', (text, marked) => {
    expect(cut(text)).toBe(marked);
  });

  it('marks a term once for all texts of a stop', () => {
    const seen = new Set<TermId>();
    expect(cut('one slot', seen)).toBe('one [slot:slot]');
    expect(cut('another slot', seen)).toBe('another slot');
  });

  it.each(SHOWN.slice(0, 13))('loses nothing of a lesson', (text) => {
    const stretches = cutAtTerms(text, new Set());
    expect(stretches.map((one) => one.text).join('')).toBe(text);
  });
});
