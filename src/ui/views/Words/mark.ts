import { cutAtTerms, type TermId } from '../../../sim/base/glossary.ts';
import type { Inline, Item, Prose, Stop } from '../../../sim/scenarios/scenario.ts';

/** Where a link leads that opens the words at one of them. */
export const wordLink = (id: TermId): string => `#word=${id}`;

/** The stop with each term a link to its explanation, where the stop has it first. */
export function markStop(stop: Stop): Stop {
  const seen = new Set<TermId>();
  const items = stop.items.map((item: Item) =>
    item.kind === 'prose' ? { ...item, content: markProse(item.content, seen) } : item,
  );
  return { ...stop, items };
}

type Seen = Set<TermId>;

const markProse = (prose: readonly Prose[], seen: Seen): readonly Prose[] =>
  prose.map((block) => {
    const line = (content: readonly Inline[]): readonly Inline[] => markLine(content, seen);
    switch (block.kind) {
      case 'paragraph':
        return { ...block, content: line(block.content) };
      case 'quote':
        return { ...block, content: markProse(block.content, seen) };
      case 'list':
        return { ...block, items: block.items.map((item) => markProse(item, seen)) };
      case 'table':
        return { ...block, head: block.head.map(line), rows: block.rows.map((r) => r.map(line)) };
      default:
        return block;
    }
  });

const markLine = (parts: readonly Inline[], seen: Seen): readonly Inline[] =>
  parts.flatMap((part): readonly Inline[] => {
    if (part.kind === 'text')
      return cutAtTerms(part.text, seen).map(({ text, term }) =>
        term ? linked(term, { kind: 'text', text }) : { kind: 'text', text },
      );
    if (part.kind === 'code') return [markCode(part, seen)];
    // A link in a link would be none.
    if (part.kind === 'link' || part.kind === 'break') return [part];
    return [{ ...part, content: markLine(part.content, seen) }];
  });

/** Code is marked when all of it is a term: what else stands in it is no prose. */
function markCode(part: Inline & { readonly kind: 'code' }, seen: Seen): Inline {
  const [first, ...more] = cutAtTerms(part.text, new Set(seen));
  if (first?.term === undefined || more.length > 0) return part;
  seen.add(first.term);
  return linked(first.term, part);
}

const linked = (id: TermId, part: Inline): Inline => ({
  kind: 'link',
  to: wordLink(id),
  content: [part],
});
