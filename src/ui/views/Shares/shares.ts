/** An entry of a schedule with what was known of it when it was explored. */
export interface SharedEntry {
  /** Line of the scenario, from 1. */
  readonly line: number;
  /** `cpu1 S6`. */
  readonly word: string;
  /** Of all continuations after it, how many end badly: 0 to 1. */
  readonly share: number;
}

/** A schedule whose every entry says how many of the ways on end badly. */
export interface SharedSchedule {
  /** The share before its first entry. */
  readonly first: number;
  readonly entries: readonly SharedEntry[];
  /** The first entry after which all ways on end badly, by its place; -1 where there is none. */
  readonly tooLate: number;
}

/** What stands behind an entry. Written with all digits that matter, and 0 and 100 only where it is so. */
const NOTE = 'of the ways on end badly';
const NOTED = /#\s*(?:at first\s+)?(\d{1,3}(?:\.\d+)?)(?:e-\d+)? % of the ways on end badly\s*$/;

/** The remark that carries a share: read again by {@link sharesIn}. */
export function shareNote(share: number): string {
  const percent = 100 * share;
  const kept = share > 0 && share < 1 ? Math.min(99.999999, Math.max(0.000001, percent)) : percent;
  return `# ${Number(kept.toFixed(6))} % ${NOTE}`;
}

/** The same for the moment before the first entry. */
export const firstNote = (share: number): string => shareNote(share).replace('# ', '# at first ');

/** The last schedule of a scenario that carries shares; undefined where none does. */
export function sharesIn(text: string): SharedSchedule | undefined {
  let found: SharedSchedule | undefined;
  let entries: SharedEntry[] = [];
  let first: number | undefined;
  let isInside = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (!isInside) {
      isInside = /^```schedule\s*$/.test(line);
      entries = [];
      first = undefined;
    } else if (line.startsWith('```')) {
      isInside = false;
      if (first !== undefined && entries.length > 0) found = scheduleOf(first, entries);
    } else {
      const percent = NOTED.exec(line)?.[1];
      const word = line.replace(/#.*$/, '').trim();
      const share = percent === undefined ? NaN : Math.min(1, Number(percent) / 100);
      if (word === '' && percent !== undefined) first = share;
      else if (word !== '' && percent !== undefined) entries.push({ line: index + 1, word, share });
    }
  }
  return found;
}

const scheduleOf = (first: number, entries: readonly SharedEntry[]): SharedSchedule => ({
  ...{ first, entries },
  tooLate: first === 1 ? -1 : entries.findIndex(({ share }) => share === 1),
});

/** How many entries are over at a step of the run, by where each ends. */
export function entriesDone(
  entries: readonly SharedEntry[],
  ends: ReadonlyMap<number, number>,
  step: number,
): number {
  let done = 0;
  while (done < entries.length && (ends.get(entries[done]!.line) ?? Infinity) <= step) done++;
  return done;
}
