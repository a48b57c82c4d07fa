import type { PassageRow } from '../../base/record.ts';

/** The passages there are, by the place of their rows in {@link knownPassages}. */
export const PASSAGE = { send: 0, receive: 1, receiveEmpty: 2 } as const;

/** The rows of each; none before the passages are loaded, as a page can show its first stop without. */
export const knownPassages: (readonly PassageRow[])[] = [];
