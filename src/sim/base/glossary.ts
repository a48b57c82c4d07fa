import book from './glossary.json';

/** A word of the field or of this page, explained: one table for the page, `man` and the tests. */
export interface Term {
  readonly chapter: string;
  /** As it is written in headings. */
  readonly name: string;
  /** What the letters of {@link name} stand for. */
  readonly long?: string;
  /**
   * As it stands in a text; {@link name} unless given. None for words that have a meaning of every
   * day as well, which would be marked where they mean that.
   */
  readonly forms?: readonly string[];
  /** One or two sentences. */
  readonly text: string;
  /** Where to read on. */
  readonly from: string;
  /** Terms that belong with it. */
  readonly see: readonly TermId[];
  /** Name of the action of the page that shows it. */
  readonly where?: string;
}
export type TermId = keyof typeof book;

// What a `see` names is a string to JSON; a test looks each of them up.
const GLOSSARY = book as Readonly<Record<TermId, unknown>> as Readonly<Record<TermId, Term>>;
export const TERM_IDS = Object.keys(book) as readonly TermId[];

export const termOf = (id: TermId): Term => GLOSSARY[id];

const formsOf = ({ name, forms = [name] }: Term): readonly string[] => forms;

/** The term of an id, a name, what its letters stand for or a form of it, whatever the case. */
export function findTerm(word: string): TermId | undefined {
  const wanted = word.toLowerCase();
  return TERM_IDS.find((id) => {
    const { name, long = '' } = GLOSSARY[id];
    return [id, name, long, ...formsOf(GLOSSARY[id])].some((one) => one.toLowerCase() === wanted);
  });
}

/** The terms that have every word of a query: in their name first, then in what is said of them. */
export function searchTerms(query: string): readonly TermId[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (id: TermId, whole: boolean): boolean => {
    const term = GLOSSARY[id];
    const named = [id, term.name, term.long, ...formsOf(term)].join(' ').toLowerCase();
    const text = whole ? `${named} ${term.text.toLowerCase()}` : named;
    return words.every((word) => text.includes(word));
  };
  const named = TERM_IDS.filter((id) => has(id, false));
  const starts = (id: TermId): boolean =>
    [id, GLOSSARY[id].name].some((name) => name.toLowerCase().startsWith(words[0] ?? ''));
  return [
    ...named.filter(starts),
    ...named.filter((id) => !starts(id)),
    ...TERM_IDS.filter((id) => !named.includes(id) && has(id, true)),
  ];
}

/** A stretch of a text, and the term it is a form of. */
export interface Stretch {
  readonly text: string;
  readonly term?: TermId;
}

/** Cuts a text where terms stand in it that were not `seen` before, and notes those as seen. */
export function cutAtTerms(text: string, seen: Set<TermId>): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ANY_FORM)) {
    const form = found.replace(/\s+/g, ' ');
    const term = BY_FORM.get(form) ?? BY_FORM.get(form.replace(/s$/, ''));
    if (term === undefined || seen.has(term)) continue;
    seen.add(term);
    if (index > end) stretches.push({ text: text.slice(end, index) });
    stretches.push({ text: found, term });
    end = index + found.length;
  }
  if (end < text.length) stretches.push({ text: text.slice(end) });
  return stretches;
}

/** A word of small letters may begin a sentence. */
const capital = (form: string): readonly string[] =>
  /^[a-z]/.test(form) ? [form, form[0]!.toUpperCase() + form.slice(1)] : [form];
const BY_FORM: ReadonlyMap<string, TermId> = new Map(
  TERM_IDS.flatMap((id) =>
    formsOf(GLOSSARY[id])
      .flatMap(capital)
      .map((form) => [form, id] as const),
  ),
);
/** The longest form that stands at a place, with an s or without, and no part of a longer word. */
const ANY_FORM = new RegExp(
  `(?<![\\w=/.-])(?:${[...BY_FORM.keys()]
    .toSorted((a, b) => b.length - a.length)
    .join('|')
    .replaceAll(' ', '\\s+')})s?(?![\\w/-]|[=.]\\w)`,
  'g',
);
