import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findTerm } from '../../../sim/base/glossary.ts';
import { parseScenario } from '../../../sim/scenarios/parse.ts';
import type { Inline, Prose, Stop } from '../../../sim/scenarios/scenario.ts';
import { wordIn } from '../../state/panes.svelte.ts';
import { markStop } from './mark.ts';

const FOLDER = 'public/scenarios';
const STOPS = readdirSync(FOLDER).flatMap((file) =>
  parseScenario(readFileSync(`${FOLDER}/${file}`, 'utf8'), file).stops.map(
    (stop) => [`${file}: ${stop.title}`, stop] as const,
  ),
);

/** All words of a stop, links to terms in brackets. */
function textOf(stop: Stop, open = '', close = ''): string {
  const line = (parts: readonly Inline[]): string =>
    parts
      .map((part) => {
        if (part.kind === 'break') return '\n';
        if ('text' in part) return part.text;
        const isTerm = part.kind === 'link' && part.to.startsWith('#word=');
        return isTerm ? `${open}${line(part.content)}${close}` : line(part.content);
      })
      .join('');
  const prose = (block: Prose): string => {
    if (block.kind === 'code') return block.text;
    if (block.kind === 'quote') return block.content.map(prose).join('\n');
    if (block.kind === 'list') return block.items.flatMap((item) => item.map(prose)).join('\n');
    if (block.kind === 'table') return [block.head, ...block.rows].flat().map(line).join('\n');
    return line(block.content);
  };
  return stop.items
    .flatMap((item) => (item.kind === 'prose' ? item.content.map(prose) : []))
    .join('\n');
}

/** The ids that links of a stop lead to. */
const idsOf = (stop: Stop): readonly string[] =>
  [...JSON.stringify(stop).matchAll(/"#word=([\w-]+)"/g)].map(([, id]) => id!);

it.each(STOPS)('changes no word of %s, and marks a term once', (_, stop) => {
  const marked = markStop(stop);
  expect(textOf(marked)).toBe(textOf(stop));
  const ids = idsOf(marked);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(findTerm(id)).toBe(id);
});

it('marks terms in every bundled lesson', () => {
  const bare = STOPS.filter(
    ([, stop]) => textOf(stop) !== '' && idsOf(markStop(stop)).length === 0,
  );
  expect(bare.length).toBeLessThan(STOPS.length / 2);
});

it('marks prose of every kind, code that is a term, and nothing in a link', () => {
  const text = [
    '---\ntitle: A title\n---\n\n',
    'An **IPI** for `irq_work`, `slot.clear`, `stop`, [the slot](messages.md).\n\n',
    '> A doorbell.\n\n- a vector\n- the vector\n\n| IRR |\n| --- |\n| EOI |\n\n    EOI\n',
  ].join('');
  const [stop] = parseScenario(text, 'a.md').stops;
  expect(textOf(markStop(stop!), '[', ']')).toBe(
    'An [IPI] for [irq_work], slot.clear, stop, the slot.\nA [doorbell].\na [vector]\nthe vector\n[IRR]\n[EOI]\nEOI',
  );
});

it.each([
  ['#word=irr', 'irr'],
  ['#lesson=boot&word=hand-over', 'hand-over'],
  ['#word=', ''],
  ['#word=%3Cb%3E', ''],
  ['#lesson=word', undefined],
  ['', undefined],
])('reads %j', (hash, word) => {
  expect(wordIn(hash)).toBe(word);
});
