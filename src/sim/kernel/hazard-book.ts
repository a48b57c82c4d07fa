import book from './hazard-book.json';
import { HAZARDS, hazardsOf, type HazardText } from './hazards.ts';

/** What is known of a hazard of the specification. */
export interface BookHazard {
  readonly id: string;
  /** What goes wrong. */
  readonly what: string;
  /** What must come together for it; empty when nothing has to. */
  readonly needs: string;
  /** How to see it here; undefined for those that cannot be. */
  readonly here?: string;
  /** Why it cannot be seen here. */
  readonly why?: string;
  /** What later designs did about it; empty when that is not known. */
  readonly later: string;
}

/** The hazards of one part of the specification. */
export interface BookChapter {
  readonly title: string;
  readonly hazards: readonly BookHazard[];
}

/** Every hazard of the specification, in its order: one table for `man`, the guide and the tests. */
export const HAZARD_BOOK: readonly BookChapter[] = book;

/** A hazard with the events that report it, in the book by its id or by an event's key. */
export interface Found {
  readonly hazard: BookHazard;
  readonly events: readonly HazardText[];
}

/** Looks a hazard up, whatever the case of its id: all that an event's key stands for. */
export function findHazards(word: string): readonly Found[] {
  const wanted = word.toLowerCase();
  const event = HAZARDS.find(({ key }) => key.toLowerCase() === wanted);
  const ids = event?.facts.map((id) => id.toLowerCase()) ?? [wanted];
  return HAZARD_BOOK.flatMap(({ hazards }) => hazards)
    .filter(({ id }) => ids.includes(id.toLowerCase()))
    .map((hazard) => ({ hazard, events: hazardsOf(hazard.id) }));
}
